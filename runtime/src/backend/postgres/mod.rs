//! PostgreSQL, on the driver of our own.
//!
//! The server says which types a statement's parameters have, and arguments are encoded as these; rows are decoded out of the
//! driver's read buffer.

mod connect;
mod control;
mod decode;
#[cfg(feature = "verify")]
mod describe;
mod encode;
mod errors;
mod session;
mod types;

pub(super) use connect::PostgresConnector;
