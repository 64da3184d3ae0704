//! The statements of MySQL and MariaDB around transactions.

use crate::backend::{control::Control, transaction::Mode};

const ISOLATION: [&str; 4] = [
    "set transaction isolation level read uncommitted",
    "set transaction isolation level read committed",
    "set transaction isolation level repeatable read",
    "set transaction isolation level serializable",
];

/// The control statements of MySQL and MariaDB.
pub(crate) struct MysqlControl;

impl Control for MysqlControl {
    fn begin(&self, mode: &Mode) -> Vec<&'static str> {
        let mut texts = Vec::from_iter(mode.isolation.map(|level| ISOLATION[level.index()]));
        texts.push(if mode.read_only { "start transaction read only" } else { "start transaction" });
        texts
    }

    fn after(&self, _: &Mode) -> Option<&'static str> {
        None
    }

    fn read_only(&self) -> &'static str {
        "set session transaction read only"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Isolation;

    #[test]
    fn begins() {
        let serializable =
            Mode { isolation: Some(Isolation::Serializable), read_only: true, ..Mode::default() };
        let begin = ["set transaction isolation level serializable", "start transaction read only"];
        assert_eq!(MysqlControl.begin(&serializable), begin);
        assert_eq!(MysqlControl.begin(&Mode::default()), ["start transaction"]);
    }
}
