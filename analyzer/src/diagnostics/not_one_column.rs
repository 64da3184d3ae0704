//! A subquery with several columns where one value is required.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn not_one_column(columns: usize, span: Span) -> Diagnostic {
    error("not-one-column", format!("this subquery must return one column, but it returns {columns}"), span)
        .with_help("select one of them, or move the subquery to `from`")
}
