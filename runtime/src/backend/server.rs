//! What PostgreSQL and MySQL have in common: both are sqlx's connections.

use std::{borrow::Cow, future::Future, io::ErrorKind as IoErrorKind, time::Duration};

use aio_databases_sql::Dialect;
use futures_util::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, Database, Either, SqlSafeStr as _, SqlStr,
    error::{DatabaseError as SqlxDatabaseError, ErrorKind},
};

use crate::{
    ConnectError, ConnectProblem, ConstraintKind, DatabaseError, Error, Result, Row,
    backend::sink::{Flow, Sink},
    statement::command::Text,
    url::ServerTarget,
};

/// A text as sqlx takes it. The program vouches for it: it stands in the program, or it is `Trusted`.
pub(super) fn sql_str(text: &Text) -> SqlStr {
    match text {
        Text::Static(text) => text.into_sql_str(),
        Text::Shared(text) => AssertSqlSafe(text.clone()).into_sql_str(),
    }
}

/// Says to a driver's options whom to reach, and as whom: what the URL does not say is the driver's default.
macro_rules! reach {
    ($options:ident, $target:ident) => {
        if let Some(host) = &$target.host {
            $options = $options.host(host);
        }
        if let Some(port) = $target.port {
            $options = $options.port(port);
        }
        if let Some(socket) = &$target.socket {
            $options = $options.socket(socket);
        }
        if let Some(user) = &$target.user {
            $options = $options.username(user);
        }
        if let Some(password) = &$target.password {
            $options = $options.password(password);
        }
        if let Some(database) = &$target.database {
            $options = $options.database(database);
        }
    };
}
pub(super) use reach;

/// How many prepared statements a connection keeps.
pub(super) const STATEMENTS: usize = 256;

/// How many rows are read and dropped after the last that was wanted, before a connection is given up instead.
const MOST_UNWANTED: u64 = 256;

/// How long to try to tell the server that a statement is to be stopped.
const STOPPING: Duration = Duration::from_secs(5);

/// Waits until a server was told, by a connection of its own, what to stop. What cannot be told is left alone: the server
/// finds out when it has an answer to send.
pub(super) async fn stop(telling: impl Future<Output = sqlx::Result<()>>) {
    let told = match tokio::time::timeout(STOPPING, telling).await {
        Ok(told) => told.map_err(|error| error.to_string()),
        Err(late) => Err(late.to_string()),
    };
    if let Err(error) = told {
        tracing::debug!(target: "aio_databases::cancel", error, "a cancelled statement may go on");
    }
}

/// What is still to come of an earlier statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing.
    None,
    /// Rows that nobody wants, from the beginning of one.
    Rows,
    /// Anything: the driver was stopped at an unknown place.
    Unknown,
}

/// What reading a result came to.
pub(super) struct Read<D> {
    /// What the server says was done, by each statement.
    pub(super) done: Vec<D>,
    pub(super) rows: u64,
    /// How many more came that nobody wanted.
    pub(super) unwanted: u64,
    pub(super) result: Result<()>,
}

/// Reads a result into a sink. `may_stop`: after the last row that is wanted, the rest need not be read: the statement
/// changes nothing. `rest` tells all the while what is still to come, whenever the future is dropped.
pub(super) async fn read<DB>(
    mut steps: impl futures_core::Stream<Item = sqlx::Result<Either<DB::QueryResult, DB::Row>>> + Unpin,
    sink: &mut dyn Sink,
    may_stop: bool,
    rest: &mut Rest,
    error: fn(sqlx::Error) -> Error,
) -> Read<DB::QueryResult>
where
    DB: Database,
    DB::Row: AsRow,
{
    let mut read = Read { done: Vec::new(), rows: 0, unwanted: 0, result: Ok(()) };
    *rest = Rest::Unknown;
    let mut wanted = true;
    loop {
        let row = match steps.try_next().await {
            Ok(Some(Either::Right(row))) => row,
            Ok(Some(Either::Left(done))) => {
                read.done.push(done);
                continue;
            }
            Ok(None) => {
                *rest = Rest::None;
                return read;
            }
            Err(problem) => {
                // The server has said all that it will say; an earlier error is the one to tell.
                *rest = Rest::None;
                read.result = read.result.and(Err(error(problem)));
                return read;
            }
        };
        if !wanted {
            read.unwanted += 1;
            if may_stop && read.unwanted > MOST_UNWANTED {
                *rest = Rest::Rows;
                return read;
            }
            continue;
        }
        read.rows += 1;
        let flow = row.with(|row| sink.row(row));
        match flow {
            Ok(Flow::Continue) => {}
            Ok(Flow::Pause) => {
                *rest = Rest::Rows;
                pause().await;
                *rest = Rest::Unknown;
            }
            Ok(Flow::Stop) => wanted = false,
            Err(problem) => {
                read.result = Err(problem.into());
                wanted = false;
            }
        }
    }
}

