//! A connection to PostgreSQL: start-up, queries, copies, notifications and cancelling. It knows nothing of pools, and
//! nothing of the values that statements are given and return: callers encode and decode these.
//!
//! ```no_run
//! use std::ops::ControlFlow;
//! use aio_databases_postgres::{Config, Connector, Encoded, Params, Query, Row, Sql, Step};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let mut config = Config::new();
//! config.set("host", "localhost")?;
//! config.set("user", "postgres")?;
//! let mut connection = Connector::new(config)?.connect().await?;
//!
//! const INT4: u32 = 23;
//! let mut encode = |_run: usize, _index: usize, _type: u32, out: &mut Vec<u8>| {
//!     out.extend_from_slice(&2_i32.to_be_bytes());
//!     Ok(Encoded::Binary)
//! };
//! let mut rows = |row: Row<'_>| {
//!     assert_eq!(row.get(0), Some(&4_i32.to_be_bytes()[..]));
//!     ControlFlow::Continue(())
//! };
//! let query = Query::new(Sql::Static("select 2 * $1::int4")).types(&[INT4]);
//! let step = Step::new(query).params(Params::new(1, &mut encode)).rows(&mut rows);
//! // `begin` travels with the statement.
//! connection.run(&mut [Step::before(Sql::Static("begin")), step]).await?;
//! # Ok(()) }
//! ```

mod cancel;
mod config;
mod connect;
mod connection;
mod copy;
mod error;
#[doc(hidden)]
pub mod fuzz;
mod notify;
mod portal;
mod query;
mod row;
mod statement;
mod wire;

pub use cancel::CancelToken;
pub use config::{
    ChannelBinding, Config, ConfigError, Host, LoadBalance, Negotiation, Password, PasswordHook, Protocol,
    TargetSession,
};
pub use connect::Connector;
pub use connection::{Connection, TransactionStatus};
pub use error::{
    BoxError, ConnectError, ConnectProblem, ConnectSource, Error, Result, ServerError, Severity,
};
pub use notify::Notification;
pub use portal::Fetched;
pub use query::{Done, Params, Results, RowFn, Step};
pub use row::Row;
pub use statement::{Column, Query, Sql, Statement};
pub use wire::{backend::CommandTag, frontend::Encoded};

/// The number of a type, table or other object of the server's.
pub type Oid = u32;
