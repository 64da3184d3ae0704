//! `= null`, which is never true.

use super::warning;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `equal` is false for `<>`.
pub(crate) fn equals_null(equal: bool, span: Span) -> Diagnostic {
    let (written, meant) = if equal { ("=", "is null") } else { ("<>", "is not null") };
    warning("equals-null", format!("`{written} null` is never true"), span)
        .with_help(format!("write `{meant}`"))
}
