//! The runtime by itself, without the macros: on SQLite, and on each server whose URL is in the environment
//! (`AIO_DATABASES_POSTGRES_URL`, `AIO_DATABASES_MYSQL_URL`).

#![allow(missing_docs)]

mod advisory;
mod bench;
mod cancel;
mod checked;
mod clean;
mod connect;
mod dynamic;
mod errors;
mod guards;
#[cfg(feature = "sqlite")]
mod in_place;
mod init;
#[cfg(feature = "sqlite")]
mod locks;
mod many;
#[cfg(feature = "metrics")]
mod metrics;
mod migrate;
#[cfg(feature = "mysql")]
mod mysql;
mod opening;
#[cfg(feature = "postgres")]
mod pooler;
mod proxy;
#[cfg(feature = "sqlite")]
mod replicas;
mod scopes;
mod scripts;
mod streams;
mod timeouts;
mod trace;
mod transactions;
