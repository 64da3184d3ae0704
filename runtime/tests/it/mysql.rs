//! What only MySQL and MariaDB do.

use std::time::{Duration, Instant};

use aio_databases::{Database, Error, Trusted, Value, value};

use crate::bench;

/// The server's URL, if there is one to test with.
fn url() -> Option<String> {
    bench::urls().into_iter().find(|(name, ..)| *name == "mysql").map(|(_, url, _)| url)
}

/// A database with at most one connection.
async fn single(url: &str) -> Database {
    Database::builder(url).max_size(1).open().await.unwrap()
}

async fn procedure(db: &Database, name: &str, body: &str) {
    let drop = Trusted(format!("drop procedure if exists {name}"));
    db.execute(drop, ()).await.unwrap();
    db.execute(Trusted(format!("create procedure {name}() begin {body} end")), ()).await.unwrap();
}

#[tokio::test]
async fn rows_of_several_results_are_never_mixed() {
    let Some(url) = url() else { return };
    let db = single(&url).await;
    procedure(
        &db,
        "other_columns",
        "select 1 as id, 'Ada' as name; select 99 as total, 5 as pages, 'x' as rest;",
    )
    .await;
    procedure(&db, "other_columns_after_none", "select 1 as id from dual where false; select 99 as total;")
        .await;
    for call in ["call other_columns()", "call other_columns_after_none()"] {
        let error = db.fetchall(call, ()).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        assert!(error.to_string().contains("several results with different columns"), "{error}");
        assert!(error.to_string().contains(call), "{error}");
        // Its results were read to their end.
        db.execute(call, ()).await.unwrap();
    }
    let first = db.fetchone("call other_columns()", ()).await.unwrap().unwrap();
    assert_eq!(
        (first.get::<i64>("id").unwrap(), first.get::<String>("name").unwrap()),
        (1, "Ada".to_owned())
    );

    procedure(&db, "same_columns", "select 1 as id; select 2 as id; do 0;").await;
    let rows = db.fetchall("call same_columns()", ()).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get::<i64>("id").unwrap()).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn a_transaction_that_a_procedure_left_open_is_nobody_elses() {
    let Some(url) = url() else { return };
    let db = single(&url).await;
    db.executescript("drop table if exists left_open; create table left_open (id int)").await.unwrap();
    procedure(&db, "leaves_open", "start transaction; insert into left_open values (1);").await;
    procedure(
        &db,
        "fails_open",
        "start transaction; insert into left_open values (1); signal sqlstate '45000' set message_text = 'no';",
    )
    .await;
    db.execute("call leaves_open()", ()).await.unwrap();
    db.execute("insert into left_open values (2)", ()).await.unwrap();
    db.execute("call fails_open()", ()).await.unwrap_err();
    db.execute("insert into left_open values (3)", ()).await.unwrap();
    let other = single(&url).await;
    let kept = other.fetchall("select id from left_open order by id", ()).await.unwrap();
    assert_eq!(kept.iter().map(|row| row.get::<i64>(0).unwrap()).collect::<Vec<_>>(), [2, 3]);
}

