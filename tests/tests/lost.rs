//! Connections that are lost, statements that are given up, and those that wait for themselves: on servers.

use std::time::{Duration, Instant};

use aio_databases::{Backend, Connection, Database, Error, Result, execute, fetchval};
use aio_databases_tests::{on_backend, on_every_backend, server};
use tokio::time::{sleep, timeout};

/// A pool of its own on the case's server.
async fn pool(db: &Database, size: usize) -> Result<Option<Database>> {
    match server(db.backend()) {
        Some(url) if !url.is_empty() => Database::builder(url).max_size(size).open().await.map(Some),
        _ => Ok(None),
    }
}

/// A statement that takes long, with a word in it to know it by; and a query for how many of them the server runs.
fn slow(backend: Backend, word: &'static str) -> (aio_databases::Trusted, aio_databases::Trusted) {
    let (sql, count) = match backend {
        Backend::Postgres => (
            format!("select pg_sleep(20) /* {word} */"),
            format!(
                "select count(*) from pg_stat_activity where state = 'active' and query like '%{word}%' and pid <> pg_backend_pid()"
            ),
        ),
        _ => (
            format!("select sleep(20) /* {word} */"),
            format!(
                "select count(*) from information_schema.processlist where info like '%{word}%' and id <> connection_id()"
            ),
        ),
    };
    (aio_databases::Trusted(sql), aio_databases::Trusted(count))
}

