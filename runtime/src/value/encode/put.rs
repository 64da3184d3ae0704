//! The arguments of many rows, one after the other, to where they are kept.

use super::{Encode, NotNull};
use crate::Value;
#[cfg(feature = "sqlite")]
use crate::statement::packed::PackedRows;

/// Where the arguments of a row go, in their order.
#[derive(Debug)]
pub struct Put<'a>(pub(crate) To<'a>);

#[derive(Debug)]
pub(crate) enum To<'a> {
    #[cfg(feature = "sqlite")]
    PackedRows(&'a mut PackedRows),
    Values(&'a mut Vec<Value>),
}

impl Put<'_> {
    pub(crate) fn value(&mut self, value: Value) {
        match &mut self.0 {
            #[cfg(feature = "sqlite")]
            To::PackedRows(flat) => flat.add(value),
            To::Values(values) => values.push(value),
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        match &mut self.0 {
            #[cfg(feature = "sqlite")]
            To::PackedRows(flat) => flat.add_text(text),
            To::Values(values) => values.push(Value::Text(text.to_owned())),
        }
    }
}

/// The next argument of a row, where the query wants a `T`.
pub fn put<T, A: Encode<T> + ?Sized>(argument: &A, row: &mut Put<'_>) {
    argument.put(row);
}

/// The next argument of a row, where the query wants a `T` and null cannot be meant.
pub fn put_not_null<T, A: Encode<T> + NotNull + ?Sized>(argument: &A, row: &mut Put<'_>) {
    argument.put(row);
}