#[tokio::test]
async fn a_write_after_the_server_closed_the_idle_session() {
    let Some(url) = url() else { return };
    let (db, other) = (single(&url).await, single(&url).await);
    db.executescript("drop table if exists idle; create table idle (id int)").await.unwrap();
    for round in 1..=3_i64 {
        let number: i64 = db.fetchval("select connection_id()", ()).await.unwrap().unwrap();
        other.execute(Trusted(format!("kill {number}")), ()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        db.execute("insert into idle values (?)", (round,)).await.unwrap();
        assert_eq!(db.fetchval::<i64>("select count(*) from idle", ()).await.unwrap(), Some(round));
    }
}

#[test]
fn a_database_that_several_runtimes_share() {
    let Some(url) = url() else { return };
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let db = runtime().block_on(single(&url));
    for round in 0..3_i64 {
        let answer = runtime().block_on(async { db.fetchval::<i64>("select ?", (round,)).await.unwrap() });
        assert_eq!(answer, Some(round));
    }
}

/// A few statements cannot be prepared, so their rows come as text.
#[tokio::test]
async fn rows_as_text_have_the_same_values() {
    let Some(url) = url() else { return };
    let db = single(&url).await;
    let conn = db.connection().await.unwrap();
    let columns = "cast(-7 as signed) as a, cast(18446744073709551615 as unsigned) as b, 1.50 as c, 1.5e0 as d, \
                   cast('2024-02-29' as date) as e, cast('2024-02-29 12:34:56.789' as datetime(3)) as f, \
                   cast('-30:00:00.5' as time(1)) as g, 'text' as h, x'00ff' as i, null as j, b'101' + 0 as k";
    let prepared = conn.fetchone(Trusted(format!("select {columns}")), ()).await.unwrap().unwrap();
    let prepare = format!("prepare as_text from \"select {columns}\"");
    conn.execute(Trusted(prepare), ()).await.unwrap();
    let text = conn.fetchone("execute as_text", ()).await.unwrap().unwrap();
    assert_eq!(text, prepared);
    let interval = value::Interval { micros: -108_000_500_000, ..Default::default() };
    assert_eq!(text.values()[6], Value::Interval(interval));
    assert_eq!((&text.values()[8], &text.values()[9]), (&Value::Bytes(vec![0, 0xFF]), &Value::Null));
}

#[tokio::test]
async fn zero_dates_can_be_read_as_null_or_as_text() {
    let Some(url) = url() else { return };
    let db = single(&url).await;
    let conn = db.connection().await.unwrap();
    conn.executescript(
        "drop table if exists zero; create table zero (day date, moment datetime, instant timestamp null); \
         set sql_mode = ''; insert into zero values ('0000-00-00', '0000-00-00', '0000-00-00'), \
         ('2020-00-00', '2020-00-00', '2020-01-01'); set sql_mode = default",
    )
    .await
    .unwrap();
    for column in ["day", "moment", "instant"] {
        let select = |columns: &str| Trusted(format!("select {columns} from zero where day = 0"));
        let null = conn.fetchone(select(column), ()).await.unwrap().unwrap();
        assert_eq!(null.values(), [Value::Null], "{column}");
    }
    let error = conn.fetchone("select day from zero where day > 0", ()).await.unwrap_err().to_string();
    assert!(error.contains("2020-00-00") && error.contains("`NO_ZERO_IN_DATE`"), "{error}");
    let text: Option<String> =
        conn.fetchval("select cast(day as char) from zero where day > 0", ()).await.unwrap();
    assert_eq!(text.as_deref(), Some("2020-00-00"));
}

/// Only a little is read of rows that nobody wants, and the session can be used on.
#[tokio::test]
async fn the_first_of_many_rows() {
    let Some(url) = url() else { return };
    let db = single(&url).await;
    let conn = db.connection().await.unwrap();
    let number: Option<i64> = conn.fetchval("select connection_id()", ()).await.unwrap();
    conn.executescript(
        "set @depth = 100000 /*M! , max_recursive_iterations = 100000 */ /*!80000 , cte_max_recursion_depth = 100000 */",
    )
    .await
    .unwrap();
    let many = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 100000) select 7 from n a, n b";
    let started = Instant::now();
    for _ in 0..3 {
        assert_eq!(conn.fetchval::<i64>(many, ()).await.unwrap(), Some(7));
        assert_eq!(conn.fetchval::<i64>("select connection_id()", ()).await.unwrap(), number);
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_command_that_is_too_long_is_not_sent() {
    let Some(url) = url() else { return };
    let db = single(&url).await;
    let limit: i64 = db.fetchval("select @@max_allowed_packet", ()).await.unwrap().unwrap();
    let error = db.fetchval::<i64>("select length(?)", ("x".repeat(limit as usize),)).await.unwrap_err();
    assert_eq!(error.code(), Some("2020"), "{error}");
    assert!(error.to_string().contains("max_allowed_packet"), "{error}");
    let half = db.fetchval::<i64>("select length(?)", ("x".repeat(limit as usize / 2),)).await.unwrap();
    assert_eq!(half, Some(limit / 2));
}

/// Nothing was sent, so the session can be used on.
#[tokio::test]
async fn an_argument_that_cannot_be_encoded() {
    let Some(url) = url() else { return };
    let db = single(&url).await;
    let conn = db.connection().await.unwrap();
    let number: Option<i64> = conn.fetchval("select connection_id()", ()).await.unwrap();
    let error = conn.fetchval::<f64>("select ?", (f64::NAN,)).await.unwrap_err();
    assert!(matches!(error, Error::Encode { .. }), "{error}");
    assert!(error.to_string().starts_with("parameter 1: float NaN does not fit into `double`"), "{error}");
    let same: Option<i64> = conn.fetchval("select connection_id() + ?", (0,)).await.unwrap();
    assert_eq!(same, number);
}

/// An error carries no status of the transaction, so the server is asked.
#[tokio::test]
async fn a_failed_statement_leaves_its_transaction_open() {
    let Some(url) = url() else { return };
    let db = single(&url).await;
    db.executescript("drop table if exists failed; create table failed (id int primary key)").await.unwrap();
    let tx = db.transaction().await.unwrap();
    tx.execute("insert into failed values (1)", ()).await.unwrap();
    assert!(tx.execute("insert into failed values (1)", ()).await.unwrap_err().is_unique_violation());
    tx.execute("insert into failed values (2)", ()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(db.fetchval::<i64>("select count(*) from failed", ()).await.unwrap(), Some(2));
}
