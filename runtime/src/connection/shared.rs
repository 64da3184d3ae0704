//! A connection that guards and scopes hold together, and whose turn it is on it.

use std::{
    fmt,
    panic::Location,
    sync::{Arc, Mutex as SyncMutex, PoisonError},
    time::{Duration, Instant},
};

use aio_databases_net as net;
use futures_util::future::{Either, select};
use tokio::sync::{Mutex, MutexGuard, Notify};

use super::scope::{self, Frame};
use crate::{
    Error, QueryPlace, Result,
    backend::{
        job::{Attempt, Job, Ran, Running},
        sink::Sink,
        transaction::Mode,
    },
    pool::{
        endpoints::Endpoints,
        lease::{Abandoned, Lease, LevelId, Opener},
    },
    statement::command::Command,
};

/// A connection in use, and everyone who uses it.
pub(crate) struct SharedConnection {
    endpoints: Arc<Endpoints>,
    /// The session's number, known without the lock.
    number: Option<u64>,
    lease: Mutex<Lease>,
    /// The levels that nobody will end, known without a turn.
    abandoned: Arc<Abandoned>,
    /// The query of the stream that is open.
    streaming: SyncMutex<Option<Box<QueryPlace>>>,
    /// Told when a stream opens: whoever waits for a turn would wait for its reader.
    stream_opened: Notify,
    /// Told when a transaction has ended.
    level_ended: Notify,
    /// It is one to a replica.
    replica: bool,
    /// How long a rollback that nobody waits for may take.
    patience: Duration,
}

/// Where on a connection something runs: in which of its open transactions.
#[derive(Clone)]
pub(crate) enum At {
    /// In a guard's: `None` is outside of all.
    Level(Option<LevelId>),
    /// In the innermost of a scope that is still open.
    Scope(Arc<Frame>),
}

impl SharedConnection {
    pub(crate) fn new(endpoints: Arc<Endpoints>, lease: Lease) -> Arc<Self> {
        Arc::new(SharedConnection {
            endpoints,
            number: lease.number(),
            abandoned: lease.abandoned(),
            replica: lease.is_replica(),
            patience: lease.patience(),
            lease: Mutex::new(lease),
            streaming: SyncMutex::default(),
            stream_opened: Notify::new(),
            level_ended: Notify::new(),
        })
    }

    /// One to the primary, which no other has. `location`: where the program asks for it.
    pub(crate) async fn open(
        endpoints: &Arc<Endpoints>,
        location: &'static Location<'static>,
        timeout: Option<Duration>,
    ) -> Result<Arc<Self>> {
        let own = scope::sessions_of(endpoints);
        let mut lease = endpoints.primary.lease((location.file(), location.line()), Some(own)).await?;
        lease.set_timeout(timeout);
        Ok(SharedConnection::new(Arc::clone(endpoints), lease))
    }

    /// One to a replica.
    pub(crate) async fn open_replica(
        endpoints: &Arc<Endpoints>,
        location: &'static Location<'static>,
        timeout: Option<Duration>,
    ) -> Result<Arc<Self>> {
        let mut lease = endpoints.replicas.lease((location.file(), location.line())).await?;
        lease.set_timeout(timeout);
        Ok(SharedConnection::new(Arc::clone(endpoints), lease))
    }

    /// One outside of the pool.
    pub(crate) async fn open_alone(
        endpoints: &Arc<Endpoints>,
        location: &'static Location<'static>,
    ) -> Result<Arc<Self>> {
        let lease = endpoints.primary.lease_alone((location.file(), location.line())).await?;
        Ok(SharedConnection::new(Arc::clone(endpoints), lease))
    }

    pub(crate) fn endpoints(&self) -> &Arc<Endpoints> {
        &self.endpoints
    }

    /// Whether it is a connection to a replica.
    pub(crate) fn is_replica(&self) -> bool {
        self.replica
    }

    /// The connection, for nobody else uses it; `None`: somebody does.
    pub(crate) fn into_lease(self: Arc<Self>) -> Option<Lease> {
        Arc::into_inner(self).map(|held| held.lease.into_inner())
    }

    /// The session's number, if sessions wait for each other.
    pub(crate) fn number(&self) -> Option<u64> {
        self.number
    }

