//! Rows copied out of SQLite, for another thread to decode.
//!
//! They take no allocation each. So a record is allocated on the thread that frees it: allocators are slow at freeing the memory of
//! other threads.

use std::ops::Range;

use super::decode::AnyType;
use crate::{
    ColumnError, Raw, Row,
    value::reference::{Cell, Plain, RowSource},
};

/// Rows of one statement, one after another.
#[derive(Default)]
pub(super) struct FlatRows {
    /// The names of the columns.
    names: Vec<String>,
    values: Vec<Value>,
    /// The bytes of all texts and blobs.
    bytes: Vec<u8>,
    count: usize,
}

/// A value, or where its bytes are.
enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(Range<usize>),
    Blob(Range<usize>),
}

impl FlatRows {
    /// Copies a row.
    pub(super) fn push(&mut self, row: &Row<'_>) -> Result<(), ColumnError> {
        if self.names.is_empty() {
            self.names = row.names();
        }
        for column in 0..row.len() {
            let value = match row.raw(column)?.cell() {
                Cell::Integer(value) => Value::Integer(value),
                Cell::Real(value) => Value::Real(value),
                Cell::Text(bytes) => Value::Text(self.copy(bytes)),
                Cell::Blob(bytes) => Value::Blob(self.copy(bytes)),
                _ => Value::Null,
            };
            self.values.push(value);
        }
        self.count += 1;
        Ok(())
    }

    fn copy(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// How many bytes the rows take.
    pub(super) fn size(&self) -> usize {
        self.values.len() * size_of::<Value>() + self.bytes.len()
    }

    /// A row, by its number.
    pub(super) fn row(&self, number: usize) -> FlatRow<'_> {
        let first = number * self.names.len();
        let values = self.values.get(first..first + self.names.len()).unwrap_or_default();
        FlatRow { rows: self, values }
    }

    /// Removes all rows. Their memory is used again, up to a size.
    pub(super) fn clear(&mut self) {
        self.count = 0;
        self.values.clear();
        self.values.shrink_to(KEPT / size_of::<Value>());
        self.bytes.clear();
        self.bytes.shrink_to(KEPT);
    }
}

/// How many bytes of memory are kept for the next rows.
const KEPT: usize = 1 << 21;

/// One of the rows.
pub(super) struct FlatRow<'r> {
    rows: &'r FlatRows,
    values: &'r [Value],
}

impl FlatRow<'_> {
    fn bytes(&self, place: &Range<usize>) -> &[u8] {
        self.rows.bytes.get(place.clone()).unwrap_or_default()
    }
}

impl RowSource for FlatRow<'_> {
    fn len(&self) -> usize {
        self.values.len()
    }

    fn names(&self) -> Vec<String> {
        self.rows.names.clone()
    }

    fn size(&self) -> usize {
        let size = |value: &Value| match value {
            Value::Text(place) | Value::Blob(place) => place.len(),
            Value::Null | Value::Integer(_) | Value::Real(_) => 8,
        };
        self.values.iter().map(size).sum()
    }

    #[inline]
    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        let cell = match self.values.get(column)? {
            Value::Null => Cell::Null,
            Value::Integer(value) => Cell::Integer(*value),
            Value::Real(value) => Cell::Real(*value),
            Value::Text(place) => Cell::Text(self.bytes(place)),
            Value::Blob(place) => Cell::Blob(self.bytes(place)),
        };
        Some(Raw::new(&AnyType, cell))
    }

    #[inline]
    fn plain(&self, column: usize) -> Option<Plain<'_>> {
        match self.values.get(column)? {
            Value::Null => Some(Plain::Null),
            Value::Integer(value) => Some(Plain::Integer(*value)),
            Value::Real(value) => Some(Plain::Float(*value)),
            Value::Text(place) => Some(Plain::Text(self.bytes(place))),
            Value::Blob(_) => None,
        }
    }
}
