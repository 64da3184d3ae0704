//! How far a script came, and what of it the database keeps.

use super::script::{Control, Effect, Statement};
use crate::Dialect;

/// How far a script came that is not one transaction.
#[derive(Default)]
pub(super) struct Progress {
    /// A transaction is open.
    pub(super) open: bool,
    /// Something was done in it.
    pending: bool,
    /// Something was done that stays.
    pub(super) kept: bool,
}

impl Progress {
    /// Notes a statement that was run.
    pub(super) fn add(&mut self, statement: &Statement, sql: &str, done: bool, dialect: Dialect) {
        let other = statement.effect == Effect::Other && statement.control == Control::None;
        let commits_itself = dialect == Dialect::Mysql && other;
        if commits_itself {
            self.commit();
        }
        let first = sql.split_ascii_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        if !done {
            // It may have committed a part of itself.
            let commits = first == "call" || sql.to_ascii_lowercase().contains("concurrently");
            self.kept |= !self.open && commits;
            return;
        }
        match statement.control {
            Control::None if statement.effect == Effect::Setting => {}
            Control::None if self.open => self.pending = true,
            Control::None => self.kept = true,
            Control::Begin => {
                self.commit();
                self.open = true;
            }
            Control::End | Control::Chain => {
                if !(first.starts_with("rollback") || first.starts_with("abort")) {
                    self.kept |= self.pending;
                }
                self.pending = false;
                self.open = statement.control == Control::Chain;
            }
        }
    }

    fn commit(&mut self) {
        self.kept |= self.pending;
        self.pending = false;
        self.open = false;
    }
}
