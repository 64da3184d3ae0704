//! One row of whichever backend.

use super::Raw;
use crate::{ColumnError, Decode, DecodeError, Value};

/// One row, whose columns are read by index.
#[derive(Clone, Copy)]
pub struct Row<'r>(&'r dyn RowSource);

/// A row as a backend holds it.
pub(crate) trait RowSource {
    /// How many columns it has.
    fn len(&self) -> usize;

    /// The names of its columns; none if only values are known.
    fn names(&self) -> Vec<String>;

    /// A column's value; `None`: there is no such column.
    fn raw(&self, column: usize) -> Option<Raw<'_>>;

    /// About how many bytes its values have. It is asked for each row of a stream, so it has to be cheap.
    fn size(&self) -> usize;

    /// A value that needs no more than to be taken, as SQLite's are, and the servers' integers and texts.
    fn plain(&self, column: usize) -> Option<Plain<'_>>;
}

/// A value as it lies in the row.
pub(crate) enum Plain<'r> {
    Null,
    Integer(i64),
    Float(f64),
    Text(&'r [u8]),
}

/// What [`Decode::at_once`] comes to.
#[doc(hidden)]
#[derive(Debug)]
pub enum AtOnce<D> {
    /// The value.
    Value(D),
    /// The value is null.
    Null,
    /// It takes more to say, or is an error.
    Unknown,
}

impl<D> AtOnce<D> {
    #[inline]
    pub(crate) fn of<'r>(plain: Option<Plain<'r>>, read: impl FnOnce(Plain<'r>) -> Option<D>) -> Self {
        match plain {
            None => AtOnce::Unknown,
            Some(Plain::Null) => AtOnce::Null,
            Some(plain) => read(plain).map_or(AtOnce::Unknown, AtOnce::Value),
        }
    }
}

impl<'r> Row<'r> {
    pub(crate) fn new(source: &'r dyn RowSource) -> Self {
        Row(source)
    }

    /// How many columns it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no column.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// About how many bytes its values have.
    pub(crate) fn size(&self) -> usize {
        self.0.size()
    }

    /// The names of its columns; none if only values are known.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.names()
    }

    /// A column's value.
    ///
    /// # Errors
    ///
    /// [`DecodeError::NoSuchColumn`] if the row has fewer columns.
    #[inline]
    pub fn raw(&self, column: usize) -> Result<Raw<'r>, ColumnError> {
        self.0.raw(column).ok_or_else(|| self.no_such(column))
    }

    /// A value that needs no more than to be taken, as SQLite's are, and the servers' integers and texts.
    #[inline]
    pub(crate) fn plain(&self, column: usize) -> Option<Plain<'r>> {
        self.0.plain(column)
    }

    #[cold]
    fn no_such(&self, column: usize) -> ColumnError {
        ColumnError { column, error: DecodeError::NoSuchColumn { columns: self.len() } }
    }

    /// A column of the SQL type `T`, read into `D`. Null is an error where `D` is no `Option`.
    #[inline]
    pub fn get<T, D: Decode<T>>(&self, column: usize) -> Result<D, ColumnError> {
        match D::at_once(self, column) {
            AtOnce::Value(value) => Ok(value),
            AtOnce::Null | AtOnce::Unknown => self.decode(column),
        }
    }

    /// A column of the SQL type `T` that may be null.
    #[inline]
    pub fn get_nullable<T, D: Decode<T>>(&self, column: usize) -> Result<Option<D>, ColumnError> {
        match D::at_once(self, column) {
            AtOnce::Value(value) => Ok(Some(value)),
            AtOnce::Null => Ok(None),
            AtOnce::Unknown => self.decode_nullable(column),
        }
    }

    fn decode<T, D: Decode<T>>(&self, column: usize) -> Result<D, ColumnError> {
        D::decode(self.raw(column)?).map_err(|error| ColumnError { column, error })
    }

    fn decode_nullable<T, D: Decode<T>>(&self, column: usize) -> Result<Option<D>, ColumnError> {
        let raw = self.raw(column)?;
        if raw.is_null() {
            return Ok(None);
        }
        D::decode(raw).map(Some).map_err(|error| ColumnError { column, error })
    }
}

impl<'r> From<&'r Vec<Value>> for Row<'r> {
    fn from(values: &'r Vec<Value>) -> Self {
        Row(values)
    }
}

impl RowSource for Vec<Value> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn size(&self) -> usize {
        Vec::len(self) * size_of::<Value>()
    }

    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        self.get(column).map(Raw::from)
    }

    fn plain(&self, _column: usize) -> Option<Plain<'_>> {
        None
    }
}
