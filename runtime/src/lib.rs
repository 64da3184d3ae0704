//! One async database over SQLite, PostgreSQL and MySQL.

mod codec;
mod decode;
mod encode;
mod raw;
pub mod sql_types;
pub mod value;

pub use decode::{ColumnError, Decode, DecodeError};
pub use encode::{Encode, EncodeError, EncodeProblem, NotNull};
pub use raw::{Raw, Row};
pub use value::Value;
