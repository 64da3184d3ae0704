//! The queue for a database's write lock.
//!
//! SQLite lets one connection write at a time. The others poll for its lock, unfairly, until they give up with `SQLITE_BUSY`. So
//! the connections of one process queue here, in the order in which they came, before anything is sent. Each database has one queue
//! in the process: two `Database`s of one file share it.
//!
//! A lock is a token that any connection can hold. It does not come with a connection of its own: a guard or a scope must read its
//! own writes, on the connection that has its temporary tables, its settings and its open transaction.
//!
//! In a file with a WAL, readers and the writer do not wait for each other. Elsewhere (in memory, or with a rollback journal) they
//! do, so there readers queue, too, for a lock that they share.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::{
    Mutex as AsyncMutex, OwnedMutexGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock,
};

use aio_databases_net as net;

use crate::{Error, Holder, LockTimedOut, Result, backend::waiters::Waiter};

/// What a lock allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LockKind {
    /// Reading, where readers and the writer wait for each other.
    Shared,
    /// Writing.
    Exclusive,
}

/// Who takes a lock: the connection, and the place in the program where it was taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Who {
    pub(super) connection: u64,
    pub(super) file: &'static str,
    pub(super) line: u32,
}

/// How a session waits for the lock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    pub(super) timeout: Duration,
    /// Whether a scope around this task has the session with a number: then it would wait for itself.
    pub(super) is_own: fn(u64) -> bool,
}

/// The queue of one database.
#[derive(Debug, Default)]
pub(super) struct LockQueue {
    queue: Arc<RwLock<()>>,
    /// The queue of those who will write and have no connection yet.
    line: Arc<AsyncMutex<()>>,
    waiting: AtomicUsize,
    /// Who holds a lock; the index is the lock's.
    holders: Mutex<Vec<Option<(Who, Instant)>>>,
    /// Connections are opened one by one: two that make a new file a WAL's would fail.
    opening: Mutex<()>,
}

/// A lock. When it is dropped, the next waiter gets it.
#[derive(Debug)]
pub(super) struct Lock {
    queue: Arc<LockQueue>,
    holder: usize,
    permit: Permit,
    /// What is left of the time to wait.
    left: Duration,
}

