use std::{borrow::Cow, time::Duration};

use super::*;
use crate::EncodeProblem;

fn place() -> Box<QueryPlace> {
    Box::new(QueryPlace { file: "src/app.rs", line: 12, sql: Cow::Borrowed("select *\n  from users") })
}

fn refused(violated: Option<ConstraintKind>) -> DatabaseError {
    DatabaseError {
        backend: crate::Backend::Postgres,
        class: ErrorClass::default(),
        code: Some("23505".into()),
        message: "duplicate key value violates unique constraint \"users_name\"".to_owned(),
        detail: Some("Key (name)=(Ada) already exists.".to_owned()),
        hint: None,
        constraint: Some("users_name".to_owned()),
        violated,
        at: None,
        row: None,
        query: Some(place()),
        source: None,
    }
}

#[test]
fn every_error_says_what_happened_where_and_what_to_do() {
    let connect = |problem, help: Option<&str>| {
        Error::Connect(Box::new(ConnectError {
            target: "postgres://ada:***@db/app".to_owned(),
            problem,
            message: "as the system says".to_owned(),
            help: help.map(str::to_owned),
            database: None,
            source: None,
        }))
    };
    for (error, text) in [
        (
            Error::FeatureMissing { scheme: "postgres".to_owned(), feature: "postgres" },
            "this program was built without support for `postgres:`. In Cargo.toml, write aio-databases = { …, features = \
             [\"postgres\"] }",
        ),
        (
            connect(ConnectProblem::Refused, None),
            "no connection to postgres://ada:***@db/app: refused: is the server running? (as the system says)",
        ),
        (
            connect(ConnectProblem::TimedOut(Duration::from_secs(30)), None),
            "no connection to postgres://ada:***@db/app: no answer in 30s",
        ),
        (
            connect(ConnectProblem::Tls, Some("add \"tls\"")),
            "no connection to postgres://ada:***@db/app: it cannot be encrypted (as the system says)\n  add \"tls\"",
        ),
        (
            Error::Database(Box::new(refused(None))),
            "PostgreSQL: duplicate key value violates unique constraint \"users_name\" (code 23505)\n  Key (name)=(Ada) \
             already exists.\n  at src/app.rs:12: select * from users",
        ),
        (
            Error::Decode {
                index: 1,
                column: Some("age".to_owned()),
                query: Some(place()),
                source: Box::new(DecodeError::UnexpectedNull),
            },
            "column `age` (number 2): the value is null, but the Rust type is no `Option`\n  at src/app.rs:12: select * \
             from users",
        ),
        (
            Error::Encode {
                query: None,
                source: Box::new(EncodeError {
                    param: 0,
                    wanted: "int2".into(),
                    given: "70000".into(),
                    problem: EncodeProblem::OutOfRange,
                }),
            },
            "parameter 1: 70000 does not fit into `int2`",
        ),
        (
            Error::RowNotFound { query: place() },
            "the query gave no row, though it should always give one\n  at src/app.rs:12: select * from users",
        ),
        (
            Error::ColumnNotFound {
                column: "`nmae`".to_owned(),
                columns: vec!["id".to_owned(), "name".to_owned()],
                query: Some(place()),
            },
            "the record has no column `nmae`; it has `id` and `name`\n  at src/app.rs:12: select * from users",
        ),
        (
            Error::NotChecked {
                dialect: Dialect::Mysql,
                checked: vec![Dialect::Sqlite, Dialect::Postgres],
                query: place(),
            },
            "the query was checked for SQLite and PostgreSQL, but the database is MySQL. In Cargo.toml, add \"mysql\" to \
             `backends = […]` of [package.metadata.aio-databases]\n  at src/app.rs:12: select * from users",
        ),
        (
            Error::Busy { stream: place() },
            "a stream of this connection is still open: read it to its end or drop it first, or use another connection\n  \
             at src/app.rs:12: select * from users",
        ),
        (Error::PoolClosed, "the database was disconnected while a connection was waited for"),
        (
            Error::ReadOnly { query: place() },
            "the query may write, but only reading is allowed here: run it outside of `replica()` and `read_only()`\n  \
             at src/app.rs:12: select * from users",
        ),
        (
            Error::ReadOnly {
                query: Box::new(QueryPlace { file: "src/app.rs", line: 12, sql: Cow::Borrowed("begin") }),
            },
            "a transaction may write, but only reading is allowed here: begin it with `read_only()`\n  \
             at src/app.rs:12: begin",
        ),
        (Error::io("broken pipe"), "the connection to the database was lost: broken pipe"),
    ] {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn violations() {
    let error = |violated| Error::Database(Box::new(refused(Some(violated))));
    assert!(error(ConstraintKind::Unique).is_unique_violation());
    assert!(error(ConstraintKind::ForeignKey).is_foreign_key_violation());
    assert!(error(ConstraintKind::NotNull).is_not_null_violation());
    assert!(error(ConstraintKind::Check).is_check_violation());
    assert!(!error(ConstraintKind::Check).is_unique_violation());
    assert!(!Error::PoolClosed.is_unique_violation());
    assert_eq!(error(ConstraintKind::Unique).code(), Some("23505"));
}

#[test]
fn an_error_goes_wherever_errors_go() {
    fn check<E: std::error::Error + Send + Sync + 'static>() {}
    check::<Error>();
    assert!(std::mem::size_of::<Error>() <= 64, "{}", std::mem::size_of::<Error>());
    let boxed: Box<dyn std::error::Error + Send + Sync> = Error::PoolClosed.into();
    assert!(boxed.downcast_ref::<Error>().is_some());
}
