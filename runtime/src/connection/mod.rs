//! What a program holds on to: guards and scopes on a connection, transactions, and the connection that they share.

mod advisory;
mod guard;
pub(crate) mod scope;
pub(crate) mod shared;
mod transaction;

pub use advisory::{AdvisoryLock, LockKey};
pub use guard::{Connecting, Connection};
pub use scope::Current;
pub use transaction::{Isolation, Transaction, TransactionBuilder};