/// The first place in the line.
#[derive(Debug)]
pub(super) struct Lined(#[expect(dead_code)] OwnedMutexGuard<()>);

/// It is held, not read.
#[derive(Debug)]
enum Permit {
    Shared(#[expect(dead_code)] OwnedRwLockReadGuard<()>),
    Exclusive(#[expect(dead_code)] OwnedRwLockWriteGuard<()>),
}

/// A number for a connection.
pub(super) fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl LockQueue {
    /// The queue of a file.
    pub(super) fn of_file(path: &Path) -> Arc<LockQueue> {
        static FILES: LazyLock<Mutex<HashMap<PathBuf, Weak<LockQueue>>>> = LazyLock::new(Mutex::default);
        let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
        let key = canonical(path);
        if let Some(queue) = files.get(&key).and_then(Weak::upgrade) {
            return queue;
        }
        files.retain(|_, queue| queue.strong_count() > 0);
        let queue = Arc::new(LockQueue::default());
        files.insert(key, Arc::downgrade(&queue));
        queue
    }

    /// The right to open a connection.
    pub(super) fn opening(&self) -> MutexGuard<'_, ()> {
        self.opening.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody else waits for the lock with a connection taken for it. Otherwise the connections of waiters would be
    /// missing to readers. Whoever already has a connection waits for the lock alone.
    pub(super) async fn line_up(&self, wait: Wait) -> Result<Lined> {
        if let Ok(lined) = Arc::clone(&self.line).try_lock_owned() {
            return Ok(Lined(lined));
        }
        self.check_scopes(wait)?;
        let _waiting = Waiter::new(&self.waiting);
        match net::timeout(wait.timeout, Arc::clone(&self.line).lock_owned()).await {
            Ok(lined) => Ok(Lined(lined)),
            Err(_) => Err(Error::LockTimedOut(Box::new(self.report(wait.timeout)))),
        }
    }

    /// Reports a wait that would never end: a scope of this task holds the lock, and ends only after the wait.
    fn check_scopes(&self, wait: Wait) -> Result<()> {
        match self.holders().iter().flatten().any(|(holder, _)| (wait.is_own)(holder.connection)) {
            true => Err(Error::Transaction { message: OWN_SCOPE, query: None }),
            false => Ok(()),
        }
    }

    /// Takes a lock if that needs no waiting.
    pub(super) fn try_take(self: &Arc<Self>, kind: LockKind, who: Who) -> Option<Lock> {
        let queue = Arc::clone(&self.queue);
        let permit = match kind {
            LockKind::Shared => Permit::Shared(queue.try_read_owned().ok()?),
            LockKind::Exclusive => Permit::Exclusive(queue.try_write_owned().ok()?),
        };
        Some(self.lock(permit, who, Duration::MAX))
    }

    /// Waits for a lock, and for no longer than a time.
    pub(super) async fn take(self: &Arc<Self>, kind: LockKind, who: Who, wait: Wait) -> Result<Lock> {
        if let Some(lock) = self.try_take(kind, who) {
            return Ok(lock);
        }
        self.check_scopes(wait)?;
        let _waiting = Waiter::new(&self.waiting);
        let started = Instant::now();
        let queue = Arc::clone(&self.queue);
        let permit = async {
            match kind {
                LockKind::Shared => Permit::Shared(queue.read_owned().await),
                LockKind::Exclusive => Permit::Exclusive(queue.write_owned().await),
            }
        };
        match net::timeout(wait.timeout, permit).await {
            Ok(permit) => Ok(self.lock(permit, who, wait.timeout.saturating_sub(started.elapsed()))),
            Err(_) => Err(Error::LockTimedOut(Box::new(self.report(wait.timeout)))),
        }
    }

    fn lock(self: &Arc<Self>, permit: Permit, who: Who, left: Duration) -> Lock {
        let mut holders = self.holders();
        let holder = holders.iter().position(Option::is_none).unwrap_or_else(|| {
            holders.push(None);
            holders.len() - 1
        });
        holders[holder] = Some((who, Instant::now()));
        drop(holders);
        Lock { queue: Arc::clone(self), holder, permit, left }
    }

    fn report(&self, waited: Duration) -> LockTimedOut {
        let now = Instant::now();
        let held =
            |&(who, since): &(Who, Instant)| Holder { file: who.file, line: who.line, held: now - since };
        let mut holders: Vec<_> = self.holders().iter().flatten().map(held).collect();
        holders.sort_by_key(|holder| std::cmp::Reverse(holder.held));
        holders.truncate(3);
        // The waiter that gets the error is one of them.
        let waiting = self.waiting.load(Ordering::Relaxed).saturating_sub(1);
        LockTimedOut { waited, waiting, holders, query: None }
    }

    fn holders(&self) -> MutexGuard<'_, Vec<Option<(Who, Instant)>>> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const OWN_SCOPE: &str = "another connection of an enclosing scope holds the SQLite write lock, and this would wait for it \
                         forever: use the scope's connection (no `separate()`), or end its transaction first";

/// The canonical name of a file, which might not exist yet.
fn canonical(path: &Path) -> PathBuf {
    let in_folder = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(in_folder).unwrap_or_else(|| path.to_owned())
}

impl Lock {
    /// What is left of the time to wait for the database.
    pub(super) fn left(&self) -> Duration {
        self.left
    }

    pub(super) fn kind(&self) -> LockKind {
        match self.permit {
            Permit::Shared(_) => LockKind::Shared,
            Permit::Exclusive(_) => LockKind::Exclusive,
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.queue.holders()[self.holder] = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(milliseconds: u64) -> Wait {
        Wait { timeout: Duration::from_millis(milliseconds), is_own: |_| false }
    }

    fn who(connection: u64) -> Who {
        Who { connection, file: file!(), line: line!() }
    }

    #[test]
    fn one_queue_for_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let (file, other) = (folder.path().join("a.db"), folder.path().join("b.db"));
        let before = LockQueue::of_file(&file);
        std::fs::write(&file, "").unwrap();
        std::fs::create_dir(folder.path().join("c")).unwrap();
        assert!(Arc::ptr_eq(&before, &LockQueue::of_file(&file)));
        assert!(Arc::ptr_eq(&before, &LockQueue::of_file(&folder.path().join("c").join("..").join("a.db"))));
        assert!(!Arc::ptr_eq(&before, &LockQueue::of_file(&other)));
    }

    #[tokio::test]
    async fn in_the_order_in_which_they_came() {
        let queue = Arc::new(LockQueue::default());
        let order = Arc::new(Mutex::new(Vec::new()));
        let first = queue.try_take(LockKind::Exclusive, who(0)).unwrap();
        let tasks: Vec<_> = (1..=20)
            .map(|number| {
                let (queue, order) = (Arc::clone(&queue), Arc::clone(&order));
                let kind = if number % 5 == 0 { LockKind::Shared } else { LockKind::Exclusive };
                async move {
                    let _lock = queue.take(kind, who(number), wait(60_000)).await.unwrap();
                    order.lock().unwrap().push(number);
                    tokio::task::yield_now().await;
                }
            })
            .collect();
        tokio::join!(futures_util::future::join_all(tasks), async { drop(first) });
        assert_eq!(*order.lock().unwrap(), Vec::from_iter(1..=20));
        assert!(queue.holders().iter().all(Option::is_none));
    }

    #[tokio::test]
    async fn a_waiter_that_leaves_takes_none() {
        let queue = Arc::new(LockQueue::default());
        let first = queue.try_take(LockKind::Exclusive, who(0)).unwrap();
        let none = queue.take(LockKind::Exclusive, who(1), wait(5)).await.unwrap_err();
        let Error::LockTimedOut(none) = none else { panic!("{none}") };
        assert_eq!((none.waiting, none.holders.len()), (0, 1));
        drop(first);
        assert!(queue.try_take(LockKind::Shared, who(2)).is_some_and(|lock| lock.kind() == LockKind::Shared));
    }
}
