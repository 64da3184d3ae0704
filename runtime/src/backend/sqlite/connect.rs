//! Opening sessions of one SQLite database.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{
    busy,
    engine::Engine,
    in_place,
    lock_queue::{self, LockQueue, Wait, Who},
    open,
    session::SqliteSession,
    worker::Worker,
};
use crate::{
    Result,
    backend::{
        BoxFuture, Connector, Session,
        listen::{self, ListenSession},
    },
    options::Options,
    statement::command::Command,
    url::{Mode, SqliteTarget},
};

/// Opens connections to one SQLite database.
pub(crate) struct SqliteConnector {
    target: SqliteTarget,
    redacted: String,
    /// A database in memory lives as long as a connection to it: this one.
    anchor: Mutex<Option<Anchor>>,
    /// The queue for the lock of the database that was opened last.
    queue: Mutex<Option<Arc<LockQueue>>>,
    /// How long a statement may run on the caller's thread.
    in_place: Duration,
    /// How long to wait for the write lock: `busy_timeout`, or `acquire_timeout` if the URL has none.
    wait: Wait,
}

struct Anchor {
    name: String,
    queue: Arc<LockQueue>,
    _connection: rusqlite::Connection,
}

impl SqliteConnector {
    pub(crate) fn new(
        mut target: SqliteTarget,
        redacted: &str,
        options: &Options,
        is_own: fn(u64) -> bool,
    ) -> Self {
        let timeout = target.busy_timeout.unwrap_or(options.acquire_timeout);
        target.busy_timeout = Some(target.busy_timeout.unwrap_or(busy::DEFAULT).min(timeout));
        SqliteConnector {
            target,
            redacted: redacted.to_owned(),
            anchor: Mutex::default(),
            queue: Mutex::default(),
            in_place: options.in_place,
            wait: Wait { timeout, is_own },
        }
    }

    /// What to open, and the queue for its lock; a file's queue is found by its name. In memory: the pool's one database, or else one
    /// that nobody shares.
    fn place(&self) -> (open::Place, Option<Arc<LockQueue>>) {
        if self.target.mode != Mode::Memory {
            return (open::Place::File, None);
        }
        match &*self.anchor.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(anchor) => (open::Place::SharedMemory(anchor.name.clone()), Some(Arc::clone(&anchor.queue))),
            None => (open::Place::OwnMemory, Some(Arc::default())),
        }
    }

    fn drop_anchor(&self, keep: bool) -> Result<()> {
        if self.target.mode != Mode::Memory {
            return Ok(());
        }
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let anchor = match keep {
            true => {
                let name = format!("aio-databases-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
                let place = open::Place::SharedMemory(name.clone());
                let connection = open::open(&self.target, &place, &self.redacted)?;
                Some(Anchor { name, queue: Arc::default(), _connection: connection })
            }
            false => None,
        };
        *self.anchor.lock().unwrap_or_else(PoisonError::into_inner) = anchor;
        Ok(())
    }
}

impl Connector for SqliteConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>>> {
        let (target, redacted) = (self.target.clone(), self.redacted.clone());
        let (place, queue) = self.place();
        Box::pin(async move {
            let found = Arc::new(OnceLock::new());
            let finds = Arc::clone(&found);
            let open = move |cancel| {
                // The system knows whose file it is; asking can take some time.
                let queue = queue.unwrap_or_else(|| LockQueue::of_file(Path::new(&target.path)));
                let opening = queue.opening();
                let connection = open::open(&target, &place, &redacted)?;
                drop(opening);
                let _ = finds.set(queue);
                Engine::new(connection, &target, cancel)
            };
            let worker = Worker::start(open).await?;
            let queue = found.get().cloned().unwrap_or_default();
            *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&queue));
            let who = Who { connection: lock_queue::number(), file: "", line: 0 };
            let (in_place, wait) = (self.in_place, self.wait);
            let in_memory = self.target.mode == Mode::Memory;
            Ok(Box::new(SqliteSession::new(worker, queue, who, in_place, wait, in_memory))
                as Box<dyn Session>)
        })
    }

    fn queue_to_write(&self) -> BoxFuture<'_, Result<Option<Box<dyn Send>>>> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            match queue {
                Some(queue) => Ok(Some(Box::new(queue.line_up(self.wait).await?) as Box<dyn Send>)),
                None => Ok(None),
            }
        })
    }

    fn runs_in_place(&self, command: &Command) -> bool {
        !self.in_place.is_zero() && in_place::takes(command)
    }

    fn is_remote(&self) -> bool {
        false
    }

    fn listen(&self) -> BoxFuture<'_, Result<Box<dyn ListenSession>>> {
        listen::unsupported()
    }

    fn keep(&self, connected: bool) -> BoxFuture<'_, Result<()>> {
        // Opening what is in memory takes microseconds.
        Box::pin(std::future::ready(self.drop_anchor(connected)))
    }
}
