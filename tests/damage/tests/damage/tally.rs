//! What many rounds came to.

use std::{collections::BTreeMap, fmt};

use crate::harm::Kind;

/// How many faults are shown with the round that shows each again.
const SHOWN: usize = 3;

/// Counts, and what was wrong.
#[derive(Default)]
pub(crate) struct Tally {
    rounds: u64,
    /// How many rounds were harmed, by kind, and in how many an operation ended with an error then.
    harmed: BTreeMap<Kind, (u64, u64)>,
    /// Rounds in which a flipped bit gave another value, which nobody can know.
    unknowable: u64,
    /// What was wrong, in how many rounds, and what shows the first of them again.
    faults: BTreeMap<String, (u64, Vec<String>)>,
}

/// What one round came to.
#[derive(Default)]
pub(crate) struct Round {
    pub(crate) harmed: Option<Kind>,
    /// Whether an operation ended with an error.
    pub(crate) failed: bool,
    /// Whether a flipped bit gave another value.
    pub(crate) unknowable: bool,
    pub(crate) wrong: Vec<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, round: Round, again: &str) {
        self.rounds += 1;
        self.unknowable += u64::from(round.unknowable);
        if let Some(kind) = round.harmed {
            let (harmed, failed) = self.harmed.entry(kind).or_default();
            *harmed += 1;
            *failed += u64::from(round.failed);
        }
        for wrong in round.wrong {
            let (count, shown) = self.faults.entry(wrong).or_default();
            *count += 1;
            if shown.len() < SHOWN {
                shown.push(again.to_owned());
            }
        }
    }

    /// How many faults there are.
    pub(crate) fn faults(&self) -> usize {
        self.faults.len()
    }

    /// Whether each kind of harm was done.
    pub(crate) fn harmed(&self) -> u64 {
        self.harmed.values().map(|(harmed, _)| harmed).sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} rounds, {} of them harmed:", self.rounds, self.harmed())?;
        for (kind, (harmed, failed)) in &self.harmed {
            let kind = format!("{kind:?}");
            writeln!(f, "  {kind:<8} {harmed:>6}, with an error in {failed}")?;
        }
        writeln!(f, "  a flipped bit gave another value, which nobody can know: {}", self.unknowable)?;
        let mut faults: Vec<_> = self.faults.iter().collect();
        faults.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for (wrong, (count, shown)) in faults {
            writeln!(f, "  WRONG in {count} rounds: {wrong}")?;
            for again in shown {
                writeln!(f, "    {again}")?;
            }
        }
        Ok(())
    }
}
