//! More than one statement in a query.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `span` is the second statement.
pub(crate) fn several_statements(span: Span) -> Diagnostic {
    error("several-statements", "a query can only have one statement", span)
        .with_help("make each statement a separate query")
}
