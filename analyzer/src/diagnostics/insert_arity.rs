//! More or fewer values than columns, and columns named twice.

use super::{count, error};
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn insert_arity(table: &str, columns: usize, values: usize, span: Span) -> Diagnostic {
    error(
        "insert-arity",
        format!("{} for {} of `{table}`", count(values, "value"), count(columns, "column")),
        span,
    )
}

pub(crate) fn column_twice(column: &str, span: Span) -> Diagnostic {
    error("insert-arity", format!("column `{column}` stands here twice"), span)
}
