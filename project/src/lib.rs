#![doc = include_str!("../README.md")]

mod config;
mod schema;

pub use config::{Config, DateTime, declared_backends, postgres_version, workspace_manifest};
#[cfg(feature = "checksums")]
pub use schema::checksums;
pub use schema::{Located, load, locate};

/// The environment variable with the folder of another crate, whose settings and schema are used instead.
pub const MANIFEST_DIR: &str = "AIO_DATABASES_MANIFEST_DIR";
