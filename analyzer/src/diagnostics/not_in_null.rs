//! `not in` with values that can be null, so that it is never true.

use super::parts::warning;
use crate::{Diagnostic, lints};
use aio_databases_sql::Span;

/// For a subquery. `reason` says why it can return null.
pub(crate) fn not_in_null_subquery(reason: &str, span: Span) -> Diagnostic {
    let message =
        format!("`not in` is never true if the subquery returns a null, which is possible: {reason}");
    warning(lints::NOT_IN_NULL, message, span)
        .with_help("add `… is not null` to the subquery's `where`, or write `not exists (…)`")
}

/// For a list that contains `null`.
pub(crate) fn not_in_null_list(span: Span) -> Diagnostic {
    warning(lints::NOT_IN_NULL, "`not in` is never true if the list contains `null`", span)
        .with_help("remove the `null`, and add `and … is not null` if that is intended")
}
