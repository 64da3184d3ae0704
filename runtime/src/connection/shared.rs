//! A connection that guards and scopes hold together, and whose turn it is on it.

use std::{
    fmt,
    sync::{Arc, Mutex as SyncMutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::future::{Either, select};
use tokio::{
    sync::{Mutex, MutexGuard, Notify},
    time::timeout,
};

use crate::{
    Database, Error, QueryPlace, Result,
    backend::sink::Sink,
    backend::transaction::Mode,
    connection::scope::Frame,
    execute::fetch::{Now, Ran},
    pool::lease::{Abandoned, Lease, LevelId, Opener},
    statement::command::Command,
};

/// A connection in use, and everyone who uses it.
pub(crate) struct SharedConnection {
    database: Database,
    /// The connection's number, known without a turn.
    #[cfg(feature = "sqlite")]
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
#[derive(Clone, Copy)]
pub(crate) enum At<'a> {
    /// In a guard's: `None` is outside of all.
    Level(Option<LevelId>),
    /// In the innermost of a scope that is still open.
    Scope(&'a Frame),
}

impl SharedConnection {
    pub(crate) fn new(database: Database, lease: Lease) -> Arc<Self> {
        Arc::new(SharedConnection {
            database,
            #[cfg(feature = "sqlite")]
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

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Whether it is a connection to a replica.
    pub(crate) fn is_replica(&self) -> bool {
        self.replica
    }

    /// The connection, for nobody else uses it; `None`: somebody does.
    pub(crate) fn into_lease(self: Arc<Self>) -> Option<Lease> {
        Arc::into_inner(self).map(|held| held.lease.into_inner())
    }

    /// Runs a command here and now, if nobody else has the connection.
    pub(crate) fn now(&self, at: At<'_>, command: Command, sink: Box<dyn Sink>) -> Now {
        if self.database.runs_in_place(&command)
            && let Ok(mut lease) = self.lease.try_lock()
            && let Ok(level) = self.level(at, &lease)
            && !lease.is_occupied(level)
        {
            return lease.now(command, sink, Instant::now()).0;
        }
        Now::Later(command, sink)
    }

    /// The connection's number, where connections wait for each other.
    #[cfg(feature = "sqlite")]
    pub(crate) fn number(&self) -> Option<u64> {
        self.number
    }

    pub(crate) async fn run(&self, at: At<'_>, command: Arc<Command>, sink: Box<dyn Sink>) -> Result<Ran> {
        self.turn(at).await?.run(command, sink).await
    }

    pub(crate) async fn stream(&self, at: At<'_>, command: Arc<Command>, sink: Box<dyn Sink>) -> Result<Ran> {
        let mut lease = self.turn(at).await?;
        let _open = OpenStream::new(self, &command);
        let mut ran = lease.run(command, sink).await?;
        // The statement may be ahead of its reader: the stream is open until the last row was read.
        ran.sink.drained().await;
        Ok(ran)
    }

    /// Begins a transaction, or a savepoint in the one that is open.
    pub(crate) async fn begin(
        self: &Arc<Self>,
        at: At<'_>,
        mode: &Mode,
        opener: Opener,
    ) -> Result<OpenLevel> {
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
    async fn turn(&self, at: At<'_>) -> Result<MutexGuard<'_, Lease>> {
        if let Ok(lease) = self.lease.try_lock()
            && !lease.is_occupied(self.level(at, &lease)?)
        {
            return Ok(lease);
        }
        Box::pin(self.wait_for_turn(at)).await
    }

    async fn wait_for_turn(&self, at: At<'_>) -> Result<MutexGuard<'_, Lease>> {
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
    fn level(&self, at: At<'_>, lease: &Lease) -> Result<Option<LevelId>> {
        match at {
            At::Level(Some(level)) if !lease.has(level) => Err(Error::RolledBack { query: None }),
            At::Level(level) => Ok(level),
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
        if Arc::strong_count(&self.held) > 1
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let held = Arc::clone(&self.held);
            let id = self.id;
            // Where the server has fallen silent, the connection must not be in use for ever.
            runtime.spawn(async move { drop(timeout(held.patience, held.finish(id, false)).await) });
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