/// Reads the one row of a statement that gives no more, and changes nothing.
#[cfg(feature = "postgres")]
pub(super) async fn read_one<DB>(
    row: impl Future<Output = sqlx::Result<Option<DB::Row>>>,
    sink: &mut dyn Sink,
    rest: &mut Rest,
    error: fn(sqlx::Error) -> Error,
) -> Read<DB::QueryResult>
where
    DB: Database,
    DB::Row: AsRow,
{
    *rest = Rest::Unknown;
    let row = row.await;
    *rest = Rest::None;
    let (rows, result) = match row {
        Ok(None) => (0, Ok(())),
        Ok(Some(row)) => (1, row.with(|row| sink.row(row)).map(|_| ()).map_err(Error::from)),
        Err(problem) => (0, Err(error(problem))),
    };
    Read { done: Vec::new(), rows, unwanted: 0, result }
}

/// Lets whoever polls have the row that was just taken: it polls again when it wants the next.
async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut paused, true) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

/// An error of a statement.
pub(super) fn error(error: sqlx::Error, database: fn(&dyn SqlxDatabaseError) -> DatabaseError) -> Error {
    match error {
        sqlx::Error::Database(source) => {
            let mut shown = database(&*source);
            shown.source = Some(source.into_error());
            Error::Database(Box::new(shown))
        }
        sqlx::Error::Io(source) => Error::io(source),
        sqlx::Error::Tls(source) => Error::io(source),
        other => Error::protocol(other),
    }
}

/// The parts that all servers have.
pub(super) fn database_error(backend: Dialect, source: &dyn SqlxDatabaseError) -> DatabaseError {
    let violated = match source.kind() {
        ErrorKind::UniqueViolation => Some(ConstraintKind::Unique),
        ErrorKind::ForeignKeyViolation => Some(ConstraintKind::ForeignKey),
        ErrorKind::NotNullViolation => Some(ConstraintKind::NotNull),
        ErrorKind::CheckViolation => Some(ConstraintKind::Check),
        _ => None,
    };
    DatabaseError {
        backend,
        code: source.code().map(|code| Cow::Owned(code.into_owned())),
        message: source.message().to_owned(),
        detail: None,
        hint: None,
        constraint: None,
        at: None,
        violated,
        row: None,
        query: None,
        source: None,
    }
}

/// What to do where nobody is let in, and the URL does not say who it is: the driver then takes a user that people do not expect.
pub(super) fn without_user(target: &ServerTarget, scheme: &str) -> Option<String> {
    let help = || format!("the URL names no user: write one, as in `{scheme}://user:password@host/name`");
    target.user.is_none().then(help)
}

/// An error of connecting. `without_user`: see there. `by_code` tells what a server's code means.
pub(super) fn connect_error(
    target: &str,
    without_user: Option<&str>,
    error: sqlx::Error,
    database: fn(&dyn SqlxDatabaseError) -> DatabaseError,
    by_code: fn(&str) -> ConnectProblem,
) -> Error {
    let mut shown = ConnectError {
        target: target.to_owned(),
        problem: ConnectProblem::Other,
        message: error.to_string(),
        help: None,
        database: None,
        source: None,
    };
    match error {
        sqlx::Error::Database(source) => {
            let said = database(&*source);
            shown.problem = said.code().map_or(ConnectProblem::Other, by_code);
            shown.message = said.message.clone();
            if shown.problem == ConnectProblem::Authentication {
                shown.help = without_user.map(str::to_owned);
            }
            shown.database = Some(Box::new(DatabaseError { source: Some(source.into_error()), ..said }));
        }
        sqlx::Error::Io(source) => {
            shown.problem = match source.kind() {
                IoErrorKind::ConnectionRefused => ConnectProblem::Refused,
                IoErrorKind::NotFound => ConnectProblem::NotFound,
                IoErrorKind::TimedOut => ConnectProblem::Other,
                // The resolver's errors have no kind of their own.
                _ if source.to_string().contains("lookup address") => ConnectProblem::NotFound,
                _ => ConnectProblem::Other,
            };
            shown.message = source.to_string();
            if source.kind() == IoErrorKind::NotFound {
                shown.help = Some("there is no such socket, or no such file of certificates".to_owned());
            }
            shown.source = Some(Box::new(source));
        }
        sqlx::Error::Tls(source) => {
            shown.problem = ConnectProblem::Tls;
            shown.message = source.to_string();
            if cfg!(not(feature = "tls")) {
                shown.help = Some(
                    "this program was built without encryption: add \"tls\" to the features of aio-databases"
                        .to_owned(),
                );
            }
            shown.source = Some(source);
        }
        other => {
            if matches!(other, sqlx::Error::Protocol(_)) {
                shown.help = Some(ConnectError::OTHER_SERVER.to_owned());
            }
            shown.source = Some(Box::new(other));
        }
    }
    Error::Connect(Box::new(shown))
}

/// What a driver's row is to a sink.
pub(super) trait AsRow {
    fn with<T>(&self, read: impl FnOnce(&Row<'_>) -> T) -> T;
}

#[cfg(feature = "postgres")]
impl AsRow for sqlx::postgres::PgRow {
    fn with<T>(&self, read: impl FnOnce(&Row<'_>) -> T) -> T {
        read(&Row::new(self))
    }
}

#[cfg(feature = "mysql")]
impl AsRow for sqlx::mysql::MySqlRow {
    fn with<T>(&self, read: impl FnOnce(&Row<'_>) -> T) -> T {
        read(&Row::new(&super::mysql::decode::MysqlRow::new(self)))
    }
}
