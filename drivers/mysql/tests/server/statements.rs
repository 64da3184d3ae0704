//! Prepared statements.

use aio_databases_mysql::{BoxError, ColumnType, Error, Flow, Params, Row, Sql};

use super::support::*;

on_each_runtime! { the_cache_is_bounded errors_leave_the_connection_usable }

async fn the_cache_is_bounded() {
    let Some(_) = connect("cache").await else { return };
    let mut connection = connect_to(url().unwrap().config().statement_cache(4)).await;
    let before = prepared(&mut connection).await;
    for round in 0..3 {
        for number in 0..10 {
            let sql = format!("select ? + {number}");
            assert_eq!(ints(&mut connection, &sql, &[round]).await, [round + number]);
            assert!(connection.cached_statements() <= 4);
        }
    }
    let after = prepared(&mut connection).await;
    assert!(after <= before + 30, "{before} {after}");
    let open = text(&mut connection, "show global status like 'Prepared_stmt_count'").await;
    assert!(open.is_some());
}

/// How many statements the session has had prepared.
async fn prepared(connection: &mut aio_databases_mysql::Connection) -> i64 {
    let mut count = 0;
    let mut sink = |row: Row<'_>| {
        count = row.get(1).and_then(|bytes| std::str::from_utf8(bytes).ok()?.parse().ok()).unwrap_or(-1);
        Flow::Continue
    };
    connection.query("show session status like 'Com_stmt_prepare'", &mut sink).await.unwrap();
    count
}

#[tokio::test]
async fn a_statement_is_prepared_once() {
    let Some(mut connection) = connect("once").await else { return };
    // MySQL prepares it once more when it sees the type of the argument.
    assert_eq!(ints(&mut connection, "select ?", &[0]).await, [0]);
    let before = prepared(&mut connection).await;
    for value in 0..5 {
        assert_eq!(ints(&mut connection, "select ?", &[value]).await, [value]);
        let mut sink = |_: Row<'_>| Flow::Continue;
        let mut bind = |params: &mut Params<'_>| -> Result<(), BoxError> {
            params.int(1);
            Ok(())
        };
        connection.execute(Sql::Static("select ?"), 1, &mut bind, &mut sink).await.unwrap();
    }
    assert_eq!(prepared(&mut connection).await, before);
}

async fn errors_leave_the_connection_usable() {
    let Some(mut connection) = connect("errors").await else { return };
    let mut none = |_: Row<'_>| Flow::Continue;
    let mut nothing = |_: &mut Params<'_>| -> Result<(), BoxError> { Ok(()) };
    let mut fails = |params: &mut Params<'_>| -> Result<(), BoxError> {
        params.int(1);
        Err("cannot be encoded".into())
    };
    let one = Sql::Static("select ?");
    let error = connection.execute(one, 1, &mut fails, &mut none).await.unwrap_err();
    assert!(matches!(error, Error::Bind(_)), "{error}");
    let error = connection.execute(one, 2, &mut nothing, &mut none).await.unwrap_err();
    assert!(matches!(error, Error::ParameterCount { expected: 1, given: 2 }), "{error}");
    let error = connection.execute(one, 1, &mut nothing, &mut none).await.unwrap_err();
    assert!(matches!(error, Error::ParameterCount { expected: 1, given: 0 }), "{error}");
    let error = connection.execute(Sql::Text("selec 1"), 0, &mut nothing, &mut none).await.unwrap_err();
    assert_eq!(error.server().map(|error| (error.code, error.sqlstate())), Some((1064, "42000")));
    run(&mut connection, "create table t (a int primary key)").await;
    let insert = Sql::Static("insert into t values (1)");
    connection.execute(insert, 0, &mut nothing, &mut none).await.unwrap();
    let error = connection.execute(insert, 0, &mut nothing, &mut none).await.unwrap_err();
    assert_eq!(error.server().map(|error| (error.code, error.sqlstate())), Some((1062, "23000")));
    assert_eq!(ints(&mut connection, "select ?", &[5]).await, [5]);
    assert!(connection.is_clean() && !connection.is_broken());
}

#[tokio::test]
async fn some_cannot_be_prepared() {
    let Some(mut connection) = connect("unpreparable").await else { return };
    let mut none = |_: Row<'_>| Flow::Continue;
    let sql = Sql::Static("lock tables mysql.user read");
    let error = connection.execute(sql, 0, &mut |_| Ok(()), &mut none).await;
    match error {
        Err(Error::Server(error)) => assert!(error.is_not_preparable(), "{error}"),
        // MariaDB prepares nearly everything.
        Ok(_) => assert!(connection.server().mariadb),
        Err(error) => panic!("{error}"),
    }
}

/// The largest number.
fn unsigned(params: &mut Params<'_>) {
    let write = |out: &mut Vec<u8>| -> Result<(), BoxError> {
        out.extend([255; 8]);
        Ok(())
    };
    params.value(ColumnType::LONG_LONG, true, write).unwrap();
}

#[tokio::test]
async fn types_of_arguments_change() {
    let Some(mut connection) = connect("retyped").await else { return };
    type Write = fn(&mut Params<'_>);
    let arguments: [(Write, Option<&str>); 6] = [
        (|params| params.int(42), Some("42")),
        (|params| params.bytes(ColumnType::VAR_STRING, b"text"), Some("text")),
        (|params| params.null(ColumnType::VAR_STRING), None),
        (|params| params.int(-1), Some("-1")),
        (unsigned, Some("18446744073709551615")),
        (|params| params.int(-1), Some("-1")),
    ];
    for _ in 0..2 {
        for (write, expected) in arguments {
            let mut value = Some(String::new());
            let mut sink = |row: Row<'_>| {
                value = row.get(0).map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
                Flow::Continue
            };
            let mut bind = |params: &mut Params<'_>| -> Result<(), BoxError> {
                write(params);
                Ok(())
            };
            let sql = Sql::Static("select concat(?, '')");
            connection.execute(sql, 1, &mut bind, &mut sink).await.unwrap();
            assert_eq!(value.as_deref(), expected);
        }
    }
}

#[tokio::test]
async fn a_changed_table_has_changed_columns() {
    let Some(mut connection) = connect("altered").await else { return };
    run(&mut connection, "create table t (a int); insert into t values (1)").await;
    for change in [
        "do 1",
        "alter table t add b varchar(5) default 'x'",
        "do 1",
        "alter table t modify a bigint",
        "do 1",
    ] {
        run(&mut connection, change).await;
        let mut shown = Vec::new();
        let mut sink = |row: Row<'_>| {
            shown = row.columns().iter().map(|column| (column.name().to_owned(), column.ty())).collect();
            assert_eq!(
                row.get(0).map(<[u8]>::len),
                Some(if row.columns().get(0).unwrap().ty() == ColumnType::LONG { 4 } else { 8 })
            );
            Flow::Continue
        };
        connection.execute(Sql::Static("select * from t"), 0, &mut |_| Ok(()), &mut sink).await.unwrap();
        let expected = text(&mut connection, "select count(*) from information_schema.columns where table_schema = database() and table_name = 't'").await;
        assert_eq!(expected, Some(shown.len().to_string()), "{change}");
    }
}
