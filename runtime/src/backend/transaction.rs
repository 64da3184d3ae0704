//! How a transaction begins.

use std::time::Duration;

/// What a transaction sees of others that run at the same time: the standard's levels, as each server has them
/// (PostgreSQL's manual, chapter 13.2; MySQL's, 17.7.2.1; SQLite's transactions are always serializable).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Isolation {
    /// What others have not committed may be seen. (PostgreSQL takes it for `ReadCommitted`.)
    ReadUncommitted,
    /// Each statement sees what was committed before it began.
    ReadCommitted,
    /// All statements see what was committed before the first.
    RepeatableRead,
    /// As if one ran after the other. A transaction may have to be tried again: see
    /// [`retry`](crate::TransactionBuilder::retry).
    Serializable,
}

impl Isolation {
    /// Its index in a backend's table of statements.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

/// The settings of a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mode {
    pub(crate) isolation: Option<Isolation>,
    pub(crate) read_only: bool,
    pub(crate) deferrable: bool,
    pub(crate) locking: Locking,
    /// How long each query in it can take.
    pub(crate) query_timeout: Option<Duration>,
}

/// When a transaction of SQLite's takes the right to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Locking {
    /// At once, so that no later statement fails where waiting would help.
    #[default]
    Immediate,
    /// At once, and nobody may read either (where the journal is not a WAL).
    Exclusive,
}

impl Mode {
    /// Whether a savepoint may have it, in a transaction that only reads or not.
    pub(crate) fn fits_in(&self, read_only: bool) -> bool {
        let within = Mode { read_only: self.read_only && !read_only, query_timeout: None, ..*self };
        within == Mode::default()
    }
}
