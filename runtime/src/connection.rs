//! A guard for one connection.

use std::{
    fmt,
    future::IntoFuture,
    panic::Location,
    sync::{Mutex as SyncMutex, PoisonError},
};

use futures_util::future::{Either, select};
use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::{
    Database, Error, QueryPlace, Result,
    backend::BoxFuture,
    dynamic::dynamic_methods,
    fetch::{Ran, Request},
    lease::Lease,
    sink::Sink,
};

/// One connection, taken from the database's pool (or opened, where there is none), and given back when it is dropped.
///
/// Queries take it by shared reference. Those that run at the same time (in `tokio::join!`) take turns, in the order
/// in which they came. While a stream of the connection is open, other queries are [`Error::Busy`] at once.
///
/// A connection whose operation was cancelled is made good again before the next; where that cannot be, the next
/// operation is [`Error::Interrupted`].
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # let db = aio_databases::Database::open("sqlite::memory:").await?;
/// let conn = db.connection().await?;
/// conn.execute("create temporary table t (a int)", ()).await?;
/// conn.execute("insert into t values ($1)", (1,)).await?;
/// let count: Option<i64> = conn.fetchval("select count(*) from t", ()).await?;
/// assert_eq!(count, Some(1));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub struct Connection {
    lease: Mutex<Lease>,
    /// The query of the stream that is open.
    streaming: SyncMutex<Option<Box<QueryPlace>>>,
    /// Told when a stream opens: whoever waits for a turn would wait for its reader.
    stream_opened: Notify,
}

dynamic_methods!(Connection);

impl Connection {
    pub(crate) fn new(lease: Lease) -> Self {
        Connection { lease: Mutex::new(lease), streaming: SyncMutex::default(), stream_opened: Notify::new() }
    }

    pub(crate) async fn run(&self, request: Request, sink: Box<dyn Sink>) -> Result<Ran> {
        self.turn().await?.run(request, sink).await
    }

    pub(crate) async fn stream(&self, request: Request, sink: Box<dyn Sink>) -> Result<Ran> {
        let mut lease = self.turn().await?;
        let _open = OpenStream::new(self, &request);
        let mut ran = lease.run(request, sink).await?;
        // The statement may be ahead of its reader: the stream is open until the last row was read.
        ran.sink.drained().await;
        Ok(ran)
    }

    /// Waits until no other query is running.
    async fn turn(&self) -> Result<MutexGuard<'_, Lease>> {
        if let Ok(lease) = self.lease.try_lock() {
            return Ok(lease);
        }
        loop {
            let opened = std::pin::pin!(self.stream_opened.notified());
            if let Some(stream) = self.open_stream() {
                return Err(Error::Busy { stream });
            }
            let lease = std::pin::pin!(self.lease.lock());
            if let Either::Left((lease, _)) = select(lease, opened).await {
                return Ok(lease);
            }
            // A stream was opened; it may be at its end already.
        }
    }

    fn open_stream(&self) -> Option<Box<QueryPlace>> {
        self.streaming.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_stream(&self, stream: Option<Box<QueryPlace>>) {
        *self.streaming.lock().unwrap_or_else(PoisonError::into_inner) = stream;
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Connection");
        match self.lease.try_lock() {
            Ok(lease) => debug.field("lease", &*lease),
            Err(_) => debug.field("lease", &"in use"),
        };
        debug.finish_non_exhaustive()
    }
}

/// Says that a stream is open for as long as it lives. It must live shorter than the stream's turn.
struct OpenStream<'c>(&'c Connection);

impl<'c> OpenStream<'c> {
    fn new(connection: &'c Connection, request: &Request) -> Self {
        connection.set_stream(Some(Box::new(request.place())));
        connection.stream_opened.notify_waiters();
        OpenStream(connection)
    }
}

impl Drop for OpenStream<'_> {
    fn drop(&mut self) {
        self.0.set_stream(None);
    }
}

/// A connection to be: what [`Database::connection`] gives. Await it to have one.
#[must_use = "await it to have a connection"]
#[derive(Clone, Debug)]
pub struct Connecting<'d> {
    database: &'d Database,
    place: &'static Location<'static>,
}

impl<'d> Connecting<'d> {
    pub(crate) fn new(database: &'d Database, place: &'static Location<'static>) -> Self {
        Connecting { database, place }
    }
}

impl<'d> IntoFuture for Connecting<'d> {
    type Output = Result<Connection>;
    type IntoFuture = BoxFuture<'d, Result<Connection>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let lease = self.database.lease((self.place.file(), self.place.line())).await?;
            Ok(Connection::new(lease))
        })
    }
}
