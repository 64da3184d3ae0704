//! SQLite's statements around transactions.

use crate::backend::{
    control::Control,
    transaction::{Locking, Mode},
};

/// SQLite's control statements.
pub(crate) struct SqliteControl;

impl Control for SqliteControl {
    fn begin(&self, mode: &Mode) -> Vec<&'static str> {
        match (mode.read_only, mode.locking) {
            (true, _) => vec!["pragma query_only = on", "begin deferred"],
            (false, Locking::Immediate) => vec!["begin immediate"],
            (false, Locking::Exclusive) => vec!["begin exclusive"],
        }
    }

    fn after(&self, mode: &Mode) -> Option<&'static str> {
        mode.read_only.then_some("pragma query_only = off")
    }

    fn read_only(&self) -> &'static str {
        "pragma query_only = on"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins() {
        let exclusive = Mode { locking: Locking::Exclusive, ..Mode::default() };
        let reading = Mode { read_only: true, ..Mode::default() };
        assert_eq!(SqliteControl.begin(&Mode::default()), ["begin immediate"]);
        assert_eq!(SqliteControl.begin(&exclusive), ["begin exclusive"]);
        assert_eq!(SqliteControl.begin(&reading), ["pragma query_only = on", "begin deferred"]);
        assert_eq!(SqliteControl.after(&reading), Some("pragma query_only = off"));
        assert_eq!(SqliteControl.after(&exclusive), None);
    }
}
