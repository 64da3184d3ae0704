//! Prepared statements that the server has no more, or whose result has changed.

use aio_databases_postgres::TransactionStatus::{Failed, Idle};

use super::*;

/// Changes after which a statement that was prepared before must be prepared again.
const CHANGES: &[(&str, &str, &str)] = &[
    ("alter table t add column b int4 default 5", "1", "1,5"),
    ("do $$ begin execute 'deallocate all'; end $$", "1", "1"),
    ("deallocate all", "1", "1"),
    ("discard plans", "1", "1"),
    ("drop table t; create temp table t (a text); insert into t values ('new')", "1", "new"),
];

#[tokio::test]
async fn is_prepared_again() {
    let mut connection = connection!();
    for (change, before, after) in CHANGES {
        execute(
            &mut connection,
            "drop table if exists t; create temp table t (a int4); insert into t values (1)",
        )
        .await;
        assert_eq!(rows(&mut connection, "select * from t", &[]).await.unwrap(), [*before]);
        execute(&mut connection, change).await;
        assert_eq!(rows(&mut connection, "select * from t", &[]).await.unwrap(), [*after], "{change}");
        works(&mut connection).await;
    }
}

#[tokio::test]
async fn is_known_to_be_gone_after_discard() {
    let mut connection = connection!();
    assert_eq!(rows(&mut connection, "select 1", &[]).await.unwrap(), ["1"]);
    execute(&mut connection, "discard all").await;
    // In a transaction it could not be prepared again.
    execute(&mut connection, "begin").await;
    assert_eq!(rows(&mut connection, "select 1", &[]).await.unwrap(), ["1"]);
    execute(&mut connection, "commit").await;
}

#[tokio::test]
async fn is_prepared_again_with_the_transaction_that_begins_with_it() {
    let mut connection = connection!();
    for (change, _, after) in CHANGES {
        execute(
            &mut connection,
            "drop table if exists t; create temp table t (a int4); insert into t values (1)",
        )
        .await;
        rows(&mut connection, "select * from t", &[]).await.unwrap();
        execute(&mut connection, change).await;
        let mut found = Vec::new();
        let mut take = |row: Row<'_>| {
            found.push(texts(row).join(","));
            ControlFlow::Continue(())
        };
        let step = Step::new(query("select * from t")).rows(&mut take);
        connection.run(&mut [Step::before(Sql::Static("begin")), step]).await.unwrap();
        assert_eq!(found, [*after], "{change}");
        execute(&mut connection, "commit").await;
    }
}

#[tokio::test]
async fn in_a_transaction_it_is_an_error_once() {
    let mut connection = connection!();
    execute(&mut connection, "create temp table t (a int4); insert into t values (1)").await;
    rows(&mut connection, "select * from t", &[]).await.unwrap();
    execute(&mut connection, "alter table t add column b int4").await;
    execute(&mut connection, "begin").await;
    let error = rows(&mut connection, "select * from t", &[]).await.unwrap_err();
    assert_eq!((error.code(), connection.transaction_status()), (Some("0A000"), Failed));
    execute(&mut connection, "rollback").await;
    execute(&mut connection, "begin").await;
    assert_eq!(rows(&mut connection, "select * from t", &[]).await.unwrap(), ["1,null"]);
    execute(&mut connection, "commit").await;
    assert_eq!(connection.transaction_status(), Idle);
}

#[tokio::test]
async fn a_function_of_its_own_that_is_stale_is_not_mistaken_for_it() {
    let mut connection = connection!();
    execute(
        &mut connection,
        "create temp table log (a int4);
         create function pg_temp.missing() returns int4 language plpgsql as $$
         begin insert into log values (1); execute 'execute nothing'; return 1; end $$",
    )
    .await;
    for _ in 0..2 {
        let error = rows(&mut connection, "select pg_temp.missing()", &[]).await.unwrap_err();
        assert_eq!(error.code(), Some("26000"));
    }
    works(&mut connection).await;
}

#[tokio::test]
async fn an_enum_that_was_made_again() {
    let mut connection = connection!();
    execute(&mut connection, "create type pg_temp.mood as enum ('sad', 'ok')").await;
    let sql = "select $1::pg_temp.mood";
    assert_eq!(rows(&mut connection, sql, &[Some("sad")]).await.unwrap(), ["sad"]);
    execute(&mut connection, "drop type pg_temp.mood; create type pg_temp.mood as enum ('fine')").await;
    assert_eq!(rows(&mut connection, sql, &[Some("fine")]).await.unwrap(), ["fine"]);
}

#[tokio::test]
async fn a_name_that_the_server_has_already_is_no_problem() {
    let (mut one, sql) = (connection!(), "select 'twice'");
    // A future is dropped while the statement is prepared: the server may have it, and the connection does not know.
    for _ in 0..2 {
        dropped::after(1, one.run(&mut [Step::new(query(sql))])).await;
        one.recover().await.unwrap();
    }
    execute(&mut one, "begin").await;
    assert_eq!(rows(&mut one, sql, &[]).await.unwrap(), ["twice"]);
    execute(&mut one, "commit").await;
}

#[tokio::test]
async fn more_statements_than_are_kept() {
    let Some(mut config) = config() else { return };
    config.set("statement_cache_capacity", "10").unwrap();
    let mut connection = Connector::new(config).unwrap().connect().await.unwrap();
    for round in 0..3 {
        for number in 0..25 {
            let sql = format!("select {number}");
            assert_eq!(rows(&mut connection, &sql, &[]).await.unwrap(), [number.to_string()], "{round}");
        }
    }
    let mut config = config_without_names();
    config.set("pgbouncer", "true").unwrap();
    let mut unnamed = Connector::new(config).unwrap().connect().await.unwrap();
    works(&mut unnamed).await;
    let count = "select count(*) from pg_prepared_statements";
    // Ten are kept. The one that this one replaces is closed with the next that is prepared.
    assert_eq!(rows(&mut connection, count, &[]).await.unwrap(), ["11"]);
    assert_eq!(rows(&mut unnamed, count, &[]).await.unwrap(), ["0"]);
}

fn config_without_names() -> Config {
    config().unwrap()
}