/// Waits until the server runs none of them.
async fn ended(db: &Database, count: aio_databases::Trusted) -> aio_databases_tests::TestResult {
    let started = Instant::now();
    while db.fetchval::<i64>(count.clone(), ()).await? != Some(0) {
        assert!(started.elapsed() < Duration::from_secs(5), "the statement goes on");
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Ends sessions, as a restart of the server does.
async fn end(db: &Database, sessions: &[i64]) -> Result<()> {
    for session in sessions {
        match db.backend() {
            Backend::Postgres => {
                db.fetchval::<bool>("select pg_terminate_backend($1::int)", (*session,)).await?;
            }
            _ => {
                db.execute(aio_databases::Trusted(format!("kill {session}")), ()).await?;
            }
        }
    }
    // They end in their own time.
    sleep(Duration::from_millis(200)).await;
    Ok(())
}

async fn session(conn: &Connection, backend: Backend) -> Result<i64> {
    let sql = match backend {
        Backend::Postgres => "select pg_backend_pid()::bigint",
        _ => "select cast(connection_id() as signed)",
    };
    Ok(conn.fetchval(sql, ()).await?.expect("there is one"))
}

/// As many idle connections, and their sessions.
async fn idle(db: &Database, count: usize) -> Result<Vec<i64>> {
    let (mut guards, mut sessions) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let conn = db.connection().await?;
        sessions.push(session(&conn, db.backend()).await?);
        guards.push(conn);
    }
    Ok(sessions)
}

on_every_backend! {
    async fn a_statement_that_was_given_up_ends_at_the_server(db) {
        let Some(pool) = pool(&db, 2).await? else { return Ok(()) };
        let (sql, count) = slow(db.backend(), "given_up");
        let short = Duration::from_millis(150);
        assert!(timeout(short, pool.fetchone(sql.clone(), ())).await.is_err());
        ended(&db, count.clone()).await?;

        let conn = pool.connection().await?;
        assert!(timeout(short, conn.fetchone(sql.clone(), ())).await.is_err());
        assert_eq!(timeout(Duration::from_secs(5), fetchval!(conn, "select 2*$1", 2)).await??, 4);
        drop(conn);
        ended(&db, count.clone()).await?;

        // More of them than there are places, and each place is free again.
        for _ in 0..5 {
            assert!(timeout(Duration::from_millis(30), pool.fetchone(sql.clone(), ())).await.is_err());
        }
        assert_eq!(fetchval!(pool, "select 2*$1", 2).await?, 4);
        ended(&db, count).await?;
        pool.disconnect().await?;
    }

    async fn what_was_given_up_in_a_transaction_is_not_committed(db) {
        let Some(_) = pool(&db, 1).await? else { return Ok(()) };
        let (sql, count) = slow(db.backend(), "in_a_transaction");
        let tx = db.transaction().await?;
        execute!(tx, "insert into users (name) values ('Ada')").await?;
        assert!(timeout(Duration::from_millis(150), tx.fetchone(sql, ())).await.is_err());
        let committed = tx.commit().await;
        let kept = fetchval!(db, "select count(*) from users").await?;
        assert_eq!(kept == 1, committed.is_ok(), "{committed:?}");
        ended(&db, count).await?;
    }

    async fn connections_that_the_server_has_closed_are_replaced(db) {
        let Some(pool) = pool(&db, 4).await? else { return Ok(()) };
        for round in 0..3 {
            let sessions = idle(&pool, 4).await?;
            end(&db, &sessions).await?;
            match round {
                0 => assert_eq!(fetchval!(pool, "select 2*$1", 2).await?, 4),
                1 => {
                    let tx = pool.transaction().await?;
                    assert_eq!(fetchval!(tx, "select 2*$1", 2).await?, 4);
                    tx.commit().await?;
                }
                _ => {
                    let conn = pool.connection().await?;
                    assert_eq!(fetchval!(conn, "select 2*$1", 2).await?, 4);
                }
            }
            // The others are looked at before they are used: even what may not run twice goes well.
            let again = idle(&pool, 4).await?;
            assert!(again.iter().all(|session| !sessions.contains(session)), "{sessions:?} {again:?}");
        }
        // One statement that writes may fail, and no more than that.
        let sessions = idle(&pool, 4).await?;
        end(&db, &sessions).await?;
        let mut failed = 0;
        for _ in 0..6 {
            failed += usize::from(pool.execute("delete from no_such_table where 1 = 0", ()).await.is_err_and(|error| {
                matches!(error, Error::Io { .. } | Error::Protocol { .. }) || error.code() == Some("57P01")
            }));
        }
        assert!(failed <= usize::from(db.backend() == Backend::Mysql), "{failed} failed");
        pool.disconnect().await?;
    }

    async fn a_connection_cut_in_a_transaction_is_an_error_and_nothing_is_kept(db) {
        let Some(pool) = pool(&db, 2).await? else { return Ok(()) };
        let mut conn = pool.connection().await?;
        let session = session(&conn, db.backend()).await?;
        let tx = conn.transaction().await?;
        tx.execute("select 1", ()).await?;
        end(&db, &[session]).await?;
        assert!(fetchval!(tx, "select 2*$1", 2).await.is_err(), "what came before it is lost");
        assert!(tx.commit().await.is_err());
        drop(conn);
        assert_eq!(fetchval!(pool, "select 2*$1", 2).await?, 4);
        pool.disconnect().await?;
    }

    async fn who_waits_for_its_own_connection_is_told(db) {
        let Some(pool) = pool(&db, 1).await? else { return Ok(()) };
        let started = Instant::now();
        let error = pool.connection().run(async { pool.connection().await }).await.expect_err("it is taken");
        let Error::PoolTimedOut(told) = &error else { panic!("{error:?}") };
        assert_eq!((told.own, told.waited), (1, Duration::ZERO));
        assert!(error.to_string().contains("this task holds 1 of them itself"), "{error}");
        let separate = pool.transaction().run(async { pool.transaction().separate().await.map(drop) }).await;
        assert!(matches!(separate, Err(Error::PoolTimedOut(_))), "{separate:?}");
        assert!(started.elapsed() < Duration::from_secs(5), "at once");
        // A guard may be given back while the task waits: it is told when the time is over.
        let short = Database::builder(server(db.backend()).expect("there is one")).max_size(1);
        let short = short.acquire_timeout(Duration::from_secs(1)).open().await?;
        let waits = tokio::spawn({
            let short = short.clone();
            async move {
                let _conn = short.connection().await?;
                fetchval!(short, "select 2*$1", 2).await
            }
        });
        let error = waits.await?.expect_err("it is taken");
        assert!(error.to_string().contains("this task holds 1 of them itself"), "{error}");
        assert_eq!(fetchval!(short, "select 2*$1", 2).await?, 4);
        short.disconnect().await?;
        pool.disconnect().await?;
    }
}

on_backend! { Postgres:
    async fn a_statement_that_writes_runs_again_where_postgres_had_ended_the_session(db) {
        let Some(pool) = pool(&db, 1).await? else { return Ok(()) };
        pool.executescript("drop table if exists lost_rows; create table lost_rows (a int)").await?;
        let sessions = idle(&pool, 1).await?;
        end(&db, &sessions).await?;
        pool.execute("insert into lost_rows values ($1)", (1,)).await?;
        assert_eq!(pool.fetchval::<i64>("select count(*) from lost_rows", ()).await?, Some(1));
        pool.execute("drop table lost_rows", ()).await?;
        pool.disconnect().await?;
    }
}
