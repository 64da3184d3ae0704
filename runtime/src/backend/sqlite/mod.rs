//! SQLite: `rusqlite`, with a worker thread for each session.
//!
//! Whole statements go to the thread and whole results come back; rows are decoded there. The engine is behind a mutex, so that a
//! short statement can run on the caller's thread. Sessions that write queue for one lock.

mod bounded;
mod busy;
mod cancel;
mod connect;
mod control;
pub(super) mod decode;
#[cfg(feature = "verify")]
mod describe;
pub(super) mod encode;
mod engine;
pub(super) mod errors;
mod flat;
mod in_place;
mod lock_queue;
mod open;
mod session;
mod stream;
mod worker;

pub(super) use connect::SqliteConnector;
