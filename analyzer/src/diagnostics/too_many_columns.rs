//! More columns than the server can return.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::{Dialect, Span};

/// `limit` is the maximum.
pub(crate) fn too_many_columns(limit: usize, dialect: Dialect, span: Span) -> Diagnostic {
    error("too-many-columns", format!("{} returns at most {limit} columns", dialect.title()), span)
        .with_help("name only the columns that you need instead of `*`")
}
