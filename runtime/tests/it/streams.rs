//! Streams.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use aio_databases::{Database, Error, Record, Rows};
use futures_core::Stream;
use tokio::time::timeout;

use crate::bench;

async fn next(rows: &mut Rows<'_, Record>) -> Option<Record> {
    rows.try_next().await.unwrap()
}

#[tokio::test]
async fn every_row_comes_in_order() {
    for bench in bench::all().await {
        let mut rows = bench.db.iterate(bench.numbers(1_000), ());
        let mut last = 0;
        while let Some(record) = next(&mut rows).await {
            last += 1;
            assert_eq!(record, (last,), "{}", bench.name);
        }
        assert_eq!(last, 1_000, "{}", bench.name);
        assert!(next(&mut rows).await.is_none(), "it stays at its end");
    }
}

/// More rows than a buffer has, and a reader that is now and then slower than the statement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_comes_once_whoever_is_slower() {
    for bench in bench::all().await {
        for pause_every in [1_000, 20_000, u64::MAX] {
            let mut rows = bench.db.iterate(bench.numbers(50_000), ());
            let mut last = 0;
            while let Some(record) = next(&mut rows).await {
                last += 1;
                assert_eq!(record, (last as i64,), "{}", bench.name);
                if last % pause_every == 0 {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
            assert_eq!(last, 50_000, "{}", bench.name);
        }
    }
}

/// It is polled for other reasons than its rows.
#[tokio::test]
async fn a_stream_in_a_select_loses_no_rows() {
    for bench in bench::all().await {
        let mut rows = bench.db.iterate(bench.numbers(20_000), ());
        let mut ticks = tokio::time::interval(Duration::from_millis(1));
        let mut last = 0;
        loop {
            tokio::select! {
                biased;
                _ = ticks.tick() => {}
                record = next(&mut rows) => match record {
                    Some(record) => {
                        last += 1;
                        assert_eq!(record, (last,), "{}", bench.name);
                    }
                    None => break,
                },
            }
        }
        assert_eq!(last, 20_000, "{}", bench.name);
    }
}

#[tokio::test]
async fn other_tasks_run_beside_a_stream() {
    for bench in bench::all().await {
        let ended = AtomicBool::new(false);
        let turns = AtomicU64::new(0);
        let stream = async {
            let mut rows = bench.db.iterate(bench.numbers(50_000), ());
            while next(&mut rows).await.is_some() {}
            ended.store(true, Ordering::Relaxed);
        };
        let other = async {
            while !ended.load(Ordering::Relaxed) {
                turns.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(stream, other);
        let turns = turns.into_inner();
        assert!(turns >= 50_000 / 2_048, "{}: {turns} turns", bench.name);
    }
}

#[tokio::test]
async fn it_is_a_stream() {
    for bench in bench::all().await {
        let mut rows = bench.db.iterate("select 1 as a", ());
        let first = std::future::poll_fn(|cx| Pin::new(&mut rows).poll_next(cx)).await;
        assert_eq!(first.unwrap().unwrap(), (1,));
    }
}

#[tokio::test]
async fn another_query_on_the_same_connection_is_an_error_at_once() {
    for bench in bench::all().await {
        let conn = bench.db.connection().await.unwrap();
        let mut rows = conn.iterate(bench.numbers(5_000), ());
        next(&mut rows).await.unwrap();
        let other =
            timeout(Duration::from_secs(5), conn.fetchone("select 1", ())).await.expect("no deadlock");
        assert!(matches!(other, Err(Error::Busy { .. })), "{}: {other:?}", bench.name);
        let text = other.unwrap_err().to_string();
        assert!(text.contains("streams.rs"), "{text}");
        drop(rows);
        assert_eq!(conn.fetchval::<i64>("select 7", ()).await.unwrap(), Some(7), "{}", bench.name);
    }
}

#[tokio::test]
async fn queries_on_the_database_run_beside_a_stream() {
    for bench in bench::all().await {
        bench.table("beside").await;
        let mut rows = bench.db.iterate(bench.numbers(300), ());
        while let Some(record) = next(&mut rows).await {
            let id: i64 = record.get(0).unwrap();
            if id % 100 == 0 {
                let inserted =
                    bench.db.execute("insert into beside values ($1, $2)", (id, id.to_string())).await;
                inserted.unwrap_or_else(|error| panic!("{}: {error}", bench.name));
            }
        }
        assert_eq!(bench.db.fetchval::<i64>("select count(*) from beside", ()).await.unwrap(), Some(3));
    }
}

#[tokio::test]
async fn the_same_table_can_be_written_beside_a_stream_of_it() {
    for bench in bench::all().await {
        bench.table("same").await;
        let rows = (1..=500).map(|id| (id, format!("name {id}")));
        bench.db.executemany("insert into same values ($1, $2)", rows).await.unwrap();
        let mut rows = bench.db.iterate("select id from same order by id", ());
        while let Some(record) = next(&mut rows).await {
            let id: i64 = record.get(0).unwrap();
            if id % 100 == 0 {
                let deleted = bench.db.execute("delete from same where id = $1", (id,)).await;
                deleted.unwrap_or_else(|error| panic!("{}: {error}", bench.name));
            }
        }
        assert_eq!(bench.db.fetchval::<i64>("select count(*) from same", ()).await.unwrap(), Some(495));
    }
}

#[tokio::test]
async fn a_stream_dropped_midway_leaves_nothing_behind() {
    for bench in bench::all().await {
        for _ in 0..20 {
            let mut rows = bench.db.iterate(bench.numbers(100_000), ());
            next(&mut rows).await.unwrap();
            drop(rows);
            assert_eq!(bench.db.fetchval::<i64>("select 7", ()).await.unwrap(), Some(7), "{}", bench.name);
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_not_read_sends_nothing() {
    for bench in bench::all().await {
        bench.table("unread").await;
        drop(bench.db.iterate("insert into unread values (1, 'a')", ()));
        assert_eq!(bench.db.fetchval::<i64>("select count(*) from unread", ()).await.unwrap(), Some(0));
    }
}

#[tokio::test]
async fn a_stream_in_a_transaction() {
    for bench in bench::all().await {
        bench.table("streamed").await;
        let tx = bench.db.transaction().await.unwrap();
        let rows = (1..=5_000).map(|id| (id, format!("name {id}")));
        tx.executemany("insert into streamed values ($1, $2)", rows).await.unwrap();
        // To its end, and dropped midway: the transaction goes on.
        let mut rows = tx.iterate("select id from streamed order by id", ());
        let mut last = 0;
        while let Some(record) = next(&mut rows).await {
            last += 1;
            assert_eq!(record, (last,), "{}", bench.name);
        }
        assert_eq!(last, 5_000, "{}", bench.name);
        drop(rows);
        let mut rows = tx.iterate("select id from streamed order by id", ());
        assert_eq!(next(&mut rows).await.unwrap(), (1,), "{}", bench.name);
        drop(rows);
        tx.execute("delete from streamed where id > 10", ()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(bench.db.fetchval::<i64>("select count(*) from streamed", ()).await.unwrap(), Some(10));
    }
}

/// A SQLite file with a function `pass(n)` that returns `n`, counts its calls, and takes 400 ms when `n` is a multiple of `slow`.
#[cfg(feature = "sqlite")]
async fn with_pass(in_place: Duration, slow: i64) -> (tempfile::TempDir, Database, Arc<AtomicU64>) {
    let folder = tempfile::tempdir().unwrap();
    let calls = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&calls);
    let db = Database::builder(format!("sqlite:{}", folder.path().join("a.db").display()))
        .in_place(in_place)
        .init_sqlite(move |connection| {
            let calls = Arc::clone(&counted);
            let flags = aio_databases::rusqlite::functions::FunctionFlags::SQLITE_UTF8;
            connection.create_scalar_function("pass", 1, flags, move |context| {
                calls.fetch_add(1, Ordering::SeqCst);
                let n: i64 = context.get(0)?;
                if n % slow == 0 {
                    std::thread::sleep(SLOW);
                }
                Ok(n)
            })
        })
        .open()
        .await
        .unwrap();
    (folder, db, calls)
}

#[cfg(feature = "sqlite")]
const SLOW: Duration = Duration::from_millis(400);

#[cfg(feature = "sqlite")]
const PASS: &str =
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < $1) select pass(i) as i from n";

/// The function takes its time inside a single step of SQLite's, so only the reader itself can look for the rows before it.
#[cfg(feature = "sqlite")]
#[tokio::test]
async fn rows_before_a_pause_are_not_held_back() {
    // A burst before each pause: of one row, of some, and of more than the reader is woken for.
    for burst in [1, 2, 100, 700] {
        let (_folder, db, _) = with_pass(Duration::ZERO, burst + 1).await;
        let mut rows = db.iterate(PASS, (3 * (burst + 1) + 1,));
        let mut last = 0;
        let mut at = Vec::new();
        while let Some(record) = next(&mut rows).await {
            last += 1;
            assert_eq!(record, (last,));
            at.push(Instant::now());
        }
        assert_eq!(last, 3 * (burst + 1) + 1);
        // From the last row of a burst to the one that took its time, nearly all of this time passed.
        for pause in 1..=3 {
            let slow = usize::try_from(pause * (burst + 1)).unwrap() - 1;
            let waited = at[slow] - at[slow - 1];
            assert!(waited > SLOW / 2, "a burst of {burst}: row {slow} came only {waited:?} before the next");
        }
    }
}

/// Also of large rows, of which fewer are set aside.
#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_statement_waits_for_a_slow_reader() {
    for (sql, most) in [
        (PASS, 10_000),
        (
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < $1) \
             select pass(i) as i, zeroblob(200000) as large from n",
            32,
        ),
    ] {
        let (_folder, db, calls) = with_pass(Duration::ZERO, i64::MAX).await;
        let mut rows = db.iterate(sql, (100_000_i64,));
        next(&mut rows).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let ahead = calls.load(Ordering::SeqCst);
        assert!(ahead > 2 && ahead < most, "{ahead} rows were made for a reader that took one");
        drop(rows);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let stopped = calls.load(Ordering::SeqCst);
        assert!(stopped < ahead + most, "{stopped} rows were made for a reader that has gone");
    }
}

/// Short streams run on the caller's thread, whose rows come once even if it turns out to be a long one.
#[cfg(feature = "sqlite")]
#[tokio::test]
async fn streams_in_place_give_their_rows_once() {
    for in_place in [Duration::ZERO, Duration::from_micros(300), Duration::from_secs(60)] {
        let (_folder, db, _) = with_pass(in_place, i64::MAX).await;
        for count in [0, 1, 10, 1_023, 1_024, 1_025, 5_000, 10] {
            let mut rows = db.iterate(PASS, (count,));
            let mut last = 0;
            while let Some(record) = next(&mut rows).await {
                last += 1;
                assert_eq!(record, (last,));
            }
            assert_eq!(last, count.max(1), "{in_place:?}");
        }
    }
}

#[tokio::test]
async fn errors_come_after_the_rows_before_them() {
    for bench in bench::all().await {
        let mut rows = bench.db.iterate("select * from no_such_table", ());
        assert!(rows.next().await.unwrap().is_err(), "{}", bench.name);
        assert!(rows.next().await.is_none());
    }
}

/// Whether the statement is ahead of its reader or runs in place.
#[cfg(feature = "sqlite")]
#[tokio::test]
async fn an_error_comes_after_thousands_of_rows() {
    const FAILS: &str = "with recursive n(i) as (select 1 union all select i + 1 from n)
        select case when i < $1 then i else abs(-9223372036854775807 - 1) end as i from n";
    for (name, url, _folder) in bench::urls() {
        if !url.starts_with("sqlite:") {
            continue;
        }
        let db = Database::open(url).await.unwrap();
        for first_wrong in [1, 2, 100, 1_025, 5_000] {
            let mut rows = db.iterate(FAILS, (first_wrong,));
            for expected in 1..first_wrong {
                assert_eq!(next(&mut rows).await.unwrap(), (expected,), "{name}");
            }
            let error = rows.next().await.expect("an error comes").unwrap_err();
            assert!(error.to_string().contains("overflow"), "{name}: {error}");
            assert!(rows.next().await.is_none(), "{name}");
        }
    }
}
