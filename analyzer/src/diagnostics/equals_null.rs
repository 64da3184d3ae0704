//! `= null`, which is never true.

use super::parts::warning;
use crate::{Diagnostic, lints};
use aio_databases_sql::Span;

/// `equal` is false for `<>`.
pub(crate) fn equals_null(equal: bool, span: Span) -> Diagnostic {
    let (written, meant) = if equal { ("=", "is null") } else { ("<>", "is not null") };
    warning(lints::EQUALS_NULL, format!("`{written} null` is never true"), span)
        .with_help(format!("write `{meant}`"))
}

/// `case value when null`
pub(crate) fn when_null(span: Span) -> Diagnostic {
    warning(lints::EQUALS_NULL, "`when null` is never true, because it compares by `=`", span)
        .with_help("write `case when … is null then …`")
}
