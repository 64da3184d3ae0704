//! Null for a column that can't be null.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn null_into_not_null(table: &str, column: &str, span: Span) -> Diagnostic {
    error("null-into-not-null", format!("column `{column}` of `{table}` can't be null"), span)
        .with_help("use a value, or `default` if it has one")
}
