//! More columns than the server can give.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::{Dialect, Span};

/// `limit` is how many it can.
pub(crate) fn too_many_columns(limit: usize, dialect: Dialect, span: Span) -> Diagnostic {
    error("too-many-columns", format!("{} gives at most {limit} columns", dialect.title()), span)
        .with_help("name those that you need in the place of `*`")
}
