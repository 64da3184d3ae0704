//! PostgreSQL, on the driver of our own.
//!
//! The server says which types a statement's parameters have, and arguments are encoded as these; rows are decoded out of the
//! driver's read buffer.

mod connect;
mod control;
mod copy;
pub(super) mod decode;
#[cfg(feature = "verify")]
mod describe;
pub(super) mod encode;
pub(super) mod errors;
mod listen;
mod pooled;
pub(super) mod session;
pub(super) mod types;

pub(super) use connect::PostgresConnector;
