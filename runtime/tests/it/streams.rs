//! Streams.

use std::{pin::Pin, time::Duration};

use aio_databases::{Error, Record, Rows};
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
async fn errors_come_after_the_rows_before_them() {
    for bench in bench::all().await {
        let mut rows = bench.db.iterate("select * from no_such_table", ());
        assert!(rows.next().await.unwrap().is_err(), "{}", bench.name);
        assert!(rows.next().await.is_none());
    }
}
