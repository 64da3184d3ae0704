//! Whose turn it is to write to a database.
//!
//! SQLite lets one connection write at a time, and has the others poll for its lock, unfairly, until they give up with
//! `SQLITE_BUSY`. So connections of one process wait for each other here, in the order in which they came, before anything
//! is sent. There is one queue for each database in the process: two `Database`s that lead to one file share it.
//!
//! A turn is a token that any connection can have, not a connection of its own: a guard, or a scope, must read what it has
//! written, on the connection that has its temporary tables, its settings and its open transaction.
//!
//! In a file with a WAL, readers and the writer do not wait for each other. Elsewhere (in memory, or with a rollback journal)
//! they do, and readers have turns, too, which they share.

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

use crate::{Error, Holder, Result, TurnTimedOut, connection::scope, pool::waiters::Waiter};

/// What a turn allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LockKind {
    /// To read, where readers and the writer wait for each other.
    Shared,
    /// To write.
    Exclusive,
}

/// Who takes a turn: the connection, and where it was taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Who {
    pub(super) connection: u64,
    pub(super) file: &'static str,
    pub(super) line: u32,
}

/// The queue of one database.
#[derive(Debug, Default)]
pub(super) struct LockQueue {
    queue: Arc<RwLock<()>>,
    /// Where those stand who have no connection yet and will write.
    line: Arc<AsyncMutex<()>>,
    waiting: AtomicUsize,
    /// Who has a turn; the index is the turn's.
    holders: Mutex<Vec<Option<(Who, Instant)>>>,
    /// Connections are opened one by one: two that make a new file a WAL's would fail.
    opening: Mutex<()>,
}

/// A turn. Dropped, it is the next one's.
#[derive(Debug)]
pub(super) struct Lock {
    turns: Arc<LockQueue>,
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
        if let Some(turns) = files.get(&key).and_then(Weak::upgrade) {
            return turns;
        }
        files.retain(|_, turns| turns.strong_count() > 0);
        let turns = Arc::new(LockQueue::default());
        files.insert(key, Arc::downgrade(&turns));
        turns
    }

    /// The right to open a connection.
    pub(super) fn opening(&self) -> MutexGuard<'_, ()> {
        self.opening.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody else waits for a turn with a connection that does nothing meanwhile: it would be missed by those
    /// who read. Whoever has a connection already does not stand here, and waits for the turn alone.
    pub(super) async fn line_up(&self, patience: Duration) -> Result<Lined> {
        if let Ok(lined) = Arc::clone(&self.line).try_lock_owned() {
            return Ok(Lined(lined));
        }
        self.told_if_own_scope()?;
        let _waiting = Waiter::new(&self.waiting);
        match tokio::time::timeout(patience, Arc::clone(&self.line).lock_owned()).await {
            Ok(lined) => Ok(Lined(lined)),
            Err(_) => Err(Error::TurnTimedOut(Box::new(self.report(patience)))),
        }
    }

    /// A scope of this task ends only after what is waited for here.
    fn told_if_own_scope(&self) -> Result<()> {
        match self.holders().iter().flatten().any(|(holder, _)| scope::holds(holder.connection)) {
            true => Err(Error::Transaction { message: OWN_SCOPE, query: None }),
            false => Ok(()),
        }
    }

    /// Takes a turn, if nobody is to be waited for.
    pub(super) fn try_take(self: &Arc<Self>, kind: LockKind, who: Who) -> Option<Lock> {
        let queue = Arc::clone(&self.queue);
        let permit = match kind {
            LockKind::Shared => Permit::Shared(queue.try_read_owned().ok()?),
            LockKind::Exclusive => Permit::Exclusive(queue.try_write_owned().ok()?),
        };
        Some(self.turn(permit, who, Duration::MAX))
    }

    /// Waits for a turn, and for no longer than a time.
    pub(super) async fn take(self: &Arc<Self>, kind: LockKind, who: Who, patience: Duration) -> Result<Lock> {
        if let Some(turn) = self.try_take(kind, who) {
            return Ok(turn);
        }
        self.told_if_own_scope()?;
        let _waiting = Waiter::new(&self.waiting);
        let started = Instant::now();
        let queue = Arc::clone(&self.queue);
        let permit = async {
            match kind {
                LockKind::Shared => Permit::Shared(queue.read_owned().await),
                LockKind::Exclusive => Permit::Exclusive(queue.write_owned().await),
            }
        };
        match tokio::time::timeout(patience, permit).await {
            Ok(permit) => Ok(self.turn(permit, who, patience.saturating_sub(started.elapsed()))),
            Err(_) => Err(Error::TurnTimedOut(Box::new(self.report(patience)))),
        }
    }

    fn turn(self: &Arc<Self>, permit: Permit, who: Who, left: Duration) -> Lock {
        let mut holders = self.holders();
        let holder = holders.iter().position(Option::is_none).unwrap_or_else(|| {
            holders.push(None);
            holders.len() - 1
        });
        holders[holder] = Some((who, Instant::now()));
        drop(holders);
        Lock { turns: Arc::clone(self), holder, permit, left }
    }

    fn report(&self, waited: Duration) -> TurnTimedOut {
        let now = Instant::now();
        let held =
            |&(who, since): &(Who, Instant)| Holder { file: who.file, line: who.line, held: now - since };
        let mut holders: Vec<_> = self.holders().iter().flatten().map(held).collect();
        holders.sort_by_key(|holder| std::cmp::Reverse(holder.held));
        holders.truncate(3);
        // One of those who wait is the one that is told.
        let waiting = self.waiting.load(Ordering::Relaxed).saturating_sub(1);
        TurnTimedOut { waited, waiting, holders, query: None }
    }

    fn holders(&self) -> MutexGuard<'_, Vec<Option<(Who, Instant)>>> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const OWN_SCOPE: &str = "another connection of a scope around this holds the SQLite database's turn to write, and this would \
                         wait for it forever: use the scope's connection (no `separate()`), or end its transaction first";

/// The one name of a file, which may not be there yet.
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
        self.turns.holders()[self.holder] = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let turns = Arc::new(LockQueue::default());
        let order = Arc::new(Mutex::new(Vec::new()));
        let first = turns.try_take(LockKind::Exclusive, who(0)).unwrap();
        let tasks: Vec<_> = (1..=20)
            .map(|number| {
                let (turns, order) = (Arc::clone(&turns), Arc::clone(&order));
                let kind = if number % 5 == 0 { LockKind::Shared } else { LockKind::Exclusive };
                async move {
                    let _turn = turns.take(kind, who(number), Duration::from_secs(60)).await.unwrap();
                    order.lock().unwrap().push(number);
                    tokio::task::yield_now().await;
                }
            })
            .collect();
        tokio::join!(futures_util::future::join_all(tasks), async { drop(first) });
        assert_eq!(*order.lock().unwrap(), Vec::from_iter(1..=20));
        assert!(turns.holders().iter().all(Option::is_none));
    }

    #[tokio::test]
    async fn a_waiter_that_leaves_takes_none() {
        let turns = Arc::new(LockQueue::default());
        let first = turns.try_take(LockKind::Exclusive, who(0)).unwrap();
        let none = turns.take(LockKind::Exclusive, who(1), Duration::from_millis(5)).await.unwrap_err();
        let Error::TurnTimedOut(none) = none else { panic!("{none}") };
        assert_eq!((none.waiting, none.holders.len()), (0, 1));
        drop(first);
        assert!(turns.try_take(LockKind::Shared, who(2)).is_some_and(|turn| turn.kind() == LockKind::Shared));
    }
}
