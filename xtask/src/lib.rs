//! What tests use of xtask: throw-away servers.

pub mod servers;
