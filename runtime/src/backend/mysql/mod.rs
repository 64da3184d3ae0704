//! MySQL and MariaDB: the driver `aio-databases-mysql`.
//!
//! Statements are prepared, so arguments and rows travel in the binary format. Scripts, and the few statements that cannot be prepared,
//! travel as text.

mod connect;
mod control;
pub(super) mod decode;
#[cfg(feature = "verify")]
mod describe;
pub(super) mod encode;
pub(super) mod errors;
pub(super) mod results;
mod session;
pub(super) mod types;
mod wire;

pub(super) use connect::MysqlConnector;
