//! A feature of a later release of PostgreSQL than the queries run on.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `what` is the feature, `since` its release, and `here` the release that the queries run on.
pub(crate) fn newer_release(what: &str, since: u8, here: u8, span: Span) -> Diagnostic {
    error(
        "newer-release",
        format!("PostgreSQL {here} doesn't support {what}; it requires PostgreSQL {since}"),
        span,
    )
}
