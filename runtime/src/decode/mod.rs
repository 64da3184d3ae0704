//! Results: which Rust types a column of a SQL type can be read into.

mod error;
mod impls;

pub use error::{ColumnError, DecodeError};

use crate::Raw;

/// A Rust type that every value of the SQL type `T` can be read into.
///
/// `T` is one of [`sql_types`](crate::sql_types). An `Option` of such a type fits as well.
#[diagnostic::on_unimplemented(
    message = "a column of the type `{T}` cannot be read into `{Self}`",
    label = "the column is `{T}`"
)]
pub trait Decode<T>: Sized {
    /// Reads the value.
    fn decode(value: Raw<'_>) -> Result<Self, DecodeError>;

    /// How a sequence of these is read where the type is unknown: from an array; `u8` from bytes.
    #[doc(hidden)]
    fn decode_vec(value: Raw<'_>) -> Result<Vec<Self>, DecodeError> {
        impls::elements::<T, Self>(value)
    }
}
