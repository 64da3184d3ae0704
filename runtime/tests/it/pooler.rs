//! Behind PgBouncer in transaction mode, without its own prepared statements and with them (`AIO_DATABASES_PGBOUNCER_URL`,
//! `AIO_DATABASES_PGBOUNCER_PREPARED_URL`).

use std::time::{Duration, Instant};

use aio_databases::{Builder, Database, Error, Pooler, Trusted};
use futures_util::future::{join_all, try_join_all};
use tokio::time::timeout;

/// The poolers that there are.
fn urls() -> Vec<String> {
    let all = ["AIO_DATABASES_PGBOUNCER_URL", "AIO_DATABASES_PGBOUNCER_PREPARED_URL"];
    all.iter().filter_map(|variable| std::env::var(variable).ok()).collect()
}

fn pooled(url: &str) -> Builder {
    Database::builder(url).pooler(Pooler::Transaction)
}

/// Different statements on many connections that share few sessions: each answer belongs to its question.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_belong_to_their_questions() {
    for url in urls() {
        let [one, other] =
            [pooled(&url).max_size(20).open().await.unwrap(), pooled(&url).open().await.unwrap()];
        let ask = async |db: &Database, task: i64| {
            for number in 0..30 {
                let sql = format!("select {}::int8 * 1000 + $1::int8", (task + number) % 17);
                let found: Option<i64> = db.fetchval(Trusted(sql), (number,)).await?;
                assert_eq!(found, Some((task + number) % 17 * 1000 + number));
            }
            Ok::<_, Error>(())
        };
        let tasks = (0..30).map(|task| ask(if task % 3 == 0 { &other } else { &one }, task));
        try_join_all(tasks).await.unwrap();
    }
}

/// Without the setting, a pooler that knows no prepared statements can cause errors, but no wrong answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_setting_nothing_is_wrong() {
    for url in urls() {
        let db = Database::builder(&url).max_size(20).open().await.unwrap();
        let ask = async |task: i64| {
            for number in 0..30 {
                let which = (task + number) % 17;
                let sql = Trusted(format!("select {which}::int8 * 1000 + $1::int8"));
                let found: Result<Option<i64>, Error> = match number % 3 {
                    0 => db.fetchval(sql, (number,)).await,
                    _ => db.transaction().run(async { db.fetchval(sql, (number,)).await }).await,
                };
                match found {
                    Ok(found) => assert_eq!(found, Some(which * 1000 + number)),
                    Err(error) => {
                        let said = error.to_string();
                        assert!(said.contains("pooler=transaction"), "{said}");
                    }
                }
            }
        };
        join_all((0..30).map(ask)).await;
    }
}

#[tokio::test]
async fn what_needs_a_session_is_an_error() {
    for url in urls() {
        let db = pooled(&url).open().await.unwrap();
        let conn = db.connection().await.unwrap();
        for (sql, instead) in [
            ("set statement_timeout = 7", "set local"),
            ("select set_config('statement_timeout', '7', false)", "set_config(…, true)"),
            ("listen a", "the server itself"),
            ("select pg_advisory_lock(1)", "pg_advisory_xact_lock"),
            ("create temp table a (b int)", "on commit drop"),
            ("prepare a as select 1", "with arguments"),
        ] {
            for result in [db.execute(sql, ()).await, conn.execute(sql, ()).await] {
                let said = result.unwrap_err();
                assert!(matches!(said, Error::Unsupported { .. }), "{said}");
                assert!(said.to_string().contains(instead), "{said}");
            }
            assert!(db.executescript(sql).await.unwrap_err().to_string().contains(instead), "{sql}");
        }
        let said = db.listen(["jobs"]).await.unwrap_err().to_string();
        assert!(said.contains("the server itself"), "{said}");
        let mut tx = db.transaction().await.unwrap();
        tx.execute("set local statement_timeout = 7000", ()).await.unwrap();
        tx.execute("select pg_advisory_xact_lock(71)", ()).await.unwrap();
        tx.execute("create temp table of_pooler (b int) on commit drop", ()).await.unwrap();
        let inner = tx.transaction().await.unwrap();
        inner.execute("insert into of_pooler values (1)", ()).await.unwrap();
        inner.commit().await.unwrap();
        let count: Option<i64> = tx.fetchval("select count(*) from of_pooler", ()).await.unwrap();
        assert_eq!(count, Some(1));
        tx.commit().await.unwrap();
        let left: Option<String> =
            db.fetchval("select current_setting('statement_timeout')", ()).await.unwrap();
        assert_eq!(left.as_deref(), Some("0"));
    }
}

