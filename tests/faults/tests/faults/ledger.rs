//! What the tasks know of what they did, to be held against what is in the database.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::operations::Kind;

/// What must be true of a transfer or a batch in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was said to be committed.
    Kept,
    /// It was never committed, or said to be rolled back.
    Gone,
    /// Nobody was told: the future was dropped, or the connection lost.
    Unknown,
}

/// What all tasks did.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Book>);

/// The same, for one who reads it.
#[derive(Clone, Default)]
pub(crate) struct Book {
    pub(crate) fates: BTreeMap<i64, Fate>,
    pub(crate) operations: BTreeMap<Kind, Count>,
    pub(crate) errors: BTreeMap<String, u64>,
}

/// How often something was done, and how long it took.
#[derive(Clone, Copy, Default)]
pub(crate) struct Count {
    done: u64,
    dropped: u64,
    failed: u64,
    longest: Duration,
}

/// How an operation ended.
pub(crate) enum End {
    Done,
    Dropped,
    Failed(String),
}

impl Ledger {
    pub(crate) fn note(&self, kind: Kind, number: i64, fate: Fate, end: End, took: Duration) {
        let mut book = self.book();
        if kind.writes() {
            book.fates.insert(number, fate);
        }
        let count = book.operations.entry(kind).or_default();
        count.longest = count.longest.max(took);
        match end {
            End::Done => count.done += 1,
            End::Dropped => count.dropped += 1,
            End::Failed(error) => {
                count.failed += 1;
                *book.errors.entry(error).or_default() += 1;
            }
        }
    }

    /// How much was committed.
    pub(crate) fn kept(&self) -> usize {
        self.book().fates.values().filter(|fate| **fate == Fate::Kept).count()
    }

    /// How often something was done.
    pub(crate) fn done(&self, kind: Kind) -> u64 {
        self.book().operations.get(&kind).map_or(0, |count| count.done)
    }

    pub(crate) fn read(&self) -> Book {
        self.book().clone()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    pub(crate) fn of(&self, fate: Fate) -> usize {
        self.fates.values().filter(|other| **other == fate).count()
    }
}

impl fmt::Display for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.operations.values();
        let sum = |which: fn(&Count) -> u64| counts.clone().map(which).sum::<u64>();
        let longest = self.operations.iter().max_by_key(|(_, count)| count.longest);
        writeln!(
            f,
            "{} done, {} dropped, {} failed; {} kept, {} gone, {} unknown; longest {}",
            sum(|count| count.done),
            sum(|count| count.dropped),
            sum(|count| count.failed),
            self.of(Fate::Kept),
            self.of(Fate::Gone),
            self.of(Fate::Unknown),
            longest.map_or_else(String::new, |(kind, count)| format!("{:?} ({kind:?})", count.longest)),
        )?;
        for (error, count) in &self.errors {
            writeln!(f, "    {count} of {error}")?;
        }
        Ok(())
    }
}
