//! Queries as the macros write them.

use aio_databases::{
    __private::{
        Access, AnyRows, Dialect, Int8, OneRow, Put, Rows, Sql, Statement, Text, arg, command, executemany,
        put, query, query_with_value,
    },
    Error, Query,
};

use crate::bench;

#[derive(Debug, Clone, PartialEq)]
struct Record {
    res: i64,
}

macro_rules! statement {
    ($access:ident, $rows:ident, $columns:expr, $postgres:expr, $sqlite:expr, $mysql:expr, $order:expr, $repeated:expr) => {
        Statement {
            sql: &[
                Sql { dialect: Dialect::Sqlite, text: $sqlite, order: $order, types: &[], statements: &[] },
                Sql {
                    dialect: Dialect::Postgres,
                    text: $postgres,
                    order: $order,
                    types: &[],
                    statements: &[],
                },
                Sql { dialect: Dialect::Mysql, text: $mysql, order: $repeated, types: &[], statements: &[] },
            ],
            access: Access::$access,
            rows: Rows::$rows,
            columns: $columns,
            file: file!(),
            line: line!(),
        }
    };
}

static DOUBLE: Statement = statement!(
    Read,
    One,
    &["res"],
    "select ($1::bigint + $1)::bigint as res",
    "select ?1 + ?1 as res",
    "select cast(? + ? as signed) as res",
    &[0],
    &[0, 0]
);

static THREE: Statement = statement!(
    Read,
    Many,
    &["res"],
    "select 1::bigint as res union all select 2 union all select 3",
    "select 1 as res union all select 2 union all select 3",
    "select 1 as res union all select 2 union all select 3",
    &[],
    &[]
);

static NOTHING: Statement = statement!(
    Read,
    Many,
    &["res"],
    "select 1::bigint as res where false",
    "select 1 as res where false",
    "select 1 as res from dual where false",
    &[],
    &[]
);

static INSERT: Statement = statement!(
    Write,
    None,
    &[],
    "insert into checked (id, name) values ($1, $2)",
    "insert into checked (id, name) values (?1, ?2)",
    "insert into checked (id, name) values (?, ?)",
    &[0, 1],
    &[0, 1]
);

fn double() -> Query<Record, OneRow, aio_databases::First<i64, OneRow>> {
    query_with_value(
        &DOUBLE,
        [arg::<Int8, _>(&21)],
        |row| Ok(Record { res: row.get::<Int8, i64>(0)? }),
        |row| row.get::<Int8, i64>(0),
    )
}

fn three() -> Query<Record, AnyRows> {
    query(&THREE, [], |row| Ok(Record { res: row.get::<Int8, i64>(0)? }))
}

#[tokio::test]
async fn every_way_to_run_a_query() {
    for bench in bench::all().await {
        let db = &bench.db;
        assert_eq!(double().fetchone(db).await.unwrap(), Record { res: 42 }, "{}", bench.name);
        assert_eq!(double().fetchval(db).await.unwrap(), 42);
        let res: Vec<_> = three().fetchall(db).await.unwrap().into_iter().map(|record| record.res).collect();
        assert_eq!(res, [1, 2, 3]);
        assert_eq!(three().fetchmany(db, 2).await.unwrap().len(), 2);
        assert_eq!(three().fetchone(db).await.unwrap(), Some(Record { res: 1 }));
        assert_eq!(three().execute(db).await.unwrap().rows_affected, 0, "{}", bench.name);
        let mut rows = three().iterate(db);
        let mut sum = 0;
        while let Some(record) = rows.try_next().await.unwrap() {
            sum += record.res;
        }
        assert_eq!(sum, 6);
        let none = query::<Record, AnyRows>(&NOTHING, [], |row| Ok(Record { res: row.get::<Int8, i64>(0)? }));
        assert_eq!(none.fetchone(db).await.unwrap(), None);
    }
}

