//! Notifications: a stream that survives its connection, on PostgreSQL.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use aio_databases::{Database, Error, ListenEvent, Listener, Notification, Result};
use aio_databases_tests::{TestResult, on_backend, on_every_backend, url};
use futures_util::StreamExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

/// The next event, which has to come soon.
async fn next(listener: &mut Listener) -> Result<ListenEvent> {
    let event = timeout(Duration::from_secs(20), listener.next()).await.expect("an event comes");
    event.expect("a listener never ends")
}

/// The next notification: its channel and payload.
async fn heard(listener: &mut Listener) -> Result<(String, String)> {
    match next(listener).await? {
        ListenEvent::Notification(Notification { channel, payload, .. }) => Ok((channel, payload)),
        other => panic!("{other:?}"),
    }
}

async fn notify(db: &Database, channel: &str, payload: &str) -> Result<()> {
    db.execute("select pg_notify($1, $2)", (channel, payload)).await.map(drop)
}

/// The server's sessions that listen on a channel, as their last statement shows.
async fn sessions(db: &Database, channel: &str) -> Result<Vec<i64>> {
    let sql = "select pid::bigint from pg_stat_activity where query like $1 and pid <> pg_backend_pid()";
    let rows = db.fetchall(sql, (format!("unlisten *;%\"{channel}\"%"),)).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

async fn terminate(db: &Database, channel: &str) -> TestResult {
    let found = sessions(db, channel).await?;
    assert_eq!(found.len(), 1, "one session listens on {channel}");
    db.fetchval::<bool>("select pg_terminate_backend($1::int)", (found[0],)).await?;
    Ok(())
}

on_backend! { Postgres:
    async fn notifications_arrive(db) {
        let names = ["plain_arrive", "Mixed arrive", "quo\"te; drop table users", "é💥"];
        let mut listener = db.listen(names).await?;
        for name in names {
            notify(&db, name, "1").await?;
            assert_eq!(heard(&mut listener).await?, (name.to_owned(), "1".to_owned()));
        }
        assert_eq!(listener.channels().count(), 4);
        // Written as an identifier, a name is lowercase. Without a payload it is empty.
        db.execute("notify Plain_Arrive", ()).await?;
        assert_eq!(heard(&mut listener).await?, ("plain_arrive".to_owned(), String::new()));

        let conn = db.connection().await?;
        let process: Option<i32> = conn.fetchval("select pg_backend_pid()", ()).await?;
        conn.execute("select pg_notify('plain_arrive', $1)", ("x".repeat(7_999),)).await?;
        let ListenEvent::Notification(long) = next(&mut listener).await? else { panic!("not a notification") };
        assert_eq!((long.payload.len(), Some(long.process_id)), (7_999, process));
    }

    async fn those_of_a_transaction_come_when_it_commits(db) {
        let mut listener = db.listen(["commit"]).await?;
        let tx = db.transaction().await?;
        tx.execute("select pg_notify('commit', 'rolled back')", ()).await?;
        tx.rollback().await?;
        let tx = db.transaction().await?;
        tx.execute("select pg_notify('commit', 'committed')", ()).await?;
        assert!(timeout(Duration::from_millis(100), listener.next()).await.is_err());
        tx.commit().await?;
        assert_eq!(heard(&mut listener).await?.1, "committed");
    }

    async fn a_reader_that_comes_late_gets_all_in_order(db) {
        let mut listener = db.listen(["late"]).await?;
        let payload = "x".repeat(1_000);
        // More than the socket holds.
        db.execute("select count(pg_notify('late', n || $1)) from generate_series(1, 10000) n", (payload.clone(),)).await?;
        let stream = listener.by_ref();
        for number in 1..=10_000 {
            let event = stream.next().await.expect("a listener never ends")?;
            let ListenEvent::Notification(found) = event else { panic!("{event:?}") };
            assert_eq!(found.payload, format!("{number}{payload}"));
        }
        // A future that is dropped loses none.
        for number in 0..50 {
            notify(&db, "late", &number.to_string()).await?;
        }
        let (mut found, mut waits) = (Vec::new(), 0);
        while found.len() < 50 {
            tokio::select! {
                biased;
                () = tokio::task::yield_now() => waits += 1,
                event = listener.next() => found.push(event.expect("a listener never ends")?),
            }
            let ready = timeout(Duration::from_micros(10), listener.next()).await;
            found.extend(ready.ok().flatten().transpose()?);
            assert!(waits < 1_000_000, "{} notifications came", found.len());
        }
        let numbers = found.iter().map(|event| match event {
            ListenEvent::Notification(found) => found.payload.clone(),
            other => panic!("{other:?}"),
        });
        assert!(numbers.eq((0..50).map(|number| number.to_string())));
    }

    async fn a_lost_connection_is_opened_again(db) {
        let mut listener = db.listen(["lost"]).await?;
        listener.listen(["lost later"]).await?;
        for round in 0..3 {
            terminate(&db, "lost").await?;
            assert_eq!(next(&mut listener).await?, ListenEvent::Reconnected, "{round}");
            for channel in ["lost", "lost later"] {
                notify(&db, channel, "again").await?;
                assert_eq!(heard(&mut listener).await?, (channel.to_owned(), "again".to_owned()));
            }
        }
        // What arrived before the connection was lost still comes.
        notify(&db, "lost", "before").await?;
        sleep(Duration::from_millis(100)).await;
        terminate(&db, "lost").await?;
        sleep(Duration::from_millis(100)).await;
        assert_eq!(heard(&mut listener).await?.1, "before");
        assert_eq!(next(&mut listener).await?, ListenEvent::Reconnected);
        // Others may notice it first.
        terminate(&db, "lost").await?;
        sleep(Duration::from_millis(100)).await;
        listener.unlisten(["lost later"]).await?;
        assert_eq!(next(&mut listener).await?, ListenEvent::Reconnected);
        assert_eq!(listener.channels().collect::<Vec<_>>(), ["lost"]);
    }

    async fn channels_come_and_go(db) {
        let mut listener = db.listen(["come"]).await?;
        notify(&db, "come", "before").await?;
        listener.listen(["go", "come", "stay"]).await?;
        notify(&db, "go", "2").await?;
        listener.unlisten(["come", "unknown"]).await?;
        for channel in ["come", "go", "stay"] {
            notify(&db, channel, "3").await?;
        }
        let mut found = Vec::new();
        for _ in 0..4 {
            let (channel, payload) = heard(&mut listener).await?;
            found.push(format!("{channel} {payload}"));
        }
        assert_eq!(found, ["come before", "go 2", "go 3", "stay 3"]);
        let error = listener.listen(["", "x"]).await.expect_err("a name is empty");
        assert!(matches!(error, Error::Sql { .. }), "{error}");
        assert_eq!(listener.channels().collect::<Vec<_>>(), ["go", "stay"]);
        listener.unlisten(["go", "stay"]).await?;
        notify(&db, "go", "4").await?;
        assert!(timeout(Duration::from_millis(100), listener.next()).await.is_err());
    }

    async fn it_has_a_connection_of_its_own_until_it_is_dropped(db) {
        let small = Database::builder(url(&db)).max_size(1).acquire_timeout(Duration::from_secs(5)).open().await?;
        let mut listener = small.listen(["own"]).await?;
        let tx = small.transaction().await?;
        tx.execute("select pg_notify('own', '1')", ()).await?;
        tx.commit().await?;
        assert_eq!(heard(&mut listener).await?.1, "1");
        small.disconnect().await?;
        notify(&db, "own", "2").await?;
        assert_eq!(heard(&mut listener).await?.1, "2");
        assert_eq!(sessions(&db, "own").await?.len(), 1);
        drop(listener);
        let started = Instant::now();
        while !sessions(&db, "own").await?.is_empty() {
            assert!(started.elapsed() < Duration::from_secs(5), "the session is still there");
            sleep(Duration::from_millis(10)).await;
        }
        // Without a pool, too.
        let listener = Database::new(url(&db))?.listen(["own"]).await?;
        assert_eq!(sessions(&db, "own").await?.len(), 1);
        listener.close().await;
    }

    async fn a_server_that_has_vanished_is_noticed(db) {
        let Some((proxy, through)) = Freezer::to(&url(&db)).await else { return Ok(()) };
        let short = Duration::from_millis(300);
        let mut listener = Database::new(&through)?.listen(["vanished"]).heartbeat(short).await?;
        notify(&db, "vanished", "1").await?;
        assert_eq!(heard(&mut listener).await?.1, "1");
        // While the server answers, nothing happens.
        assert!(timeout(4 * short, listener.next()).await.is_err());
        proxy.freeze();
        assert_eq!(next(&mut listener).await?, ListenEvent::Reconnected);
        notify(&db, "vanished", "2").await?;
        assert_eq!(heard(&mut listener).await?.1, "2");
    }

    async fn a_pooler_that_changes_sessions_is_an_error(db) {
        let Ok(pooler) = std::env::var("AIO_DATABASES_PGBOUNCER_PREPARED_URL") else {
            eprintln!("NOT TESTED: AIO_DATABASES_PGBOUNCER_PREPARED_URL is not set");
            return Ok(());
        };
        let pooled = Database::new(pooler)?;
        let mut listener = pooled.listen(["pooled"]).heartbeat(Duration::from_millis(100)).await?;
        // Transactions that keep the session that listened.
        let mut held = Vec::new();
        let error = loop {
            let tx = pooled.transaction().await?;
            tx.execute("select 1", ()).await?;
            held.push(tx);
            if let Ok(Some(event)) = timeout(Duration::from_secs(1), listener.next()).await {
                break event.expect_err("the session is another one");
            }
            assert!(held.len() < 10, "the pooler gave the same session");
        };
        assert!(error.to_string().contains("a pooler in transaction mode is in between"), "{error}");
        drop(db);
    }

    async fn an_error_that_does_not_pass_is_an_item(db) {
        let name = "aio_listen_role";
        db.executescript("do $$ begin create role aio_listen_role login password 'a'; exception when duplicate_object then null; end $$").await?;
        db.execute("alter role aio_listen_role login password 'a'", ()).await?;
        let url = url(&db);
        let (server, database) = url.split_once('@').expect("a URL with a user");
        let scheme = server.split("://").next().expect("a URL with a scheme");
        let other = Database::new(format!("{scheme}://{name}:a@{database}"))?;
        let mut listener = other.listen(["rejected"]).await?;
        db.execute("alter role aio_listen_role nologin", ()).await?;
        terminate(&db, "rejected").await?;
        let error = next(&mut listener).await.expect_err("the role can't log in");
        assert!(matches!(error, Error::Connect(_)), "{error}");
        db.execute("alter role aio_listen_role login", ()).await?;
        let event = loop {
            if let Ok(event) = next(&mut listener).await {
                break event;
            }
        };
        assert_eq!(event, ListenEvent::Reconnected);
        notify(&db, "rejected", "1").await?;
        assert_eq!(heard(&mut listener).await?.1, "1");
        drop((listener, other));
        db.execute("drop role aio_listen_role", ()).await?;
    }

    async fn names_that_no_channel_can_have(db) {
        let long = "x".repeat(64);
        for (names, message) in [
            (&[][..], "no channel is named"),
            (&[""], "the name of a channel is empty"),
            (&["a", "b\0"], "the name of a channel has a NUL character"),
            (&[&*long], "the name of a channel has 64 bytes, and at most 63 are allowed: `xxx"),
        ] {
            let error = db.listen(names).await.expect_err(message).to_string();
            assert!(error.starts_with(message), "{error}");
            assert!(error.contains("tests/listen.rs:"), "{error}");
        }
        let mut listener = db.listen([&long[1..]]).await?;
        notify(&db, &long[1..], "1").await?;
        assert_eq!(heard(&mut listener).await?.0, &long[1..]);
    }
}

on_every_backend! {
    async fn only_postgres_has_notifications(db) {
        match db.listen(["jobs"]).await {
            Ok(listener) => assert_eq!(format!("{listener:?}"), r#"Listener { channels: ["jobs"], connected: true }"#),
            Err(error) => {
                assert!(matches!(error, Error::Unsupported { .. }), "{error}");
                assert_eq!(error.to_string(), "not supported: `listen` needs PostgreSQL: SQLite and MySQL have no notifications");
            }
        }
    }
}

/// A way to a server on which everything can get stuck, as if the server had lost its power: nothing arrives, and nothing is
/// closed. Connections that are opened later are not stuck.
struct Freezer {
    frozen: Arc<std::sync::Mutex<Arc<AtomicBool>>>,
}

impl Freezer {
    /// The proxy, and the URL that leads through it; `None` if the server is not reached by TCP.
    async fn to(url: &str) -> Option<(Freezer, String)> {
        let (login, rest) = url.split_once('@')?;
        let (server, database) = rest.split_once('/')?;
        let listener = TcpListener::bind("127.0.0.1:0").await.ok()?;
        let through = format!("{login}@{}/{database}", listener.local_addr().ok()?);
        let frozen = Arc::new(std::sync::Mutex::new(Arc::new(AtomicBool::new(false))));
        let (current, server) = (Arc::clone(&frozen), server.to_owned());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let frozen = Arc::clone(&current.lock().expect("nobody panics"));
                let Ok(server) = TcpStream::connect(&server).await else { return };
                let (client, server) = (client.into_split(), server.into_split());
                for (mut from, mut to) in [(client.0, server.1), (server.0, client.1)] {
                    let frozen = Arc::clone(&frozen);
                    tokio::spawn(async move {
                        let mut buffer = [0; 4096];
                        while let Ok(count @ 1..) = from.read(&mut buffer).await {
                            if frozen.load(Ordering::SeqCst) {
                                std::future::pending::<()>().await;
                            }
                            if to.write_all(&buffer[..count]).await.is_err() {
                                return;
                            }
                        }
                    });
                }
            }
        });
        Some((Freezer { frozen }, through))
    }

    /// Freezes the connections that there are.
    fn freeze(&self) {
        let mut current = self.frozen.lock().expect("nobody panics");
        current.store(true, Ordering::SeqCst);
        *current = Arc::new(AtomicBool::new(false));
    }
}
