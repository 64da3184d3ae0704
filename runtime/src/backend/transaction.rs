//! How a transaction begins.

use std::time::Duration;

use aio_databases_sql::Dialect;

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
    fn sql(self) -> usize {
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

/// `begin` with each isolation level (the last: without one), for reading and writing or for reading only.
const POSTGRES: [[&str; 2]; 5] = [
    ["begin isolation level read uncommitted", "begin isolation level read uncommitted read only"],
    ["begin isolation level read committed", "begin isolation level read committed read only"],
    ["begin isolation level repeatable read", "begin isolation level repeatable read read only"],
    ["begin isolation level serializable", "begin isolation level serializable read only"],
    ["begin", "begin read only"],
];

const MYSQL_ISOLATION: [&str; 4] = [
    "set transaction isolation level read uncommitted",
    "set transaction isolation level read committed",
    "set transaction isolation level repeatable read",
    "set transaction isolation level serializable",
];

impl Mode {
    /// Whether a savepoint may have it, in a transaction that only reads or not.
    pub(crate) fn fits_in(&self, read_only: bool) -> bool {
        let within = Mode { read_only: self.read_only && !read_only, query_timeout: None, ..*self };
        within == Mode::default()
    }

    /// The statements that begin such a transaction.
    pub(crate) fn begin(&self, backend: Dialect) -> Vec<&'static str> {
        match backend {
            Dialect::Postgres => {
                let level = self.isolation.map_or(POSTGRES.len() - 1, Isolation::sql);
                let mut texts = vec![POSTGRES[level][usize::from(self.read_only)]];
                if self.deferrable {
                    texts.push("set transaction deferrable");
                }
                texts
            }
            Dialect::Mysql => {
                let mut texts = Vec::from_iter(self.isolation.map(|level| MYSQL_ISOLATION[level.sql()]));
                texts.push(if self.read_only { "start transaction read only" } else { "start transaction" });
                texts
            }
            Dialect::Sqlite if self.read_only => vec!["pragma query_only = on", "begin deferred"],
            Dialect::Sqlite => match self.locking {
                Locking::Immediate => vec!["begin immediate"],
                Locking::Exclusive => vec!["begin exclusive"],
            },
        }
    }

    /// What must be sent when it has ended.
    pub(crate) fn after(&self, backend: Dialect) -> Option<&'static str> {
        (backend == Dialect::Sqlite && self.read_only).then_some("pragma query_only = off")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins() {
        let serializable = Mode {
            isolation: Some(Isolation::Serializable),
            read_only: true,
            deferrable: true,
            ..Mode::default()
        };
        let exclusive = Mode { locking: Locking::Exclusive, ..Mode::default() };
        for (mode, backend, expected) in [
            (Mode::default(), Dialect::Postgres, &["begin"][..]),
            (Mode::default(), Dialect::Mysql, &["start transaction"]),
            (Mode::default(), Dialect::Sqlite, &["begin immediate"]),
            (exclusive, Dialect::Sqlite, &["begin exclusive"]),
            (
                serializable,
                Dialect::Postgres,
                &["begin isolation level serializable read only", "set transaction deferrable"],
            ),
            (
                serializable,
                Dialect::Mysql,
                &["set transaction isolation level serializable", "start transaction read only"],
            ),
            (serializable, Dialect::Sqlite, &["pragma query_only = on", "begin deferred"]),
        ] {
            assert_eq!(mode.begin(backend), expected);
        }
    }
}
