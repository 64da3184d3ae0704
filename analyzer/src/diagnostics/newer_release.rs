//! What a later release of PostgreSQL brought than the one that the queries run on.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `what` is what came with `since`; `here` is what the queries run on.
pub(crate) fn newer_release(what: &str, since: u8, here: u8, span: Span) -> Diagnostic {
    error(
        "newer-release",
        format!("PostgreSQL {here} doesn't support {what}; it requires PostgreSQL {since}"),
        span,
    )
}
