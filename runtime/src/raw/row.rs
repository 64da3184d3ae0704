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

    #[cold]
    fn no_such(&self, column: usize) -> ColumnError {
        ColumnError { column, error: DecodeError::NoSuchColumn { columns: self.len() } }
    }

    /// A column of the SQL type `T`, read into `D`. Null is an error where `D` is no `Option`.
    #[inline]
    pub fn get<T, D: Decode<T>>(&self, column: usize) -> Result<D, ColumnError> {
        D::decode(self.raw(column)?).map_err(|error| ColumnError { column, error })
    }

    /// A column of the SQL type `T` that may be null.
    #[inline]
    pub fn get_nullable<T, D: Decode<T>>(&self, column: usize) -> Result<Option<D>, ColumnError> {
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
