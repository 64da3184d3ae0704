//! The session, and what the server says of it after each command.

use aio_databases_mysql::{ServerError, Transaction};

use super::support::*;

on_each_runtime! { is_set_up a_closed_connection_is_noticed }

async fn is_set_up() {
    let Some(mut connection) = connect("set_up").await else { return };
    assert_eq!(text(&mut connection, "select @@session.time_zone").await.as_deref(), Some("+00:00"));
    assert_eq!(text(&mut connection, "select @@character_set_client").await.as_deref(), Some("utf8mb4"));
    let same = "select @@session.sql_mode = @@global.sql_mode";
    assert_eq!(text(&mut connection, same).await.as_deref(), Some("1"));
    assert!(!connection.session().changed, "{:?}", connection.session());
    let id = text(&mut connection, "select connection_id()").await;
    assert_eq!(id, Some(connection.server().connection_id.to_string()));
    let longest = text(&mut connection, "select @@max_allowed_packet").await;
    assert_eq!(longest, connection.server().max_allowed_packet.map(|bytes| bytes.to_string()));
    let collated = url().unwrap().config().charset("utf8mb4").unwrap().collation("utf8mb4_bin").unwrap();
    let mut collated = connect_to(collated).await;
    assert_eq!(text(&mut collated, "select @@collation_connection").await.as_deref(), Some("utf8mb4_bin"));
}

async fn a_closed_connection_is_noticed() {
    let Some(mut connection) = connect("closed").await else { return };
    let mut other = connect_to(url().unwrap().config()).await;
    assert!(!connection.is_closed());
    run(&mut other, &format!("kill {}", connection.server().connection_id)).await;
    for _ in 0..200 {
        if connection.is_closed() {
            break;
        }
        aio_databases_net::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(connection.is_closed());
    let mut result = connection.ping().await;
    if result.is_ok() {
        result = connection.ping().await;
    }
    assert!(result.is_err());
    assert!(connection.is_broken());
}

#[tokio::test]
async fn an_open_transaction_is_seen() {
    let Some(mut connection) = connect("transaction").await else { return };
    run(&mut connection, "create table t (a int primary key)").await;
    run(&mut connection, "create procedure leaves() begin start transaction; insert into t values (1); end")
        .await;
    run(
        &mut connection,
        "create procedure fails() begin start transaction; insert into t values (2); select 1 from missing; end",
    )
    .await;
    assert_eq!(connection.transaction_status(), Transaction::None);
    run(&mut connection, "call leaves()").await;
    assert_eq!(connection.transaction_status(), Transaction::Open);
    run(&mut connection, "create table implicit (a int)").await;
    assert_eq!(connection.transaction_status(), Transaction::None);
    failure(&mut connection, "call fails()").await;
    assert_eq!(connection.transaction_status(), Transaction::Unknown);
    assert_eq!(connection.transaction().await.unwrap(), Transaction::Open);
    run(&mut connection, "rollback").await;
    run(&mut connection, "start transaction read only").await;
    assert_eq!(connection.transaction_status(), Transaction::ReadOnly);
    run(&mut connection, "commit; set autocommit = 0").await;
    assert!(!connection.status().unwrap().autocommit());
    assert_eq!(ints(&mut connection, "select a from t where a = ?", &[1]).await, [1]);
    assert_eq!(connection.transaction_status(), Transaction::Open);
}

#[tokio::test]
async fn a_deadlock_ends_the_transaction() {
    let Some(mut one) = connect("deadlock").await else { return };
    run(&mut one, "create table t (a int primary key, b int); insert into t values (1, 0), (2, 0)").await;
    let mut two = connect_to(url().unwrap().config().database(database("deadlock"))).await;
    run(&mut one, "begin; update t set b = 1 where a = 1").await;
    run(&mut two, "begin; update t set b = 2 where a = 2").await;
    let mut sink = |_: aio_databases_mysql::Row<'_>| aio_databases_mysql::Flow::Continue;
    let mut other_sink = |_: aio_databases_mysql::Row<'_>| aio_databases_mysql::Flow::Continue;
    let (first, second) = tokio::join!(
        one.query("update t set b = 1 where a = 2", &mut sink),
        two.query("update t set b = 2 where a = 1", &mut other_sink),
    );
    let code = |error: &ServerError| error.code;
    let (victim, winner, error) = match (first, second) {
        (Err(error), Ok(_)) => (&mut one, &mut two, error),
        (Ok(_), Err(error)) => (&mut two, &mut one, error),
        other => panic!("{other:?}"),
    };
    assert_eq!(error.server().map(code), Some(1213));
    assert_eq!(victim.transaction().await.unwrap(), Transaction::None);
    assert_eq!(winner.transaction().await.unwrap(), Transaction::Open);
}

#[tokio::test]
async fn changes_are_seen_and_reset() {
    let Some(mut connection) = connect("changes").await else { return };
    let changes = [
        "set @a = 1",
        "set session sql_mode = ''",
        "create temporary table temporary (a int)",
        "prepare p from 'select 1'",
        "use mysql",
        "set time_zone = '+05:00'",
    ];
    for change in changes {
        run(&mut connection, change).await;
        assert!(connection.session().changed, "{change}");
        connection.reset().await.unwrap();
        assert!(!connection.session().changed, "{change}: {:?}", connection.session());
        assert_eq!(text(&mut connection, "select @a").await, None, "{change}");
        assert_eq!(text(&mut connection, "select @@time_zone").await.as_deref(), Some("+00:00"));
        let current = text(&mut connection, "select database()").await;
        assert_eq!(current, Some(database("changes")), "{change}");
        failure(&mut connection, "select * from temporary").await;
    }
    run(&mut connection, "create table t (a int)").await;
    run(&mut connection, "insert into t values (1); select * from t; begin; commit; delete from t").await;
    ints(&mut connection, "select ?", &[1]).await;
    assert!(!connection.session().changed, "{:?}", connection.session());
    run(&mut connection, "lock tables t write").await;
    assert!(connection.session().has_locked_tables());
    run(&mut connection, "unlock tables").await;
    assert!(!connection.session().has_locked_tables());
    run(&mut connection, "begin").await;
    connection.reset().await.unwrap();
    assert_eq!(connection.transaction_status(), Transaction::None);
    assert_eq!(ints(&mut connection, "select ? + 1", &[1]).await, [2]);
}
