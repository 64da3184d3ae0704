//! How a query reaches a connection: executors, checked and dynamic queries, and their results.

pub(crate) mod checked;
pub(crate) mod copy;
pub(crate) mod dynamic;
pub(crate) mod executor;
pub(crate) mod fetch;
mod stream;

pub use checked::{First, Query};
pub use copy::{CopyChunk, CopyIn};
pub use dynamic::{DynamicQuery, sql};
pub use executor::{Executor, ReadExecutor};
pub use fetch::Fetch;
pub use stream::Rows;
