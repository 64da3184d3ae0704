//! Rows in batches.

use aio_databases_postgres::{Fetched, TransactionStatus::Idle};

use super::*;

const SERIES: &str = "select i from generate_series(1, 1000) i";

/// Reads a whole stream, pausing now and then.
async fn read(connection: &mut Connection, batch: u32, pause: u64) -> Result<(u64, u64), Error> {
    let (mut count, mut batches) = (0, 0);
    loop {
        let mut take = |_: Row<'_>| {
            count += 1;
            if count % pause == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        match connection.fetch(batch, &mut take).await? {
            Fetched::Complete => return Ok((count, batches)),
            Fetched::Batch => batches += 1,
            Fetched::Paused => {}
        }
    }
}

#[tokio::test]
async fn all_rows_come_in_any_batches() {
    let mut connection = connection!();
    for in_transaction in [false, true] {
        if in_transaction {
            execute(&mut connection, "begin").await;
        }
        for (batch, pause, batches) in [(1, 1, 1000), (7, 3, 142), (100, 1000, 10), (5000, 64, 0)] {
            connection.start_fetch(&mut [Step::new(query(SERIES))], batch).await.unwrap();
            assert!(matches!(rows(&mut connection, "select 1", &[]).await, Err(Error::Busy)));
            assert_eq!(read(&mut connection, batch, pause).await.unwrap(), (1000, batches));
            let done = connection.end_fetch().await.unwrap().unwrap();
            assert!(done.tag.as_str().starts_with("SELECT"));
            works(&mut connection).await;
        }
    }
}

#[tokio::test]
async fn one_that_is_stopped_reads_no_more_than_its_batch() {
    let mut connection = connection!();
    execute(&mut connection, "create temp sequence s").await;
    for stop_in_batch in [true, false] {
        execute(&mut connection, "alter sequence s restart").await;
        let sql = query("select nextval('s') from generate_series(1, 100000)");
        connection.start_fetch(&mut [Step::new(sql)], 50).await.unwrap();
        let mut left = if stop_in_batch { 10 } else { 1000 };
        let mut take = |_: Row<'_>| {
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        connection.fetch(50, &mut take).await.unwrap();
        assert!(connection.end_fetch().await.unwrap().is_none());
        assert_eq!(connection.transaction_status(), Idle);
        assert_eq!(rows(&mut connection, "select last_value from s", &[]).await.unwrap(), ["50"]);
    }
}

#[tokio::test]
async fn errors_end_it() {
    let mut connection = connection!();
    let sql = query("select 10 / (500 - i) from generate_series(1, 1000) i");
    connection.start_fetch(&mut [Step::new(sql)], 100).await.unwrap();
    assert_eq!(read(&mut connection, 100, 1000).await.unwrap_err().code(), Some("22012"));
    assert_eq!(connection.end_fetch().await.unwrap().map(|_| ()), None);
    works(&mut connection).await;
    let error = connection.start_fetch(&mut [Step::new(query("select nothing"))], 100).await.unwrap_err();
    assert_eq!(error.code(), Some("42703"));
    works(&mut connection).await;
}

#[tokio::test]
async fn what_it_writes_counts_when_it_ends() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4)").await;
    let insert = query("insert into t select generate_series(1, 10) returning a");
    let steps = &mut [Step::before(Sql::Static("begin")), Step::new(insert)];
    connection.start_fetch(steps, 3).await.unwrap();
    assert_eq!(read(&mut connection, 3, 1000).await.unwrap().0, 10);
    assert_eq!(connection.end_fetch().await.unwrap().unwrap().rows_affected, 10);
    execute(&mut connection, "commit").await;
    assert_eq!(rows(&mut connection, "select count(*) from t", &[]).await.unwrap(), ["10"]);
}

#[tokio::test]
async fn a_stale_statement_is_prepared_again() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4); insert into t values (1)").await;
    rows(&mut connection, "select * from t", &[]).await.unwrap();
    execute(&mut connection, "alter table t add column b int4").await;
    let statement = connection.start_fetch(&mut [Step::new(query("select * from t"))], 3).await.unwrap();
    assert_eq!(statement.columns.len(), 2);
    assert_eq!(read(&mut connection, 3, 1000).await.unwrap().0, 1);
    connection.end_fetch().await.unwrap();
    works(&mut connection).await;
}
