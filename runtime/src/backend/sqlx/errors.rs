//! sqlx's errors in this crate's shape.

use std::{io, time::Duration};

use ::sqlx::{Error as SqlxError, Pool};

use super::run::Driver;
use crate::{ConnectError, ConnectProblem, Error, PoolTimedOut};

/// An error of a statement.
pub(super) fn error<D: Driver>(error: SqlxError) -> Error {
    match error {
        SqlxError::Database(error) => Error::Database(Box::new(D::database_error(error))),
        SqlxError::Io(error) => Error::io(error),
        SqlxError::PoolClosed => Error::PoolClosed,
        // The thread of a SQLite connection has ended, or the connection is of no use any more.
        SqlxError::WorkerCrashed | SqlxError::Tls(_) => Error::io(error),
        SqlxError::InvalidSavePointStatement | SqlxError::BeginFailed => Error::Transaction {
            message: "sqlx could not begin a transaction: a statement has begun or ended one that sqlx does not know of",
            query: None,
        },
        other => Error::protocol(other),
    }
}

/// So that a function of both libraries' queries can return one kind of error.
impl From<SqlxError> for Error {
    fn from(error: SqlxError) -> Self {
        match &error {
            #[cfg(feature = "postgres")]
            SqlxError::Database(said) if said.as_error().is::<::sqlx::postgres::PgDatabaseError>() => {
                self::error::<::sqlx::Postgres>(error)
            }
            #[cfg(feature = "mysql")]
            SqlxError::Database(said) if said.as_error().is::<::sqlx::mysql::MySqlDatabaseError>() => {
                self::error::<::sqlx::MySql>(error)
            }
            #[cfg(feature = "sqlite")]
            SqlxError::Database(said) if said.as_error().is::<::sqlx::sqlite::SqliteError>() => {
                self::error::<::sqlx::Sqlite>(error)
            }
            SqlxError::PoolClosed => Error::PoolClosed,
            SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::WorkerCrashed | SqlxError::PoolTimedOut => {
                Error::io(error)
            }
            _ => Error::protocol(error),
        }
    }
}

/// An error of taking a connection from a pool.
pub(super) fn acquire<D: Driver>(pool: &Pool<D>, waited: Duration, error: SqlxError) -> Error {
    let size = pool.size() as usize;
    let timed_out = PoolTimedOut {
        waited,
        max_size: pool.options().get_max_connections() as usize,
        size,
        idle: pool.num_idle().min(size),
        own: 0,
        waiting: 0,
        holders: Vec::new(),
    };
    let (mut problem, message) = match &error {
        SqlxError::PoolTimedOut => return Error::PoolTimedOut(Box::new(timed_out)),
        SqlxError::PoolClosed => return Error::PoolClosed,
        SqlxError::Io(error) => (connect_problem(error), error.to_string()),
        SqlxError::Tls(error) => (ConnectProblem::Tls, error.to_string()),
        other => (ConnectProblem::Other, other.to_string()),
    };
    let (database, source) = match error {
        SqlxError::Database(error) => (Some(Box::new(D::database_error(error))), None),
        other => (None, Some(Box::new(other) as _)),
    };
    if let Some(code) = database.as_ref().and_then(|error| error.code()) {
        problem = rejected(code);
    }
    let message = database.as_ref().map_or(message, |error| error.message.clone());
    let target = format!("the {} database of a pool of sqlx", D::BACKEND.title());
    Error::Connect(Box::new(ConnectError { target, problem, message, help: None, database, source }))
}

/// Why a server lets nobody in: by PostgreSQL's and MySQL's codes.
fn rejected(code: &str) -> ConnectProblem {
    match code {
        "28P01" | "28000" | "1044" | "1045" | "1698" => ConnectProblem::Authentication,
        "3D000" | "1049" => ConnectProblem::UnknownDatabase,
        "53300" | "1040" => ConnectProblem::TooMany,
        _ => ConnectProblem::Other,
    }
}

fn connect_problem(error: &io::Error) -> ConnectProblem {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => ConnectProblem::Refused,
        io::ErrorKind::NotFound => ConnectProblem::NotFound,
        _ => ConnectProblem::Other,
    }
}
