#![doc = include_str!("../README.md")]

mod config;
mod schema;

pub use config::{Config, DateTime, declared_backends, postgres_version, workspace_manifest};
#[cfg(feature = "checksums")]
pub use schema::checksums;
pub use schema::{Located, load, locate};

/// The environment variable that names another crate's folder to read the settings and the schema from.
pub const MANIFEST_DIR: &str = "AIO_DATABASES_MANIFEST_DIR";