#[tokio::test]
async fn time_limits_hold_in_each_transaction() {
    for url in urls() {
        let db = pooled(&url)
            .statement_timeout(Duration::from_millis(300))
            .lock_timeout(Duration::from_millis(200))
            .open()
            .await
            .unwrap();
        let limits = "select current_setting('statement_timeout') || ' ' || current_setting('lock_timeout')";
        let expected = Some("300ms 200ms");
        let found = db.fetchval::<String>(limits, ()).await.unwrap();
        assert_eq!(found.as_deref(), expected);
        let mut tx = db.transaction().await.unwrap();
        assert_eq!(tx.fetchval::<String>(limits, ()).await.unwrap().as_deref(), expected);
        let inner = tx.transaction().await.unwrap();
        assert_eq!(inner.fetchval::<String>(limits, ()).await.unwrap().as_deref(), expected);
        inner.rollback().await.unwrap();
        tx.commit().await.unwrap();
        let tx = db.transaction().read_only().deferrable().await.unwrap();
        assert_eq!(tx.fetchval::<String>(limits, ()).await.unwrap().as_deref(), expected);
        tx.commit().await.unwrap();
        let tx = db.transaction().await.unwrap();
        tx.execute("set transaction isolation level serializable", ()).await.unwrap();
        tx.commit().await.unwrap();
        let conn = db.connection().await.unwrap();
        conn.execute("begin isolation level serializable", ()).await.unwrap();
        assert_eq!(conn.fetchval::<String>(limits, ()).await.unwrap().as_deref(), expected);
        conn.execute("commit", ()).await.unwrap();
        let mut rows = db.iterate(limits, ());
        assert_eq!(rows.next().await.unwrap().unwrap(), ("300ms 200ms",));
        drop(rows);
        let slow = db.execute("select pg_sleep(5)", ()).await.unwrap_err();
        assert_eq!(slow.code(), Some("57014"), "{slow}");
        // Statements that no other can come before.
        db.execute("create table if not exists pooler_vacuumed (a int)", ()).await.unwrap();
        db.execute("vacuum pooler_vacuumed", ()).await.unwrap();
        drop(conn);
        // The sessions are as they were.
        let plain = pooled(&url).open().await.unwrap();
        for _ in 0..5 {
            assert_eq!(plain.fetchval::<String>(limits, ()).await.unwrap().as_deref(), Some("0 0"));
        }
    }
}

#[tokio::test]
async fn replicas_only_read() {
    for url in urls() {
        let db = pooled(&url).replica(&url).open().await.unwrap();
        db.execute("create table if not exists pooler_read (a int)", ()).await.unwrap();
        db.execute("create or replace function pooler_write() returns int language sql as 'insert into pooler_read values (1) returning a'", ())
            .await
            .unwrap();
        let replica = db.replica().await.unwrap();
        for _ in 0..3 {
            let refused = replica.fetchval::<i64>("select pooler_write()", ()).await.unwrap_err();
            assert_eq!(refused.code(), Some("25006"), "{refused}");
        }
        // Nobody else's session is changed.
        for _ in 0..5 {
            db.execute("insert into pooler_read values (2)", ()).await.unwrap();
        }
        db.execute("drop table pooler_read cascade", ()).await.unwrap();
    }
}

#[tokio::test]
async fn cancelling_stops_only_what_was_dropped() {
    for url in urls() {
        let db = pooled(&url).max_size(4).open().await.unwrap();
        let other = pooled(&url).open().await.unwrap();
        let slow = tokio::spawn(async move { other.fetchval::<i64>("select 7 from pg_sleep(1)", ()).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        let started = Instant::now();
        for _ in 0..8 {
            let dropped = db.execute("select pg_sleep(20)", ());
            assert!(timeout(Duration::from_millis(50), dropped).await.is_err());
        }
        assert_eq!(db.fetchval::<i64>("select 8::int8", ()).await.unwrap(), Some(8));
        assert!(started.elapsed() < Duration::from_secs(15));
        assert_eq!(slow.await.unwrap().unwrap(), Some(7));
    }
}

#[tokio::test]
async fn rejected_settings_are_explained() {
    for url in urls() {
        // Newer ones accept it.
        if let Err(error) = Database::open(format!("{url}?schema=a")).await {
            assert!(error.to_string().contains("alter role"), "{error}");
        }
        let error = Database::open(format!("{url}?lock_timeout=5")).await.unwrap_err().to_string();
        assert!(error.contains("pooler=transaction"), "{error}");
        Database::open(format!("{url}?lock_timeout=5&pgbouncer=true")).await.unwrap();
    }
}
