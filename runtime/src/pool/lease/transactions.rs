//! The transactions that guards and scopes have opened on a connection: one, and savepoints in it.
//!
//! Each has a number of its own, so that whoever opened it ends just that one: an outer one that ends takes the inner
//! ones with it. A level whose guard was dropped, or whose future was, is *abandoned*: it is rolled back before the
//! connection does anything else.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{Lease, State};
use crate::{
    Error, QueryPlace, Result,
    backend::{TransactionStatus, transaction::Mode},
    statement::command::Text,
};

/// A transaction or savepoint: no two of a process have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LevelId(u64);

/// Who has opened a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opener {
    /// A guard: whatever runs on the connection while it lives belongs to it.
    Guard,
    /// A scope: only what runs inside belongs to it, and everything else waits for its end.
    Scope,
}

#[derive(Debug)]
struct Level {
    id: LevelId,
    /// The number in the savepoint's name; none for the transaction itself.
    savepoint: Option<usize>,
    opener: Opener,
    read_only: bool,
    /// How long each query in it can take, if it says so.
    timeout: Option<Duration>,
    /// What is sent when it has ended, whichever way.
    after: Option<&'static str>,
}

/// The levels that are open, the outermost first.
#[derive(Debug, Default)]
pub(super) struct Levels {
    open: Vec<Level>,
    /// Those that an outer level's rollback took along, until their own end is asked for.
    undone: Vec<LevelId>,
    /// PostgreSQL: the statement after whose failure the server accepts no more, and how many levels there were.
    failed: Option<(usize, Option<Box<QueryPlace>>)>,
    /// How the server has ended the whole transaction by itself.
    lost: Option<Lost>,
    /// Whether the transaction may succeed if it is tried again.
    retryable: bool,
    abandoned: Arc<Abandoned>,
}

/// A transaction that the server has ended by itself, and the statement in answer to which it did so.
#[derive(Debug)]
enum Lost {
    RolledBack(Option<Box<QueryPlace>>),
    /// MySQL commits before and after `create table` and its kin.
    Committed(Option<Box<QueryPlace>>),
}

/// The levels that nobody will end.
#[derive(Debug, Default)]
pub(crate) struct Abandoned {
    some: AtomicBool,
    levels: Mutex<Vec<LevelId>>,
}

impl Abandoned {
    pub(crate) fn add(&self, level: LevelId) {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner).push(level);
        self.some.store(true, Ordering::Release);
    }

    /// Somebody will end it after all.
    pub(super) fn take_up(&self, level: LevelId) {
        self.retain(|other| other != level);
    }

    fn retain(&self, keep: impl Fn(LevelId) -> bool) {
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        levels.retain(|level| keep(*level));
        self.some.store(!levels.is_empty(), Ordering::Release);
    }

    fn contains(&self, level: LevelId) -> bool {
        self.some.load(Ordering::Acquire)
            && self.levels.lock().unwrap_or_else(PoisonError::into_inner).contains(&level)
    }
}

impl Levels {
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    pub(super) fn are_read_only(&self) -> bool {
        self.open.iter().any(|level| level.read_only)
    }

    /// How long each query can take, as the innermost transaction says.
    pub(super) fn timeout(&self) -> Option<Duration> {
        self.open.iter().rev().find_map(|level| level.timeout)
    }

    pub(super) fn has_abandoned(&self) -> bool {
        self.abandoned.some.load(Ordering::Acquire)
    }

    /// Where nobody else ends it, it is taken back.
    pub(super) fn abandon(&self, level: LevelId) -> Arc<Abandoned> {
        self.abandoned.add(level);
        Arc::clone(&self.abandoned)
    }

