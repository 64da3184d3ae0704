//! The seam to the servers: what the pool, the guards and the queries know of a connection.
//!
//! One file a backend, compiled with its feature. They share nothing but these traits.

#[cfg(test)]
pub(crate) mod fake;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod refusal;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;
pub(crate) mod sink;
#[cfg(feature = "sqlite")]
mod sqlite;
pub(crate) mod thread_budget;
pub(crate) mod transaction;

use std::{future::Future, pin::Pin, sync::Arc, time::Instant};

#[cfg(any(feature = "postgres", feature = "mysql"))]
use aio_databases_sql::Dialect;

use crate::{
    Done, Error, Result,
    backend::sink::Sink,
    pool::options::Options,
    statement::command::{Command, Text},
    url::DatabaseUrl,
};

/// A future in a box.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Opens connections to one database.
pub(crate) trait Connector: Send + Sync {
    /// Opens one.
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>>>;

    /// Whether a server may never answer, so that someone must watch the time.
    fn is_remote(&self) -> bool {
        true
    }

    /// Whether a command may be tried on the caller's thread: [`Session::run_now`].
    fn runs_in_place(&self, _command: &Command) -> bool {
        false
    }

    /// Waits until a connection that is taken to write is not just going to wait; what it gives is kept until the connection
    /// has its turn.
    fn line_up(&self) -> BoxFuture<'_, Result<Option<Box<dyn Send>>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Called when the database is connected (pooled) and disconnected: what must outlive single connections.
    fn keep(&self, _connected: bool) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// One connection to a server.
///
/// Whoever drops one of its futures before it is ready must call [`Session::recover`] before the next, or close it.
pub(crate) trait Session: Send {
    /// It is used for who stands there in the program, until the next time.
    fn lend(&mut self, _file: &'static str, _line: u32) {}

    /// A number of its own, by which it is known who waits for whom; none where nobody does.
    #[cfg(feature = "sqlite")]
    fn number(&self) -> Option<u64> {
        None
    }

    /// Whether it makes a command for many rows all or nothing by itself, where no transaction is open.
    fn makes_whole(&self, _command: &Command) -> bool {
        false
    }

    /// Runs a command: its statement, its statement for each row of arguments (unless it makes it whole itself, the
    /// transaction is the caller's), or its script. Rows go to the sink, which comes back.
    fn run(&mut self, command: Arc<Command>, sink: Box<dyn Sink>) -> BoxFuture<'_, Outcome>;

    /// Runs a command on the caller's thread, which was free since a time, if that takes no waiting. Else the sink comes
    /// back as it was.
    fn run_now(
        &mut self,
        _command: &Command,
        sink: Box<dyn Sink>,
        _started: Instant,
    ) -> Result<Outcome, Box<dyn Sink>> {
        Err(sink)
    }

    /// Runs statements without arguments and rows: `begin`, `commit`, `savepoint a`.
    fn control(&mut self, sql: Text) -> BoxFuture<'_, Result<()>>;

    /// Has a statement prepared, and not run: what the server says of it.
    #[cfg(feature = "verify")]
    fn describe(&mut self, wanted: crate::verify::Wanted) -> BoxFuture<'_, Result<crate::verify::Described>>;

    /// Makes the connection good again after a future was dropped midway. An error: it cannot be.
    fn recover(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Whether everything that was asked for has been read, so that someone else can have the connection.
    fn is_clean(&self) -> bool {
        true
    }

    /// Gives it up while something is under way, so that the server stops that; `None` where dropping it is enough.
    fn abort(self: Box<Self>) -> Option<BoxFuture<'static, ()>> {
        None
    }

    /// Says goodbye.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// What a command did.
pub(crate) struct Outcome {
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) result: Result<Done>,
    /// How many rows came.
    pub(crate) rows: u64,
}

/// What opens connections to where a URL leads, if its backend was compiled in.
#[cfg_attr(not(feature = "sqlite"), expect(unused_variables))]
pub(crate) fn connector(url: &DatabaseUrl, options: &Options) -> Result<Arc<dyn Connector>> {
    match url.target() {
        #[cfg(feature = "sqlite")]
        crate::url::Target::Sqlite(target) => {
            Ok(Arc::new(sqlite::SqliteConnector::new(target.clone(), url.redacted(), options)))
        }
        #[cfg(feature = "postgres")]
        crate::url::Target::Server(target) if target.backend == Dialect::Postgres => {
            Ok(Arc::new(postgres::PostgresConnector::new(target, url)?))
        }
        #[cfg(feature = "mysql")]
        crate::url::Target::Server(target) if target.backend == Dialect::Mysql => {
            Ok(Arc::new(mysql::MysqlConnector::new(target, url)?))
        }
        _ => Err(Error::FeatureMissing { scheme: url.scheme().to_owned(), feature: url.backend().name() }),
    }
}
