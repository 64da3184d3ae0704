//! Scopes: the connection that follows a task.
//!
//! What runs inside of [`run`](crate::Connecting::run) sees its connection through [`Database`](crate::Database), in whatever function it
//! is. The scopes of a task are a list in a task-local variable, the innermost first; a scope belongs to one database.

use std::{
    cell::RefCell,
    fmt,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    shared::{At, OpenLevel, SharedConnection},
    task_local,
};
use crate::{
    Error, Result,
    pool::{endpoints::Endpoints, lease::LevelId},
};

thread_local! {
    static INNERMOST: task_local::Slot<Frame> = const { RefCell::new(None) };
}

/// One scope.
pub(crate) struct Frame {
    pub(crate) held: Arc<SharedConnection>,
    /// The transaction that it is; none for a connection's scope.
    level: Option<LevelId>,
    /// It was committed or rolled back before its end.
    ended: AtomicBool,
    outer: Option<Arc<Frame>>,
}

impl Frame {
    fn chain(&self) -> impl Iterator<Item = &Frame> {
        std::iter::successors(Some(self), |frame| frame.outer.as_deref())
    }

    /// The innermost transaction on a connection that is still open.
    pub(crate) fn level(
        &self,
        held: &SharedConnection,
        is_open: impl Fn(LevelId) -> bool,
    ) -> Option<LevelId> {
        let own = self.chain().filter(|frame| std::ptr::eq(Arc::as_ptr(&frame.held), held));
        own.filter_map(|frame| frame.level).find(|level| is_open(*level))
    }

    /// The innermost transaction that was not ended.
    pub(crate) fn open_level(&self) -> Option<LevelId> {
        self.transaction().and_then(|frame| frame.level)
    }

    fn transaction(&self) -> Option<&Frame> {
        self.chain().find(|frame| {
            Arc::ptr_eq(&frame.held, &self.held)
                && frame.level.is_some()
                && !frame.ended.load(Ordering::Relaxed)
        })
    }
}

/// The innermost scope of a database in this task.
pub(crate) fn current(endpoints: &Arc<Endpoints>) -> Option<Arc<Frame>> {
    task_local::with(&INNERMOST, |innermost| find(innermost, endpoints)).flatten()
}

/// Whether a scope that the task is in, of whatever database, has the connection with a number.
pub(crate) fn holds(connection: u64) -> bool {
    let holds = |frame: &Arc<Frame>| frame.chain().any(|frame| frame.held.number() == Some(connection));
    task_local::with(&INNERMOST, holds).unwrap_or(false)
}

fn find(innermost: &Arc<Frame>, endpoints: &Arc<Endpoints>) -> Option<Arc<Frame>> {
    let mut frame = innermost;
    loop {
        if Arc::ptr_eq(frame.held.endpoints(), endpoints) {
            return Some(Arc::clone(frame));
        }
        frame = frame.outer.as_ref()?;
    }
}

/// How many sessions of the primary the scopes around this task hold.
pub(crate) fn sessions_of(endpoints: &Arc<Endpoints>) -> usize {
    let count = |innermost: &Arc<Frame>| {
        let all = innermost.chain().map(|frame| &frame.held);
        let own = all.filter(|held| Arc::ptr_eq(held.endpoints(), endpoints) && !held.is_replica());
        let mut held: Vec<_> = own.map(Arc::as_ptr).collect();
        held.sort_unstable();
        held.dedup();
        held.len()
    };
    task_local::with(&INNERMOST, count).unwrap_or(0)
}

/// Runs a future in a scope of its own, on a connection and, perhaps, in a transaction.
pub(crate) async fn within<F: Future>(
    held: &Arc<SharedConnection>,
    level: Option<&OpenLevel>,
    future: F,
) -> F::Output {
    let frame = Frame {
        held: Arc::clone(held),
        level: level.map(OpenLevel::id),
        ended: AtomicBool::new(false),
        outer: task_local::with(&INNERMOST, Arc::clone),
    };
    task_local::scope(&INNERMOST, Arc::new(frame), future).await
}

/// The scope that the task is in: what [`Database::current`](crate::Database::current) gives. Queries on it are those on the database, here.
///
/// It keeps the scope's connection in use for as long as it lives.
pub struct Current {
    frame: Arc<Frame>,
}

impl Current {
    pub(crate) fn new(frame: Arc<Frame>) -> Self {
        Current { frame }
    }

    pub(crate) fn held(&self) -> (Arc<SharedConnection>, At) {
        (Arc::clone(&self.frame.held), At::Scope(Arc::clone(&self.frame)))
    }

    /// Whether a transaction is open: a scope's own, or one around it on the same connection.
    pub fn is_transaction(&self) -> bool {
        self.frame.transaction().is_some()
    }

    /// Whether its connection is one to a [replica](crate::Database::replica), where nothing can be written.
    pub fn is_replica(&self) -> bool {
        self.frame.held.is_replica()
    }

    /// Commits the innermost transaction before its scope ends; the end does nothing then. What follows in the scope is not
    /// part of it.
    ///
    /// # Errors
    ///
    /// [`Error::Transaction`] where none is open, and those of [`Transaction::commit`](crate::Transaction::commit).
    pub async fn commit(&self) -> Result<()> {
        self.end(true).await
    }

    /// Rolls the innermost transaction back before its scope ends; the end does nothing then. What follows in the scope is
    /// not part of it.
    ///
    /// # Errors
    ///
    /// As for [`commit`](Current::commit).
    pub async fn rollback(&self) -> Result<()> {
        self.end(false).await
    }

    async fn end(&self, commit: bool) -> Result<()> {
        let found = self.frame.transaction().and_then(|frame| Some((frame, frame.level?)));
        let Some((frame, level)) = found else {
            return Err(Error::Transaction { message: "no transaction is open in this scope", query: None });
        };
        frame.ended.store(true, Ordering::Relaxed);
        self.frame.held.finish(level, commit).await
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Current")
            .field("database", &self.frame.held.endpoints().primary.url.redacted())
            .field("transaction", &self.is_transaction())
            .finish_non_exhaustive()
    }
}
