//! PostgreSQL's statements around transactions.

use crate::backend::{
    control::Control,
    transaction::{Isolation, Mode},
};

/// `begin` with each isolation level (the last: without one), for reading and writing or for reading only.
const BEGIN: [[&str; 2]; 5] = [
    ["begin isolation level read uncommitted", "begin isolation level read uncommitted read only"],
    ["begin isolation level read committed", "begin isolation level read committed read only"],
    ["begin isolation level repeatable read", "begin isolation level repeatable read read only"],
    ["begin isolation level serializable", "begin isolation level serializable read only"],
    ["begin", "begin read only"],
];

/// PostgreSQL's control statements.
pub(crate) struct PostgresControl;

impl Control for PostgresControl {
    fn begin(&self, mode: &Mode) -> Vec<&'static str> {
        let level = mode.isolation.map_or(BEGIN.len() - 1, Isolation::index);
        let mut texts = vec![BEGIN[level][usize::from(mode.read_only)]];
        if mode.deferrable {
            texts.push("set transaction deferrable");
        }
        texts
    }

    fn after(&self, _: &Mode) -> Option<&'static str> {
        None
    }

    fn read_only(&self) -> &'static str {
        "set session characteristics as transaction read only"
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
        let begin = ["begin isolation level serializable read only", "set transaction deferrable"];
        assert_eq!(PostgresControl.begin(&serializable), begin);
        assert_eq!(PostgresControl.begin(&Mode::default()), ["begin"]);
    }
}
