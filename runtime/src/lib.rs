//! One async database over SQLite, PostgreSQL and MySQL.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod codec;
mod database;
mod decode;
mod done;
mod encode;
mod error;
mod executor;
mod fetch;
mod query;
mod raw;
pub mod shape;
mod sink;
pub mod sql_types;
mod statement;
mod stream;
pub mod value;

pub use aio_databases_sql::Dialect as Backend;
pub use database::{Connection, Database};
pub use decode::{ColumnError, Decode, DecodeError};
pub use done::Done;
pub use encode::{Encode, EncodeError, EncodeProblem, NotNull};
pub use error::{
    ConnectError, ConnectProblem, ConstraintKind, DatabaseError, Error, Holder, PoolTimedOut, QueryPlace,
    Result, UrlError, UrlProblem,
};
pub use executor::Executor;
pub use fetch::Fetch;
pub use query::{First, Query};
pub use raw::{Raw, Row};
pub use stream::Rows;
pub use value::Value;
