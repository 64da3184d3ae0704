//! Rows read as the macros have them read: all columns at once, or the first alone.

use super::Decode;
use crate::{ColumnError, Row};

/// A tuple that the columns of a row are read into; `M` are their SQL types.
#[doc(hidden)]
pub trait Columns<M>: Sized {
    /// Reads them.
    fn read(row: &Row<'_>) -> Result<Self, ColumnError>;
}

macro_rules! tuples {
    ($($marker:ident $ty:ident $column:literal)*) => { tuples!(@ ; $($marker $ty $column)*); };
    (@ $($marker:ident $ty:ident $column:literal)*;) => {};
    (@ $($done_marker:ident $done:ident $at:literal)* ; $marker:ident $ty:ident $column:literal $($rest:tt)*) => {
        impl<$($done_marker, $done: Decode<$done_marker>,)* $marker, $ty: Decode<$marker>>
            Columns<($($done_marker,)* $marker,)> for ($($done,)* $ty,)
        {
            #[inline]
            fn read(row: &Row<'_>) -> Result<Self, ColumnError> {
                Ok(($(row.get::<$done_marker, $done>($at)?,)* row.get::<$marker, $ty>($column)?,))
            }
        }
        tuples!(@ $($done_marker $done $at)* $marker $ty $column ; $($rest)*);
    };
}
tuples!(M0 A 0 M1 B 1 M2 C 2 M3 D 3 M4 E 4 M5 F 5 M6 G 6 M7 H 7 M8 I 8 M9 J 9 M10 K 10 M11 L 11);

/// The first column, of the SQL type `M`.
#[doc(hidden)]
#[inline]
pub fn first<M, T: Decode<M>>(row: &Row<'_>) -> Result<T, ColumnError> {
    row.get(0)
}

/// The same where it may be null.
#[doc(hidden)]
#[inline]
pub fn first_nullable<M, T: Decode<M>>(row: &Row<'_>) -> Result<Option<T>, ColumnError> {
    row.get_nullable(0)
}

/// The same where it is never null, but there may be no row.
#[doc(hidden)]
#[inline]
pub fn first_some<M, T: Decode<M>>(row: &Row<'_>) -> Result<Option<T>, ColumnError> {
    row.get(0).map(Some)
}
