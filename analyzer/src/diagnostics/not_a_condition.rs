//! A value where a boolean is required.

use super::parts::error;
use crate::{Diagnostic, Type};
use aio_databases_sql::Span;

/// `place` is the clause.
pub(crate) fn not_a_condition(place: &str, ty: &Type, span: Span) -> Diagnostic {
    error("not-a-condition", format!("{place} requires a `bool`, but this is `{ty}`"), span)
        .with_help("write a comparison: `… = …`")
}

/// A value other than a number of rows after `limit` or `offset`.
pub(crate) fn not_a_count(ty: &Type, span: Span) -> Diagnostic {
    error("not-a-condition", format!("`limit` and `offset` require a number, but this is `{ty}`"), span)
        .with_help("write a number, such as `limit 10`")
}