#[tokio::test]
async fn every_kind_of_executor() {
    for bench in bench::all().await {
        let db = bench.db.clone();
        let conn = db.connection().await.unwrap();
        double().fetchone(&db).await.unwrap();
        double().fetchone(&&db).await.unwrap();
        double().fetchone(&conn).await.unwrap();
        double().fetchone(&&conn).await.unwrap();
        let shared = std::sync::Arc::new(conn);
        double().fetchone(&shared).await.unwrap();
        let boxed: Box<dyn aio_databases::Executor> = Box::new(db);
        double().fetchone(&boxed).await.unwrap();
        double().fetchone(&*boxed).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_statement_did() {
    for bench in bench::all().await {
        bench.table("checked").await;
        let db = &bench.db;
        let args = |id: i64, name: &str| [arg::<Int8, _>(&id), arg::<Text, _>(name)];
        let done = command::<AnyRows>(&INSERT, args(7, "Ada")).execute(db).await.unwrap();
        assert_eq!(done.rows_affected, 1);
        if bench.is(aio_databases::Backend::Sqlite) {
            assert_eq!(done.last_insert_id, Some(7));
        }
        let put = |(id, name): (i64, &str), row: &mut Put<'_>| {
            put::<Int8, _>(&id, row);
            put::<Text, _>(name, row);
        };
        let done = executemany(db, &INSERT, &[], [(1, "a"), (2, "b"), (3, "c")], put).await.unwrap();
        assert_eq!(done.rows_affected, 3, "{}", bench.name);
        let error = executemany(db, &INSERT, &[], [(4, "new"), (1, "again")], put).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error}");
        let count: Option<i64> = db.fetchval("select count(*) from checked", ()).await.unwrap();
        assert_eq!(count, Some(4), "{}: all or nothing", bench.name);
    }
}

#[tokio::test]
async fn a_row_that_must_be_there() {
    for bench in bench::all().await {
        let query = query::<Record, OneRow>(&NOTHING, [], |row| Ok(Record { res: row.get::<Int8, i64>(0)? }));
        let error = query.fetchone(&bench.db).await.unwrap_err();
        assert!(matches!(error, Error::RowNotFound { .. }), "{error}");
        assert_eq!(error.query().unwrap().line, NOTHING.line);
    }
}

#[tokio::test]
async fn a_query_that_was_not_checked_for_the_backend() {
    static ONLY: Statement = Statement {
        sql: &[],
        access: Access::Read,
        rows: Rows::One,
        columns: &["a"],
        file: "src/app.rs",
        line: 12,
    };
    for bench in bench::all().await {
        let error = command::<AnyRows>(&ONLY, []).execute(&bench.db).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("backends = […]") && text.contains("src/app.rs:12"), "{text}");
    }
}

#[tokio::test]
async fn a_value_that_does_not_fit_names_its_column() {
    for bench in bench::all().await {
        let small: Query<i8, AnyRows> =
            query(&DOUBLE, [arg::<Int8, _>(&100)], |row| row.get::<aio_databases::sql_types::Any, i8>(0));
        let error = small.fetchone(&bench.db).await.unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("column `res` (number 1): 200 does not fit into `i8`"),
            "{}: {text}",
            bench.name
        );
        assert!(text.contains("checked.rs"), "{text}");
        // The connection is as good as new.
        assert_eq!(double().fetchval(&bench.db).await.unwrap(), 42);
    }
}

#[tokio::test]
async fn a_panic_while_decoding_reaches_the_caller_and_nobody_else() {
    for bench in bench::all().await {
        let db = bench.db.clone();
        let query: Query<(), AnyRows> = query(&THREE, [], |_| panic!("a decoder of the user's"));
        let task = tokio::spawn(async move { query.fetchall(&db).await.map(drop) });
        let panic = task.await.unwrap_err().into_panic();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"a decoder of the user's"), "{}", bench.name);
        assert_eq!(double().fetchval(&bench.db).await.unwrap(), 42, "{}", bench.name);
    }
}

#[test]
fn futures_and_streams_are_send() {
    fn send<T: Send>(_: T) {}
    fn check(db: &aio_databases::Database) {
        send(double().fetchone(db));
        send(three().fetchall(db));
        send(three().iterate(db));
        send(db.connection());
        send(db.fetchall("select 1", (1,)));
        send(async { db.connection().await?.fetchone("select 1", ()).await });
    }
    let _ = check;
}