    /// What is sent to leave the outermost level, and what after that.
    pub(super) fn leave(&self) -> Option<&'static str> {
        self.open.first().and_then(|level| level.after)
    }

    fn position(&self, id: LevelId) -> Option<usize> {
        self.open.iter().position(|level| level.id == id)
    }

    /// Whether there still is a transaction to run statements in.
    pub(super) fn check(&self) -> Result<()> {
        match &self.lost {
            Some(Lost::RolledBack(query)) => Err(Error::RolledBack { query: query.clone() }),
            Some(Lost::Committed(query)) => Err(Error::Transaction {
                message: "the statement ended the transaction: MySQL commits when it runs one like this, so nothing before it \
                          can be rolled back. Run it outside of the transaction",
                query: query.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Whether the server has ended the transaction by itself.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.is_some()
    }

    /// Notes whether trying the transaction again might help.
    pub(super) fn note(&mut self, error: &Error) {
        self.retryable |= error.is_serialization_failure();
    }

    /// Notes which transaction the server reports after a statement.
    pub(super) fn follow(&mut self, status: TransactionStatus, place: impl FnOnce() -> Option<QueryPlace>) {
        if self.open.is_empty() {
            return;
        }
        match status {
            TransactionStatus::Idle if self.lost.is_none() => {
                self.lost = Some(Lost::RolledBack(place().map(Box::new)));
            }
            TransactionStatus::Idle => {}
            TransactionStatus::Open => self.failed = None,
            TransactionStatus::Failed if self.failed.is_none() => {
                self.failed = Some((self.open.len(), place().map(Box::new)));
            }
            TransactionStatus::Failed => {}
        }
    }

    /// Notes that the transaction was lost with a statement that succeeded: it was committed.
    pub(super) fn ended_by_statement(&mut self) {
        if let Some(Lost::RolledBack(query)) = &mut self.lost {
            self.lost = Some(Lost::Committed(query.take()));
        }
    }

    /// Forgets a level and those inside of it.
    fn close(&mut self, at: usize, undone: bool) {
        for level in self.open.drain(at..).skip(1) {
            if undone && !self.abandoned.contains(level.id) {
                self.undone.push(level.id);
            }
        }
        if self.failed.as_ref().is_some_and(|(depth, _)| *depth > at) {
            self.failed = None;
        }
        if self.open.is_empty() {
            self.lost = None;
        }
    }
}

/// A statement about a savepoint, by the number in its name.
fn on_savepoint(verb: &str, number: usize) -> Text {
    Text::Shared(format!("{verb} aio_databases_{number}").into())
}

impl Lease {
    /// Begins a transaction, or a savepoint in the one that is open: the second then tells.
    pub(crate) async fn begin(&mut self, mode: &Mode, opener: Opener) -> Result<(LevelId, bool)> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        self.prepare().await?;
        self.levels.check()?;
        let nested = self.in_transaction();
        if nested && !mode.fits_in(self.levels.are_read_only()) {
            return Err(Error::Transaction {
                message: "a transaction within another is a savepoint and can't have an isolation level or access mode of \
                          its own: set them on the outer one, or use `separate()`",
                query: None,
            });
        }
        let id = LevelId(NEXT.fetch_add(1, Ordering::Relaxed));
        let savepoint = nested.then_some(self.levels.len() + 1);
        let control = self.session().control_statements();
        let texts = match savepoint {
            Some(number) => vec![on_savepoint("savepoint", number)],
            None => control.begin(mode).into_iter().map(Text::Static).collect(),
        };
        if !nested {
            self.levels.retryable = false;
        }
        let after = control.after(mode).filter(|_| !self.is_replica());
        let level =
            Level { id, savepoint, opener, read_only: mode.read_only, timeout: mode.query_timeout, after };
        self.levels.open.push(level);
        if let (false, [begin]) = (nested, &texts[..])
            && self.session().pipelines_begin()
        {
            self.unsent = Some(begin.clone());
            return Ok((id, nested));
        }
        // If the future is dropped from here on, the level is rolled back.
        let abandoned = self.levels.abandon(id);
        for text in texts {
            if let Err(error) = self.control(text).await {
                abandoned.take_up(id);
                if let (None, Some(after), State::Ready) = (savepoint, after, self.state) {
                    drop(self.control(Text::Static(after)).await);
                }
                if let Some(at) = self.levels.position(id) {
                    self.levels.close(at, false);
                }
                return Err(error);
            }
        }
        abandoned.take_up(id);
        Ok((id, nested))
    }

    /// Ends a level, and those inside of it. One that has ended already is left alone.
    pub(crate) async fn finish(&mut self, id: LevelId, commit: bool) -> Result<()> {
        self.prepare().await?;
        let Some(at) = self.levels.position(id) else {
            let undone = self.levels.undone.iter().position(|other| *other == id);
            return match undone.map(|at| self.levels.undone.swap_remove(at)) {
                Some(_) if commit => Err(Error::RolledBack { query: None }),
                _ => Ok(()),
            };
        };
        let abandoned = self.levels.abandon(id);
        let result = match commit {
            true => self.commit(at).await,
            false => self.undo(at).await,
        };
        abandoned.take_up(id);
        result
    }

    async fn commit(&mut self, at: usize) -> Result<()> {
        let level = &self.levels.open[at];
        let (savepoint, after) = (level.savepoint, level.after);
        // In a failed transaction PostgreSQL takes `commit` for `rollback`, and calls that a success.
        let failed = match (&self.levels.failed, self.levels.check()) {
            (_, Err(lost)) => Some(lost),
            (Some((_, query)), Ok(())) => Some(Error::RolledBack { query: query.clone() }),
            (None, Ok(())) => None,
        };
        if let Some(failed) = failed {
            self.undo(at).await?;
            return Err(failed);
        }
        // Nothing was sent, so nothing has to be committed.
        if self.unsent.take().is_some() {
            self.levels.close(at, false);
            return Ok(());
        }
        let text = match savepoint {
            Some(number) => on_savepoint("release savepoint", number),
            None => Text::Static("commit"),
        };
        if let Err(error) = self.control(text).await {
            if self.state == State::Ready {
                drop(self.undo(at).await);
            }
            return Err(error);
        }
        if let (None, Some(after)) = (savepoint, after) {
            self.control(Text::Static(after)).await?;
        }
        self.levels.close(at, false);
        Ok(())
    }

    /// Rolls a level back.
    async fn undo(&mut self, at: usize) -> Result<()> {
        let level = &self.levels.open[at];
        let (savepoint, after) = (level.savepoint, level.after);
        let texts = match savepoint {
            // The server has no transaction any more, or not yet.
            _ if self.unsent.take().is_some() || self.status() == TransactionStatus::Idle => Vec::new(),
            Some(number) => {
                ["rollback to savepoint", "release savepoint"].map(|verb| on_savepoint(verb, number)).into()
            }
            None => vec![Text::Static("rollback")],
        };
        let after = after.filter(|_| savepoint.is_none()).map(Text::Static);
        let mut result = Ok(());
        for text in texts.into_iter().chain(after) {
            if self.state == State::Ready
                && let Err(error) = self.control(text).await
            {
                // The server may have ended it by itself: then there is nothing to roll back.
                if self.status() != TransactionStatus::Idle && result.is_ok() {
                    result = Err(error);
                }
            }
        }
        self.levels.close(at, true);
        if result.is_err() {
            // Nobody knows what is open now.
            self.state = State::Broken;
        }
        result
    }

    /// Rolls back what nobody will end.
    pub(super) async fn roll_back_abandoned(&mut self) {
        let abandoned = Arc::clone(&self.levels.abandoned);
        while let Some(at) = self.levels.open.iter().position(|level| abandoned.contains(level.id)) {
            let ids: Vec<LevelId> = self.levels.open[at..].iter().map(|level| level.id).collect();
            let done = self.undo(at).await;
            ids.into_iter().for_each(|id| abandoned.take_up(id));
            if done.is_err() {
                break;
            }
        }
        // What is left was ended by an outer level.
        abandoned.retain(|id| self.levels.position(id).is_some());
    }

    /// Where levels are noted that nobody will end.
    pub(crate) fn abandoned(&self) -> Arc<Abandoned> {
        Arc::clone(&self.levels.abandoned)
    }

    /// Whether a level is open.
    pub(crate) fn has(&self, id: LevelId) -> bool {
        self.levels.position(id).is_some()
    }

    /// Whether a scope that is not around the level (`None`: around no transaction) is open inside of it: what runs at
    /// the level must wait for its end.
    pub(crate) fn is_occupied(&self, level: Option<LevelId>) -> bool {
        let inside = level.and_then(|id| self.levels.position(id)).map_or(0, |at| at + 1);
        let mut inner = self.levels.open[inside..].iter();
        inner.any(|level| level.opener == Opener::Scope && !self.levels.abandoned.contains(level.id))
    }

    /// Whether the last transaction failed in a way that trying again may mend.
    pub(crate) fn is_retryable(&self) -> bool {
        self.levels.retryable
    }
}
