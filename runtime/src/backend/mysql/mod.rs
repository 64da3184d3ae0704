//! MySQL and MariaDB: the driver `aio-databases-mysql`.
//!
//! Statements are prepared, so arguments and rows travel in the binary format. Scripts, and the few statements that cannot be prepared,
//! travel as text.

mod connect;
mod control;
mod decode;
#[cfg(feature = "verify")]
mod describe;
mod encode;
mod errors;
mod results;
mod session;
mod types;
mod wire;

pub(super) use connect::MysqlConnector;
