//! The statements around transactions, which each backend has of its own.

use super::transaction::Mode;

/// A backend's control statements.
pub(crate) trait Control: Send + Sync {
    /// The statements that begin a transaction.
    fn begin(&self, mode: &Mode) -> Vec<&'static str>;

    /// The statement that must follow the end of such a transaction.
    fn after(&self, mode: &Mode) -> Option<&'static str>;

    /// The statement after which the server rejects all writes of the session.
    fn read_only(&self) -> &'static str;
}
