//! SQLite's reads on the caller's own thread.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use aio_databases::Database;

use crate::bench;

const MANY: &str =
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) select i from n";
const SLOW: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000) select count(*) from n";

/// The databases of SQLite's, with so much time for a query in place.
async fn databases(in_place: Duration) -> Vec<(&'static str, Database, Option<tempfile::TempDir>)> {
    databases_with("", in_place).await
}

/// The same, with an option of the URL.
async fn databases_with(
    option: &str,
    in_place: Duration,
) -> Vec<(&'static str, Database, Option<tempfile::TempDir>)> {
    let mut databases = Vec::new();
    for (name, url, folder) in bench::urls() {
        if url.starts_with("sqlite:") {
            let db = Database::builder(format!("{url}{option}")).in_place(in_place).open().await.unwrap();
            databases.push((name, db, folder));
        }
    }
    databases
}

#[tokio::test]
async fn rows_come_once_however_often_it_is_stopped() {
    for time in [Duration::ZERO, Duration::from_nanos(1), Duration::from_micros(300), Duration::from_secs(60)]
    {
        for (name, db, _folder) in databases(time).await {
            // Known to be slow after the first time; tried again after a hundred.
            for _ in 0..120 {
                let rows = db.fetchall(MANY, ()).await.unwrap();
                assert_eq!((rows.len(), &rows[4_999]), (5_000, &rows[rows.len() - 1]), "{name} {time:?}");
                assert_eq!(rows[0], (1,), "{name} {time:?}");
            }
            assert_eq!(db.fetchmany(3, MANY, ()).await.unwrap(), [(1,), (2,), (3,)], "{name} {time:?}");
        }
    }
}

#[tokio::test]
async fn a_slow_one_leaves_the_thread_to_others() {
    for (name, db, _folder) in databases(Duration::from_micros(300)).await {
        let (ended, others) = (AtomicBool::new(false), AtomicBool::new(false));
        let slow = async {
            assert_eq!(db.fetchval::<i64>(SLOW, ()).await.unwrap(), Some(2_000_000));
            ended.store(true, Ordering::Relaxed);
        };
        let other = async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            others.store(!ended.load(Ordering::Relaxed), Ordering::Relaxed);
        };
        tokio::join!(slow, other);
        assert!(others.into_inner(), "{name}: the other task ran only when the query had ended");
    }
}

#[tokio::test]
async fn many_short_ones_leave_the_thread_to_others() {
    for (name, db, _folder) in databases(Duration::from_micros(300)).await {
        let ended = AtomicBool::new(false);
        let many = async {
            for _ in 0..20_000 {
                if ended.load(Ordering::Relaxed) {
                    return true;
                }
                db.fetchval::<i64>("select 1", ()).await.unwrap();
            }
            false
        };
        let other = async {
            tokio::task::yield_now().await;
            ended.store(true, Ordering::Relaxed);
        };
        let (seen, ()) = tokio::join!(many, other);
        assert!(seen, "{name}");
    }
}

#[tokio::test]
async fn a_lock_is_waited_for() {
    // Without a WAL, a writer keeps readers out.
    for (name, db, _folder) in databases_with("?journal_mode=delete", Duration::from_micros(300)).await {
        db.execute("create table locked (a int)", ()).await.unwrap();
        let tx = db.transaction().exclusive().await.unwrap();
        tx.execute("insert into locked values (1)", ()).await.unwrap();
        let read = db.fetchval::<i64>("select count(*) from locked", ());
        let write = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            tx.commit().await.unwrap();
        };
        let (count, ()) = tokio::join!(read, write);
        assert_eq!(count.unwrap_or_else(|error| panic!("{name}: {error}")), Some(1));
    }
}

#[tokio::test]
async fn after_a_cancelled_one() {
    for (name, db, _folder) in databases(Duration::from_micros(300)).await {
        let conn = db.connection().await.unwrap();
        for _ in 0..20 {
            let cancelled = tokio::time::timeout(Duration::from_millis(2), conn.fetchone(SLOW, ())).await;
            assert!(cancelled.is_err(), "{name}");
            assert_eq!(conn.fetchval::<i64>("select 7", ()).await.unwrap(), Some(7), "{name}");
        }
    }
}
