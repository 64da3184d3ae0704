//! Rows returned by a statement that is not the last of several.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `span` is the statement.
pub(crate) fn lost_rows(span: Span) -> Diagnostic {
    error(
        "lost-rows",
        "the rows of this statement are lost, because only the last of several statements returns rows",
        span,
    )
    .with_help("move it to the end, remove `returning`, or make it a separate query")
}
