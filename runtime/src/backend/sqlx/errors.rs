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
    let (problem, message) = match &error {
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
    let message = database.as_ref().map_or(message, |error| error.message.clone());
    let target = format!("the {} database of a pool of sqlx", D::DIALECT.title());
    Error::Connect(Box::new(ConnectError { target, problem, message, help: None, database, source }))
}

fn connect_problem(error: &io::Error) -> ConnectProblem {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => ConnectProblem::Refused,
        io::ErrorKind::NotFound => ConnectProblem::NotFound,
        _ => ConnectProblem::Other,
    }
}