    /// Runs a job, after those that were there before.
    pub(crate) fn run(self: Arc<Self>, at: At, job: Job) -> Running<'static> {
        match self.run_now(&at, job) {
            Attempt::Ran(ran) => Running::Ready(ran),
            Attempt::Later(job) => {
                Running::waiting(self.run_later(at, Arc::new(job.command), job.sink, job.is_stream))
            }
        }
    }

    /// Runs a job on the caller's thread, if nobody else uses the connection and nothing has to be waited for.
    fn run_now(&self, at: &At, job: Job) -> Attempt {
        // A stream has the connection until its last row was read.
        if !job.is_stream
            && self.endpoints.primary.runs_in_place(&job.command)
            && let Ok(mut lease) = self.lease.try_lock()
            && let Ok(level) = self.level(at, &lease)
            && !lease.is_occupied(level)
        {
            return lease.run_now(job, Instant::now()).0;
        }
        Attempt::Later(job)
    }

    async fn run_later(
        self: Arc<Self>,
        at: At,
        command: Arc<Command>,
        sink: Box<dyn Sink>,
        is_stream: bool,
    ) -> Result<Ran> {
        let mut lease = self.turn(&at).await?;
        let open = is_stream.then(|| OpenStream::new(&self, &command));
        let ran = lease.run(command, sink).await;
        if let Err(Error::QueryTimedOut { .. } | Error::PoolClosed) = ran {
            drop(open);
            drop(lease);
            self.stop_in_background();
            return ran;
        }
        let mut ran = ran?;
        if is_stream {
            // The statement can be ahead of its reader: the stream is open until the last row was read.
            ran.sink.drained().await;
        }
        Ok(ran)
    }

    /// Has a statement that took too long stopped, before the next one, and soon even without one.
    fn stop_in_background(self: &Arc<Self>) {
        let held = Arc::clone(self);
        // Without a runtime, it is stopped before the next statement.
        let _ = net::spawn(async move { held.lease.lock().await.stop().await });
    }

    /// Whether a transaction is open on it, as the server reported last.
    pub(crate) async fn in_transaction(&self) -> Result<bool> {
        Ok(self.alone().await?.in_transaction())
    }

    /// Begins a transaction, or a savepoint in the one that is open.
    pub(crate) async fn begin(self: &Arc<Self>, at: &At, mode: &Mode, opener: Opener) -> Result<OpenLevel> {
        let mut lease = self.turn(at).await?;
        let (id, nested) = lease.begin(mode, opener).await?;
        Ok(OpenLevel { held: Arc::clone(self), id, nested, ended: false })
    }

    /// Ends a transaction.
    pub(crate) async fn finish(&self, level: LevelId, commit: bool) -> Result<()> {
        let result = self.alone().await?.finish(level, commit).await;
        self.level_ended.notify_waiters();
        result
    }

    /// Whether the last transaction failed in a way that trying again may mend.
    async fn is_retryable(&self) -> bool {
        self.lease.lock().await.is_retryable()
    }

    /// Waits until no other query is running, and no transaction is open that this does not belong to.
    async fn turn(&self, at: &At) -> Result<MutexGuard<'_, Lease>> {
        if let Ok(lease) = self.lease.try_lock()
            && !lease.is_occupied(self.level(at, &lease)?)
        {
            return Ok(lease);
        }
        Box::pin(self.wait_for_turn(at)).await
    }

    async fn wait_for_turn(&self, at: &At) -> Result<MutexGuard<'_, Lease>> {
        loop {
            let ended = std::pin::pin!(self.level_ended.notified());
            let lease = self.alone().await?;
            if !lease.is_occupied(self.level(at, &lease)?) {
                return Ok(lease);
            }
            drop(lease);
            ended.await;
        }
    }

    /// The transaction in which something runs.
    fn level(&self, at: &At, lease: &Lease) -> Result<Option<LevelId>> {
        match at {
            At::Level(Some(level)) if !lease.has(*level) => Err(Error::RolledBack { query: None }),
            At::Level(level) => Ok(*level),
            At::Scope(frame) => Ok(frame.level(self, |level| lease.has(level))),
        }
    }

    /// Waits until no other query is running.
    async fn alone(&self) -> Result<MutexGuard<'_, Lease>> {
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

impl fmt::Debug for SharedConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lease.try_lock() {
            Ok(lease) => lease.fmt(f),
            Err(_) => f.write_str("in use"),
        }
    }
}

/// A transaction that is open. Dropped before it has ended, it is rolled back: before the next statement, and soon even
/// without one.
pub(crate) struct OpenLevel {
    held: Arc<SharedConnection>,
    id: LevelId,
    nested: bool,
    ended: bool,
}

impl OpenLevel {
    pub(crate) fn held(&self) -> &Arc<SharedConnection> {
        &self.held
    }

    pub(crate) fn id(&self) -> LevelId {
        self.id
    }

    /// Whether it is a savepoint in another transaction.
    pub(crate) fn is_nested(&self) -> bool {
        self.nested
    }

    /// Ends it.
    pub(crate) async fn end(mut self, commit: bool) -> Result<()> {
        let result = self.held.finish(self.id, commit).await;
        self.ended = result.is_ok();
        result
    }

    /// Rolls it back, and tells whether it failed in a way that trying again may mend.
    pub(crate) async fn end_for_retry(mut self) -> bool {
        let undone = self.held.finish(self.id, false).await;
        self.ended = undone.is_ok();
        self.ended && self.held.is_retryable().await
    }
}

impl Drop for OpenLevel {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        self.held.abandoned.add(self.id);
        self.held.level_ended.notify_waiters();
        // The last one to hold the connection has it rolled back when it is given back.
        if Arc::strong_count(&self.held) > 1 {
            let held = Arc::clone(&self.held);
            let id = self.id;
            // If the server stopped responding, the connection must not be in use for ever.
            let task = async move { drop(net::timeout(held.patience, held.finish(id, false)).await) };
            // Without a runtime, it is rolled back before the next statement.
            let _ = net::spawn(task);
        }
    }
}

impl fmt::Debug for OpenLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenLevel").field("connection", &self.held).field("nested", &self.nested).finish()
    }
}

/// Says that a stream is open for as long as it lives. It must live shorter than the stream's turn.
struct OpenStream<'c>(&'c SharedConnection);

impl<'c> OpenStream<'c> {
    fn new(held: &'c SharedConnection, command: &Command) -> Self {
        held.set_stream(Some(Box::new(command.place())));
        held.stream_opened.notify_waiters();
        OpenStream(held)
    }
}

impl Drop for OpenStream<'_> {
    fn drop(&mut self) {
        self.0.set_stream(None);
    }
}
