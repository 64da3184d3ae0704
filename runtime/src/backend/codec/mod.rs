//! Arguments on their way to each backend.

#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod refusal;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use refusal::Refusal;
#[cfg(any(feature = "postgres", feature = "mysql"))]
use refusal::argument;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use refusal::check_count;
#[cfg(feature = "sqlite")]
use refusal::count;
