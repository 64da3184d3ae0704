//! Futures that are dropped at any point.

use aio_databases_mysql::{BoxError, ColumnType, Flow, Params, Row, Sql, Transaction};

use super::support::*;

on_each_runtime! { at_any_poll while_writing }

async fn at_any_poll() {
    let Some(mut connection) = connect("dropped").await else { return };
    run(&mut connection, "create table t (a int primary key auto_increment, b varchar(500))").await;
    run(&mut connection, "insert into t (b) values (repeat('b', 500))").await;
    for _ in 0..11 {
        run(&mut connection, "insert into t (b) select b from t").await;
    }
    let mut finished = 0;
    for polls in 1..40 {
        let sql = format!("select a, b from t where a > {}", polls % 5);
        let mut pauses = 0;
        let mut sink = |_: Row<'_>| {
            pauses += 1;
            if pauses % 700 == 0 { Flow::Stop } else { Flow::Continue }
        };
        let ready =
            drop_after(polls, connection.execute(Sql::Text(&sql), 0, &mut |_| Ok(()), &mut sink)).await;
        finished += usize::from(ready);
        if polls % 2 == 0 {
            connection.recover().await.unwrap();
            assert!(connection.is_clean());
        }
        let value = polls as i64;
        assert_eq!(ints(&mut connection, "select ? * 2", &[value]).await, [value * 2]);
    }
    assert!(finished > 0);
    // What was sent is done, and its status is seen.
    let script = "begin; insert into t (b) values ('last')";
    let ready = drop_after(1, connection.query(script, &mut |_: Row<'_>| Flow::Continue)).await;
    assert!(ready || connection.transaction_status() == Transaction::Unknown);
    connection.recover().await.unwrap();
    assert_eq!(connection.transaction_status(), Transaction::Open);
    run(&mut connection, "rollback").await;
}

async fn while_writing() {
    let Some(mut connection) = connect("half").await else { return };
    run(&mut connection, "create table t (a int primary key auto_increment, b longblob)").await;
    connection.describe(Sql::Static("insert into t (b) values (?)")).await.unwrap();
    let value = vec![7; 12_000_000];
    for polls in [1, 2, 3, 5] {
        let mut bind = |params: &mut Params<'_>| -> Result<(), BoxError> {
            params.bytes(ColumnType::LONG_BLOB, &value);
            Ok(())
        };
        let mut none = |_: Row<'_>| Flow::Continue;
        let insert = connection.execute(Sql::Static("insert into t (b) values (?)"), 1, &mut bind, &mut none);
        drop_after(polls, insert).await;
        connection.recover().await.unwrap();
        let sql = "select length(b) from t order by a desc limit ?";
        assert_eq!(ints(&mut connection, sql, &[1]).await, [12_000_000]);
    }
    assert_eq!(ints(&mut connection, "select count(*) from t where a > ?", &[0]).await, [4]);
}

/// A task holds one of these for each command under way.
#[tokio::test]
async fn futures_are_small() {
    let Some(mut connection) = connect("sizes").await else { return };
    let mut none = |_: Row<'_>| Flow::Continue;
    let query = size_of_val(&connection.query("do 1", &mut none));
    let mut nothing = |_: &mut Params<'_>| -> Result<(), BoxError> { Ok(()) };
    let execute = size_of_val(&connection.execute(Sql::Static("do 1"), 0, &mut nothing, &mut none));
    assert!(query <= 512 && execute <= 768, "query: {query} bytes, execute: {execute} bytes");
}
