//! Futures that are dropped before they are ready.

use std::time::{Duration, Instant};

use aio_databases::{Backend, Error};
use tokio::time::timeout;

use crate::bench;

const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn on_a_database() {
    for bench in bench::all().await {
        for _ in 0..3 {
            assert!(timeout(SHORT, bench.db.fetchone(bench.slow(), ())).await.is_err());
        }
        let started = Instant::now();
        let all = (0..10).map(|_| bench.db.fetchval::<i64>("select 7", ()));
        for value in all {
            assert_eq!(value.await.unwrap(), Some(7), "{}", bench.name);
        }
        assert!(started.elapsed() < Duration::from_secs(5), "{}: {:?}", bench.name, started.elapsed());
    }
}

#[tokio::test]
async fn on_a_connection() {
    for bench in bench::all().await {
        let conn = bench.db.connection().await.unwrap();
        assert!(timeout(SHORT, conn.fetchone(bench.slow(), ())).await.is_err());
        // Its statement is interrupted, or cancelled.
        let seven = timeout(Duration::from_secs(5), conn.fetchval::<i64>("select 7", ()));
        assert_eq!(seven.await.expect("it was interrupted").unwrap(), Some(7), "{}", bench.name);
        drop(conn);
        assert_eq!(bench.db.fetchval::<i64>("select 8", ()).await.unwrap(), Some(8));
    }
}

#[tokio::test]
async fn a_short_statement_that_was_cancelled_does_not_answer_for_the_next() {
    for bench in bench::all().await {
        let conn = bench.db.connection().await.unwrap();
        for number in 0..200_i64 {
            let cancelled = conn.fetchval::<i64>("select $1 + 1000000", (number,));
            let _ = timeout(Duration::from_micros(number as u64 * 3), cancelled).await;
            let answer: Option<i64> = conn.fetchval("select $1 + 0", (number,)).await.unwrap();
            assert_eq!(answer, Some(number), "{}", bench.name);
        }
    }
}

#[tokio::test]
async fn many_rows_that_were_cancelled_are_taken_back() {
    for bench in bench::all().await {
        bench.table("cancelled").await;
        let conn = bench.db.connection().await.unwrap();
        // More than any of them takes in that time.
        let rows = (0..200_000).map(|id| (id, format!("name {id}")));
        let many = conn.executemany("insert into cancelled values ($1, $2)", rows);
        assert!(timeout(Duration::from_millis(20), many).await.is_err(), "{}", bench.name);
        assert_eq!(conn.fetchval::<i64>("select count(*) from cancelled", ()).await.unwrap(), Some(0));
        drop(conn);
        assert_eq!(bench.db.fetchval::<i64>("select count(*) from cancelled", ()).await.unwrap(), Some(0));
    }
}

/// SQLite takes back the whole transaction of a statement that it was to stop.
#[tokio::test]
async fn what_follows_in_its_transaction_is_not_kept() {
    let changes_much = "insert into cancelled with recursive n(i) as (select 1 union all select i + 1 from n where i < 50000000) select i, 'name ' || i from n";
    for bench in bench::all().await {
        if !bench.is(Backend::Sqlite) {
            continue;
        }
        bench.table("cancelled").await;
        let tx = bench.db.transaction().await.unwrap();
        tx.execute("insert into cancelled values (-1, 'before')", ()).await.unwrap();
        let cancelled = timeout(SHORT, tx.execute(changes_much, ())).await;
        assert!(cancelled.is_err(), "{}: {cancelled:?}", bench.name);
        let error = tx.execute("insert into cancelled values (-2, 'after')", ()).await.unwrap_err();
        assert!(matches!(error, Error::RolledBack { .. }), "{}: {error}", bench.name);
        assert!(matches!(tx.commit().await, Err(Error::RolledBack { .. })), "{}", bench.name);
        assert_eq!(bench.db.fetchval::<i64>("select count(*) from cancelled", ()).await.unwrap(), Some(0));
        // The turn to write was given back.
        bench.db.execute("insert into cancelled values (1, 'a')", ()).await.unwrap();
    }
}
