//! The seam to the databases: all that the pool, the guards and the queries know of a connection.
//!
//! A backend is a folder, compiled with its feature. Backends share nothing but these traits, whose methods have no default bodies:
//! whoever wraps one has to think of each.

pub(crate) mod buffer;
pub(crate) mod control;
pub(crate) mod copy_data;
#[cfg(test)]
pub(crate) mod fake;
pub(crate) mod job;
pub(crate) mod listen;
#[cfg(feature = "mysql")]
mod mysql;
mod name;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod refusal;
pub(crate) mod sink;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(all(feature = "sqlx", any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
pub(crate) mod sqlx;
pub(crate) mod thread_budget;
pub(crate) mod transaction;
pub(crate) mod waiters;

use std::{future::Future, pin::Pin, sync::Arc, time::Instant};

pub use name::Backend;

use crate::{
    Done, Error, Result,
    backend::{control::Control, listen::ListenSession, sink::Sink},
    options::Options,
    statement::command::{Command, Text},
    url::DatabaseUrl,
};

/// A boxed future.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Opens sessions of one database.
pub(crate) trait Connector: Send + Sync {
    /// Opens a session.
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>>>;

    /// Whether a server is at the other end, which might never answer, so that someone must watch the time.
    fn is_remote(&self) -> bool;

    /// Whether a command can be tried on the caller's thread: [`Session::run_now`].
    fn runs_in_place(&self, command: &Command) -> bool;

    /// Waits until a session that is taken to write would not just wait for another. The caller keeps the result until its session
    /// has the lock.
    fn queue_to_write(&self) -> BoxFuture<'_, Result<Option<Box<dyn Send>>>>;

    /// Opens a session that listens for notifications.
    fn listen(&self) -> BoxFuture<'_, Result<Box<dyn ListenSession>>>;

    /// Is called when the pool is made and when it is closed, for whatever has to outlive single sessions.
    fn keep(&self, connected: bool) -> BoxFuture<'_, Result<()>>;
}

/// One session with a database.
///
/// Whoever drops one of its futures before it is ready must call [`Session::recover`] before the next, or close the session.
pub(crate) trait Session: Send {
    /// Notes which place in the program uses the session from now on.
    fn lend(&mut self, file: &'static str, line: u32);

    /// Its backend.
    fn backend(&self) -> Backend;

    /// The statements around transactions.
    fn control_statements(&self) -> &'static dyn Control;

    /// A number of its own, by which it is known who waits for whom; `None` if sessions never wait for each other in this process.
    fn number(&self) -> Option<u64>;

    /// Whether it runs a command for many rows as all or nothing by itself, outside of transactions.
    fn is_atomic(&self, command: &Command) -> bool;

    /// Whether `begin` can travel with the first statement.
    fn pipelines_begin(&self) -> bool;

    /// Runs a command: its statement, its statement for each row of arguments (unless [`is_atomic`](Session::is_atomic), the
    /// transaction is the caller's), or its script. Rows go to the sink, which is returned.
    ///
    /// `begin` is a transaction's first statement, which has not been sent yet: if it fails, nothing else runs.
    fn run(
        &mut self,
        begin: Option<Text>,
        command: Arc<Command>,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'_, Outcome>;

    /// Runs a command on the caller's thread, which has been in use since `started`, if that needs no waiting. Otherwise the sink
    /// is returned unchanged.
    fn run_now(
        &mut self,
        command: &Command,
        sink: Box<dyn Sink>,
        started: Instant,
    ) -> Result<Outcome, Box<dyn Sink>>;

    /// Runs statements without arguments and rows: `begin`, `commit`, `savepoint a`. `begin` is as for [`run`](Session::run).
    fn control(&mut self, begin: Option<Text>, sql: Text) -> BoxFuture<'_, Result<()>>;

    /// Prepares a statement without running it, and returns the server's description.
    #[cfg(feature = "verify")]
    fn describe(&mut self, wanted: crate::verify::Wanted) -> BoxFuture<'_, Result<crate::verify::Described>>;

    /// Which transaction is open, as the server reported with its last answer.
    fn transaction(&self) -> TransactionStatus;

    /// Whether the server reported a change of the session that its next user would see, whatever statement made it. Not all
    /// changes are reported: [`Command::changes_session`] is what a statement's text shows.
    fn has_changed(&self) -> bool;

    /// Takes the session as it is for unchanged: it was prepared for all who use it.
    fn accept_changes(&mut self);

    /// Whether all that was asked for has been read, so that the session can take the next command.
    fn is_settled(&self) -> bool;

    /// Whether the other end has closed the session while it was idle, or its async runtime is gone. It costs no round trip.
    fn is_closed(&mut self) -> bool;

    /// Asks the server to stop what the session is running, over a connection of its own if need be. It stops nothing else, whatever
    /// the session does meanwhile.
    fn interrupt(&self) -> BoxFuture<'static, Result<()>>;

    /// Reads whatever a dropped future left unread. After an error the session cannot be used.
    fn recover(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Undoes what statements have set for the whole session, so that someone else can have it. After an error it must be closed.
    fn reset(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Says goodbye.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// Which transaction is open in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransactionStatus {
    /// None.
    Idle,
    /// One that takes statements.
    Open,
    /// One in which a statement has failed, and that accepts nothing but its end (PostgreSQL).
    #[cfg_attr(not(feature = "postgres"), allow(dead_code))]
    Failed,
}

/// What a command came to.
pub(crate) struct Outcome {
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) result: Result<Done>,
    /// How many rows the sink got.
    pub(crate) rows: u64,
}

/// What opens sessions at a URL, if its backend was compiled in.
///
/// `is_own`: whether a scope around the current task has the session with a number.
#[cfg_attr(not(feature = "sqlite"), allow(unused_variables))]
pub(crate) fn connector(
    url: &DatabaseUrl,
    options: &Options,
    is_own: fn(u64) -> bool,
) -> Result<Arc<dyn Connector>> {
    match url.target() {
        #[cfg(feature = "sqlite")]
        crate::url::Target::Sqlite(target) => {
            Ok(Arc::new(sqlite::SqliteConnector::new(target.clone(), url.redacted(), options, is_own)))
        }
        #[cfg(feature = "postgres")]
        crate::url::Target::Server(target) if target.backend == Backend::Postgres => {
            Ok(Arc::new(postgres::PostgresConnector::new(target, url, options)?))
        }
        #[cfg(feature = "mysql")]
        crate::url::Target::Server(target) if target.backend == Backend::Mysql => {
            Ok(Arc::new(mysql::MysqlConnector::new(target, url, options)?))
        }
        _ => Err(Error::FeatureMissing { scheme: url.scheme().to_owned(), feature: url.backend().name() }),
    }
}
