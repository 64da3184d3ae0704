//! One row of whichever backend.

use super::Raw;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use super::Source;
use crate::{ColumnError, Decode, DecodeError, Value};

/// One row, whose columns are read by index.
#[derive(Clone, Copy)]
pub struct Row<'r>(Columns<'r>);

#[derive(Clone, Copy)]
enum Columns<'r> {
    Owned(&'r [Value]),
    #[cfg(feature = "sqlite")]
    Sqlite(&'r rusqlite::Row<'r>),
    #[cfg(feature = "postgres")]
    Postgres(&'r sqlx::postgres::PgRow),
    #[cfg(feature = "mysql")]
    Mysql(&'r sqlx::mysql::MySqlRow),
}

/// A value as it lies in the row.
#[cfg_attr(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")), expect(dead_code))]
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
    /// How many columns it has.
    pub fn len(&self) -> usize {
        match self.0 {
            Columns::Owned(values) => values.len(),
            #[cfg(feature = "sqlite")]
            Columns::Sqlite(row) => row.as_ref().column_count(),
            #[cfg(feature = "postgres")]
            Columns::Postgres(row) => sqlx::Row::len(row),
            #[cfg(feature = "mysql")]
            Columns::Mysql(row) => sqlx::Row::len(row),
        }
    }

    /// Whether it has no column.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of its columns; none where only values are known.
    pub(crate) fn names(&self) -> Vec<String> {
        match self.0 {
            Columns::Owned(_) => Vec::new(),
            #[cfg(feature = "sqlite")]
            Columns::Sqlite(row) => row.as_ref().column_names().into_iter().map(str::to_owned).collect(),
            #[cfg(feature = "postgres")]
            Columns::Postgres(row) => names(row),
            #[cfg(feature = "mysql")]
            Columns::Mysql(row) => names(row),
        }
    }

    /// A column's value.
    #[inline]
    pub fn raw(&self, column: usize) -> Result<Raw<'r>, ColumnError> {
        let raw = match self.0 {
            Columns::Owned(values) => values.get(column).map(Raw::from),
            #[cfg(feature = "sqlite")]
            Columns::Sqlite(row) => {
                row.get_ref(column).ok().map(|value| Raw(Source::Sqlite(super::sqlite::Sqlite(value))))
            }
            #[cfg(feature = "postgres")]
            Columns::Postgres(row) => {
                super::postgres::Postgres::of(row, column).map(|value| Raw(Source::Postgres(value)))
            }
            #[cfg(feature = "mysql")]
            Columns::Mysql(row) => {
                super::mysql::Mysql::of(row, column).map(|value| Raw(Source::Mysql(value)))
            }
        };
        raw.ok_or_else(|| self.no_such(column))
    }

    /// A value that needs no more than to be taken, as SQLite's are, and the servers' integers and texts.
    #[inline]
    pub(crate) fn plain(&self, column: usize) -> Option<Plain<'r>> {
        match self.0 {
            #[cfg(feature = "sqlite")]
            Columns::Sqlite(row) => super::sqlite::plain(row, column),
            #[cfg(feature = "postgres")]
            Columns::Postgres(row) => super::postgres::plain(row, column),
            #[cfg(feature = "mysql")]
            Columns::Mysql(row) => super::mysql::plain(row, column),
            // With no backend at all, nobody asks.
            _ => {
                let _ = column;
                None
            }
        }
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

#[cfg(any(feature = "postgres", feature = "mysql"))]
fn names(row: &impl sqlx::Row) -> Vec<String> {
    row.columns().iter().map(|column| sqlx::Column::name(column).to_owned()).collect()
}

impl<'r> From<&'r [Value]> for Row<'r> {
    fn from(values: &'r [Value]) -> Self {
        Row(Columns::Owned(values))
    }
}

#[cfg(feature = "sqlite")]
// The drivers are no part of what users see.
#[doc(hidden)]
impl<'r> From<&'r rusqlite::Row<'r>> for Row<'r> {
    fn from(row: &'r rusqlite::Row<'r>) -> Self {
        Row(Columns::Sqlite(row))
    }
}

#[cfg(feature = "postgres")]
#[doc(hidden)]
impl<'r> From<&'r sqlx::postgres::PgRow> for Row<'r> {
    fn from(row: &'r sqlx::postgres::PgRow) -> Self {
        Row(Columns::Postgres(row))
    }
}

#[cfg(feature = "mysql")]
#[doc(hidden)]
impl<'r> From<&'r sqlx::mysql::MySqlRow> for Row<'r> {
    fn from(row: &'r sqlx::mysql::MySqlRow) -> Self {
        Row(Columns::Mysql(row))
    }
}
