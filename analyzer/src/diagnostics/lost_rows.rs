//! Rows of a statement that is not the last of several ones.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `span` is the statement.
pub(crate) fn lost_rows(span: Span) -> Diagnostic {
    error(
        "lost-rows",
        "the rows of this statement are lost: of several statements only the last gives its rows",
        span,
    )
    .with_help("write it last, leave `returning` out, or write a query of its own")
}
