//! From a row to what is only known at run time.

use std::sync::Arc;

use super::Record;
use crate::{ColumnError, ColumnIndex, Decode, Error, Row, backend::sink::DecodeRow, value::sql_types::Any};

/// Makes records of one result; all share its columns' names.
#[derive(Default)]
pub(crate) struct DecodeRecord {
    columns: Option<Arc<[String]>>,
}

impl DecodeRow<Record> for DecodeRecord {
    fn decode(&mut self, row: &Row<'_>) -> Result<Record, ColumnError> {
        let columns = self.columns.get_or_insert_with(|| row.names().into());
        let mut values = Vec::with_capacity(row.len());
        for column in 0..row.len() {
            values.push(row.raw(column)?.to_value().map_err(|error| ColumnError { column, error })?);
        }
        Ok(Record { columns: Arc::clone(columns), values })
    }
}

/// Reads the first column.
pub(crate) struct DecodeValue;

impl<T: Decode<Any>> DecodeRow<Option<T>> for DecodeValue {
    fn decode(&mut self, row: &Row<'_>) -> Result<Option<T>, ColumnError> {
        row.get_nullable::<Any, T>(0)
    }
}

/// Reads a column by index or by name. There may be none: that is no error of a value's.
pub(crate) struct DecodeColumn<C>(pub(crate) C);

impl<T: Decode<Any>, C: ColumnIndex + Send + 'static> DecodeRow<Result<Option<T>, Error>>
    for DecodeColumn<C>
{
    fn decode(&mut self, row: &Row<'_>) -> Result<Result<Option<T>, Error>, ColumnError> {
        let columns = row.names();
        match self.0.find(&columns) {
            Some(column) => row.get_nullable::<Any, T>(column).map(Ok),
            None => Ok(Err(Error::ColumnNotFound { column: self.0.name(), columns, query: None })),
        }
    }
}
