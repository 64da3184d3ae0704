//! Columns that may be null, read into a field whose type the user has named.

use super::Decode;
use crate::{ColumnError, Row};

/// A Rust type that a column of the SQL type `T` can be read into when it may be null: an `Option`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a column of the type `{T}` that may be null cannot be read into `{Self}`",
    label = "the column may be null",
    note = "make it `Option<{Self}>`, or say in the query that it is never null: `… as \"name!\"`, `coalesce(…)`"
)]
pub trait DecodeNullable<T>: Sized {
    /// Reads the column.
    fn decode_nullable(row: &Row<'_>, column: usize) -> Result<Self, ColumnError>;
}

impl<T, D: Decode<T>> DecodeNullable<T> for Option<D> {
    fn decode_nullable(row: &Row<'_>, column: usize) -> Result<Self, ColumnError> {
        row.get_nullable::<T, D>(column)
    }
}

/// A column of the SQL type `T` that may be null.
#[doc(hidden)]
pub fn nullable<T, N: DecodeNullable<T>>(row: &Row<'_>, column: usize) -> Result<N, ColumnError> {
    N::decode_nullable(row, column)
}
