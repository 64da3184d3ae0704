//! A value for a column that the server computes.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn generated_column(table: &str, column: &str, span: Span) -> Diagnostic {
    error(
        "generated-column",
        format!("column `{column}` of `{table}` is generated, so it can't be written"),
        span,
    )
    .with_help("leave it out, or use `default` as its value")
}
