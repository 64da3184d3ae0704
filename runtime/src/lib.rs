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
//! | `sqlx` | the pools, connections and transactions of sqlx as [executors](Executor#on-what-sqlx-has-opened) |
//! | `verify` | [`Database::verify`]: whether the database is the one that the queries were checked for |
//! | `tls` | encrypted connections to PostgreSQL and MySQL, through rustls |
//! | `metrics` | gauges of the pools and the times of queries, in the `metrics` facade |
//! | `chrono`, `time` | dates and times of these crates as arguments and in records |
//! | `uuid`, `rust_decimal`, `json` | the types of `uuid`, `rust_decimal` and `serde_json` |

// What only some of the backends use is unused without them. The build with all features reports what nobody uses.
#![cfg_attr(
    not(all(feature = "sqlite", feature = "postgres", feature = "mysql", feature = "verify")),
    allow(dead_code, unused_imports)
)]
// Without a backend, nothing runs what is here for them.
#![cfg_attr(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")), allow(unused))]

/// The repository's README, whose example must run.
#[cfg(all(doctest, feature = "macros", feature = "sqlite"))]
#[doc = include_str!("../../README.md")]
struct Readme;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod backend;
mod connection;
mod database;
mod error;
mod execute;
mod listen;
#[cfg(feature = "macros")]
mod macros;
mod migrate;
mod options;
mod pool;
mod statement;
mod url;
pub mod value;
#[cfg(feature = "verify")]
mod verify;

pub use aio_databases_sql::Dialect;
pub use backend::Backend;
pub use connection::{
    AdvisoryLock, Connecting, Connection, Current, Isolation, LockKey, Transaction, TransactionBuilder,
};
pub use database::{Builder, Database, Pooler, TlsMode};
pub use error::{
    ConnectError, ConnectProblem, ConstraintKind, DatabaseError, Error, Holder, LockTimedOut, MigrateError,
    PoolTimedOut, QueryPlace, Result, UrlError, UrlProblem,
};
pub use execute::{CopyChunk, CopyIn, DynamicQuery, Executor, Fetch, First, Query, ReadExecutor, Rows, sql};
pub use listen::{Listen, ListenEvent, Listener, Notification};
#[cfg(feature = "macros")]
pub use macros::{
    Type, copy_in, execute, executemany, fetchall, fetchmany, fetchone, fetchval, iterate, migrate, query,
    query_as, query_val,
};
#[doc(hidden)]
pub use migrate::Source as MigrationSource;
pub use migrate::{Migration, Migrations};
pub use pool::status::PoolStatus;
#[cfg(feature = "sqlite")]
pub use rusqlite;
pub use statement::{Arguments, Done, IntoArguments, IntoSql, Named, Trusted, access, shape};
#[doc(hidden)]
pub use value::AtOnce;
#[cfg(feature = "json")]
pub use value::Json;
pub use value::{
    ColumnError, ColumnIndex, Decode, DecodeError, Encode, EncodeError, EncodeProblem, NotNull, Raw, Record,
    Row, Value, sql_types,
};
#[cfg(feature = "verify")]
pub use verify::{Difference, DifferenceKind, Verified, VerifyError};
