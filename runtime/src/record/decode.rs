//! From a row to what is only known at run time.

use std::sync::Arc;

use super::Record;
use crate::{ColumnError, Decode, Row, sink::DecodeRow, sql_types::Any};

/// Makes records of one result; all share its columns' names.
#[derive(Default)]
pub(crate) struct DecodeRecord {
    columns: Option<Arc<[String]>>,
}

impl DecodeRow<Record> for DecodeRecord {
    fn decode(&mut self, row: &Row<'_>) -> Result<Record, ColumnError> {
        let columns = self.columns.get_or_insert_with(|| row.names().into());
        let values = (0..row.len())
            .map(|column| row.raw(column)?.to_value().map_err(|error| ColumnError { column, error }))
            .collect::<Result<_, _>>()?;
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
