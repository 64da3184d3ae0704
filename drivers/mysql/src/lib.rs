//! A connection to MySQL or MariaDB: log-in, statements and their results. It knows nothing of pools.
//!
//! The protocol is implemented here, not taken from `mysql_common` (42 crates) or `mysql_async` (104 crates, tokio only): messages are
//! checked before memory is allocated, rows are read in place, and every status flag is seen.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use aio_databases_mysql::{Config, Connection, Flow, Row, Sql};
//!
//! # async fn example() -> aio_databases_mysql::Result<()> {
//! let config = Arc::new(Config::new().host("127.0.0.1").user("root").database("shop"));
//! let mut connection = Connection::connect(&config).await?;
//! let mut names = Vec::new();
//! let mut sink = |row: Row<'_>| {
//!     names.push(String::from_utf8_lossy(row.get(0).unwrap_or_default()).into_owned());
//!     Flow::Continue
//! };
//! let mut bind = |params: &mut aio_databases_mysql::Params<'_>| {
//!     params.int(7);
//!     Ok(())
//! };
//! connection.execute(Sql::Static("select name from users where id = ?"), 1, &mut bind, &mut sink).await?;
//! # Ok(())
//! # }
//! ```

mod auth;
mod cancel;
mod column;
mod config;
mod connect;
mod connection;
mod error;
mod params;
mod protocol;
mod row;
mod ssl;
mod statement;
mod status;

pub use aio_databases_net::{KeepAlive, tls::Pem};

pub use self::{
    cancel::CancelToken,
    column::{BINARY_CHARSET, Column, ColumnFlags, ColumnType, Columns},
    config::{AskPassword, Config},
    connection::{Connection, Done, Prepared, Server, Sink},
    error::{ConnectProblem, Error, Result, ServerError},
    params::{BoxError, Params},
    protocol::{
        message::End,
        output::{write_integer, write_string},
    },
    row::{Flow, Format, Row},
    ssl::SslMode,
    statement::Sql,
    status::{Session, Status, Transaction},
};
