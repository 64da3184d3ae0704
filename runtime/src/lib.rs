//! One async database over SQLite, PostgreSQL and MySQL.
//!
//! A [`Database`] is one URL and a pool of connections to it. Queries are run on it, or on one of its connections:
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> aio_databases::Result<()> {
//! use aio_databases::Database;
//!
//! let db = Database::open("sqlite::memory:").await?;
//! db.execute("create table users (id integer primary key, name text not null)", ()).await?;
//! db.executemany("insert into users (name) values ($1)", [("Ada",), ("Grace",)]).await?;
//!
//! let users = db.fetchall("select id, name from users order by id", ()).await?;
//! assert_eq!(users.len(), 2);
//! assert_eq!(users[0]["name"], "Ada");
//! assert_eq!(users[1], (2, "Grace"));
//!
//! let error = db.execute("insert into users (id, name) values (1, 'Alan')", ()).await.unwrap_err();
//! assert!(error.is_unique_violation());
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "sqlite"))]
//! # fn main() {}
//! ```
//!
//! These methods take SQL that is only known at run time and give dynamic [`Record`]s. With the feature `macros`, which is on by
//! default, queries are checked while the program compiles and give typed records.
//!
//! # Features
//!
//! | Feature | What it brings |
//! |---|---|
//! | `sqlite` (default) | SQLite, built in |
//! | `postgres` | PostgreSQL |
//! | `mysql` | MySQL and MariaDB |
//! | `macros` (default) | queries that are checked while the program compiles |
//! | `verify` | [`Database::verify`]: whether the database is the one that the queries were checked for |
//! | `tls` | encrypted connections to PostgreSQL and MySQL, through rustls |
//! | `chrono`, `time` | dates and times of these crates as arguments and in records |
//! | `uuid`, `rust_decimal`, `json` | the types of `uuid`, `rust_decimal` and `serde_json` |

// Without a backend, nothing runs what is here for them.
#![cfg_attr(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")), allow(unused))]

/// The repository's README, whose example must run.
#[cfg(all(doctest, feature = "macros", feature = "sqlite"))]
#[doc = include_str!("../../README.md")]
struct Readme;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod access;
mod backend;
mod batch;
mod builder;
mod codec;
mod command;
mod connection;
mod database;
mod decode;
mod done;
mod dynamic;
mod encode;
mod error;
mod executor;
mod fetch;
#[cfg(feature = "sqlite")]
mod flat;
mod held;
mod init;
mod lease;
#[cfg(feature = "macros")]
mod macros;
mod migrate;
mod options;
mod pool;
mod query;
mod raw;
mod record;
mod replicas;
mod scope;
pub mod shape;
mod share;
mod sink;
mod site;
pub mod sql_types;
mod statement;
mod stream;
mod tables;
mod trace;
mod transaction;
mod types;
mod url;
pub mod value;
mod verb;
#[cfg(feature = "verify")]
mod verify;
mod waiting;

pub use aio_databases_sql::Dialect as Backend;
pub use builder::Builder;
pub use connection::{Connecting, Connection};
pub use database::Database;
pub use decode::{ColumnError, Decode, DecodeError};
pub use done::Done;
pub use dynamic::{Arguments, DynamicQuery, IntoArguments, IntoSql, Named, Trusted, sql};
pub use encode::{Encode, EncodeError, EncodeProblem, NotNull};
pub use error::{
    ConnectError, ConnectProblem, ConstraintKind, DatabaseError, Error, Holder, MigrateError, PoolTimedOut,
    QueryPlace, Result, TurnTimedOut, UrlError, UrlProblem,
};
pub use executor::{Executor, ReadExecutor};
pub use fetch::Fetch;
#[cfg(feature = "macros")]
pub use macros::{
    Type, execute, executemany, fetchall, fetchmany, fetchone, fetchval, iterate, migrate, query, query_as,
    query_val,
};
#[doc(hidden)]
pub use migrate::Source as MigrationSource;
pub use migrate::{Migration, Migrations};
pub use query::{First, Query};
#[doc(hidden)]
pub use raw::AtOnce;
pub use raw::{Raw, Row};
pub use record::{ColumnIndex, Record};
#[cfg(feature = "sqlite")]
pub use rusqlite;
pub use scope::Current;
pub use stream::Rows;
pub use transaction::{Beginning, Isolation, Transaction};
#[cfg(feature = "json")]
pub use types::Json;
pub use value::Value;
#[cfg(feature = "verify")]
pub use verify::{Difference, DifferenceKind, Verified, VerifyError};
