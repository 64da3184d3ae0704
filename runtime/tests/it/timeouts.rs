//! Every wait is bounded: by the client's own time limit, also if the server does not respond, and by the server's.

use std::time::{Duration, Instant};

use aio_databases::{Backend, Database, Error};
use tokio::time::{sleep, timeout};

use crate::{bench, proxy::Proxy};

const SHORT: Duration = Duration::from_millis(150);

#[track_caller]
fn assert_timed_out<T: std::fmt::Debug>(result: Result<T, Error>, sql: &str) {
    match result {
        Err(Error::QueryTimedOut { after, query: Some(query) }) => {
            assert_eq!(after, SHORT);
            assert_eq!(query.sql, sql);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn of_the_database_and_of_a_query() {
    for bench in bench::all().await {
        let slow = bench.slow();
        let started = Instant::now();
        assert_timed_out(bench.db.fetchone(slow, ()).timeout(SHORT).await, slow);
        if bench.name == "memory" {
            continue;
        }
        let db = Database::builder(&bench.url).query_timeout(SHORT).max_size(1).open().await.unwrap();
        for _ in 0..3 {
            assert_timed_out(db.execute(slow, ()).await, slow);
            // The slot is free again, and its connection can be used.
            assert_eq!(db.fetchval::<i64>("select 7", ()).await.unwrap(), Some(7), "{}", bench.name);
        }
        // A query's own limit wins.
        let longer = db.fetchone(slow, ()).timeout(SHORT * 4);
        let Err(Error::QueryTimedOut { after, .. }) = longer.await else { panic!("{}", bench.name) };
        assert_eq!(after, SHORT * 4);
        assert!(started.elapsed() < Duration::from_secs(8), "{}: {:?}", bench.name, started.elapsed());
    }
}

#[tokio::test]
async fn of_a_guard_a_scope_and_a_transaction() {
    for bench in bench::all().await {
        bench.table("timeout_tx").await;
        let (db, slow) = (&bench.db, bench.slow());
        let conn = db.connection().query_timeout(SHORT).await.unwrap();
        assert_timed_out(conn.fetchone(slow, ()).await, slow);
        assert_eq!(conn.fetchval::<i64>("select 7", ()).await.unwrap(), Some(7), "{}", bench.name);
        drop(conn);
        let of_scope = db.connection().query_timeout(SHORT).run(async { db.fetchone(slow, ()).await });
        assert_timed_out(of_scope.await, slow);

        let started = Instant::now();
        let tx = db.transaction().query_timeout(SHORT).await.unwrap();
        tx.execute("insert into timeout_tx values (1, 'a')", ()).await.unwrap();
        assert_timed_out(tx.fetchone(slow, ()).await, slow);
        tx.rollback().await.unwrap();
        assert!(started.elapsed() < Duration::from_secs(5), "{}", bench.name);
        assert_eq!(db.fetchval::<i64>("select count(*) from timeout_tx", ()).await.unwrap(), Some(0));

        // A savepoint's limit ends with it.
        let mut tx = db.transaction().await.unwrap();
        let inner = tx.transaction().query_timeout(SHORT).await.unwrap();
        assert_timed_out(inner.fetchone(slow, ()).await, slow);
        inner.rollback().await.unwrap();
        if bench.is(Backend::Postgres) {
            assert!(tx.execute("select pg_sleep(0.3)", ()).await.is_ok());
        }
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn a_reader_can_take_its_time() {
    for bench in bench::all().await {
        let conn = bench.db.connection().query_timeout(SHORT).await.unwrap();
        let mut rows = conn.iterate(bench.numbers(5_000), ());
        for _ in 0..3 {
            rows.next().await.unwrap().unwrap();
            sleep(SHORT * 2).await;
        }
        let mut count = 3;
        while let Some(row) = rows.next().await {
            row.unwrap();
            count += 1;
        }
        assert_eq!(count, 5_000, "{}", bench.name);
        drop(rows);
        let slow = bench.slow();
        assert_timed_out(bench.db.iterate(slow, ()).timeout(SHORT).next().await.unwrap(), slow);
        assert_timed_out(conn.iterate(slow, ()).next().await.unwrap(), slow);
        assert_eq!(conn.fetchval::<i64>("select 7", ()).await.unwrap(), Some(7), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_respond() {
    for (name, url, _folder) in bench::urls() {
        if url.starts_with("sqlite") {
            continue;
        }
        let (proxy, url) = Proxy::to(&url);
        let db = Database::builder(url)
            .query_timeout(SHORT)
            .acquire_timeout(Duration::from_secs(1))
            .max_size(2)
            .min_size(2)
            .open()
            .await
            .unwrap();
        let tx = db.transaction().await.unwrap();
        tx.execute("select 1", ()).await.unwrap();
        proxy.freeze(true);
        let started = Instant::now();
        assert_timed_out(db.fetchval::<i64>("select 7", ()).await, "select 7");
        assert_timed_out(tx.fetchval::<i64>("select 8", ()).await, "select 8");
        let refused = tx.commit().await.unwrap_err();
        assert!(
            matches!(refused, Error::QueryTimedOut { query: None, .. } | Error::Interrupted { .. }),
            "{refused}"
        );
        // Connections that can't be opened, too.
        let refused = timeout(Duration::from_secs(5), db.fetchval::<i64>("select 9", ())).await.expect(name);
        assert!(refused.is_err());
        assert!(started.elapsed() < Duration::from_secs(8), "{name}: {:?}", started.elapsed());
        proxy.freeze(false);
        sleep(Duration::from_millis(700)).await;
        assert_eq!(db.fetchval::<i64>("select 10", ()).await.unwrap(), Some(10), "{name}");
    }
}

#[tokio::test]
async fn of_the_server() {
    for bench in bench::all().await {
        let (statement, lock) = match bench.db.backend() {
            Backend::Postgres => ("57014", "55P03"),
            Backend::Mysql => ("1969", "1205"),
            _ => continue,
        };
        bench.table("timeout_rows").await;
        bench.db.execute("insert into timeout_rows values (1, 'a')", ()).await.unwrap();
        let separator = if bench.url.contains('?') { '&' } else { '?' };
        let url = format!("{}{separator}statement_timeout=1500ms&lock_timeout=1", bench.url);
        let db = Database::open(url).await.unwrap();
        let tx = bench.db.transaction().await.unwrap();
        tx.execute("update timeout_rows set name = 'b'", ()).await.unwrap();
        let refused = db.execute("update timeout_rows set name = 'c'", ()).await.unwrap_err();
        assert_eq!(refused.code(), Some(lock), "{}: {refused}", bench.name);
        tx.rollback().await.unwrap();
        // MySQL's own limit is an error only while rows are read; a `sleep` ends early there.
        let mariadb = bench.is(Backend::Mysql)
            && db.fetchval::<String>("select version()", ()).await.unwrap().unwrap().contains("MariaDB");
        if bench.is(Backend::Postgres) || mariadb {
            let slow = db.execute(bench.slow(), ()).await;
            let code = slow.as_ref().err().and_then(Error::code);
            assert!(slow.is_ok() && mariadb || code == Some(statement), "{}: {slow:?}", bench.name);
        }
    }
}

#[tokio::test]
async fn of_connecting() {
    for (name, url, _folder) in bench::urls() {
        if url.starts_with("sqlite") {
            continue;
        }
        let (proxy, url) = Proxy::to(&url);
        proxy.freeze(true);
        let db = Database::builder(url).connect_timeout(Duration::from_millis(300)).build().unwrap();
        let started = Instant::now();
        let refused = db.connect().await.unwrap_err();
        assert!(matches!(&refused, Error::Connect(_)), "{refused}");
        assert!(refused.to_string().contains("no answer in 300ms"), "{refused}");
        assert!(started.elapsed() < Duration::from_secs(5), "{name}: {:?}", started.elapsed());
    }
}
