//! Settings of transactions behind a pooler, whose sessions are not this program's alone: they travel with the statements.

use std::time::Duration;

use crate::options::Options;

/// What each transaction is told before its first statement.
#[derive(Debug)]
pub(super) struct PooledSettings {
    /// For a statement outside of transactions: one that is no error and no warning there.
    pub(super) alone: String,
    /// For a transaction that has begun: statements that can come before `set transaction …`.
    pub(super) within: Vec<String>,
}

impl PooledSettings {
    /// Those that the options ask for. `None` if there is no pooler, or nothing to set.
    pub(super) fn new(options: &Options) -> Option<Self> {
        let settings: Vec<_> = all(options).collect();
        if !options.pooler || settings.is_empty() {
            return None;
        }
        let calls =
            settings.iter().map(|(name, value)| format!("pg_catalog.set_config('{name}', '{value}', true)"));
        Some(PooledSettings {
            alone: format!("select {}", calls.collect::<Vec<_>>().join(", ")),
            within: settings.iter().map(|(name, value)| format!("set local {name} = '{value}'")).collect(),
        })
    }
}

fn all(options: &Options) -> impl Iterator<Item = (&'static str, String)> {
    timeouts(options).chain(options.only_reads.then(|| ("transaction_read_only", "on".to_owned())))
}

/// The server's own time limits, by its names.
pub(super) fn timeouts(options: &Options) -> impl Iterator<Item = (&'static str, String)> {
    // A limit that is less than a millisecond is not none.
    let millis = |time: Duration| time.as_millis().clamp(1, i32::MAX as u128).to_string();
    [("statement_timeout", options.statement_timeout), ("lock_timeout", options.lock_timeout)]
        .into_iter()
        .filter_map(move |(name, time)| Some((name, millis(time?))))
}
