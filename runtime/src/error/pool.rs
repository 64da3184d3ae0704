//! Why no connection became free.

use std::{fmt, time::Duration};

use crate::QueryPlace;

/// No connection became free in time: how full the pool is, and who has its connections.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolTimedOut {
    /// How long was waited.
    pub waited: Duration,
    /// The most connections that the pool opens.
    pub max_size: usize,
    /// How many are open.
    pub size: usize,
    /// How many of them are idle.
    pub idle: usize,
    /// How many of them this task itself holds, as far as is known: it waits for itself.
    pub own: usize,
    /// How many others wait.
    pub waiting: usize,
    /// Who has held a connection the longest, the longest first; at most three.
    pub holders: Vec<Holder>,
}

/// Someone who has a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The file in which the connection was taken.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
    /// For how long it has been held.
    pub held: Duration,
}

impl fmt::Display for PoolTimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { waited, max_size, size, idle, own, waiting, holders } = self;
        write!(
            f,
            "no connection became free in {waited:?}: {size} of at most {max_size} are open, {idle} idle; {waiting} \
             others wait"
        )?;
        for Holder { file, line, held } in holders {
            write!(f, "\n  held for {held:.1?} by {file}:{line}")?;
        }
        match own {
            0 => write!(f, "\n  drop connections sooner, or raise `max_size`"),
            own => write!(
                f,
                "\n  this task holds {own} of them itself: run the query on the connection or transaction that it has (without \
                 `separate()`), give that back first, or raise `max_size`"
            ),
        }
    }
}

impl std::error::Error for PoolTimedOut {}

/// The wait for a SQLite database's lock timed out: who holds it, and since when. One connection writes at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockTimedOut {
    /// How long was waited.
    pub waited: Duration,
    /// How many others are waiting.
    pub waiting: usize,
    /// Who holds the lock, the longest first; at most three. Outside of WAL mode, readers share it.
    pub holders: Vec<Holder>,
    pub(crate) query: Option<Box<QueryPlace>>,
}

impl fmt::Display for LockTimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { waited, waiting, holders, .. } = self;
        let others = if *waiting == 1 { "other is" } else { "others are" };
        write!(
            f,
            "timed out after {waited:?} waiting for the SQLite write lock; {waiting} {others} waiting"
        )?;
        for Holder { file, line, held } in holders {
            write!(f, "\n  held for {held:.1?} by {file}:{line}")?;
        }
        write!(
            f,
            "\n  help: end transactions sooner; a task with an open transaction must write through it, because on another \
             connection it would wait for itself"
        )
    }
}

impl std::error::Error for LockTimedOut {}
