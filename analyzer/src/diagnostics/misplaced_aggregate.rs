//! An aggregate in a clause that does not allow it.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `clause` is the clause that contains it.
pub(crate) fn misplaced_aggregate(name: &str, clause: &str, span: Span) -> Diagnostic {
    let diagnostic =
        error("misplaced-aggregate", format!("the aggregate `{name}` can't be used in {clause}"), span);
    match clause {
        "`where`" => diagnostic.with_help("use `having` for conditions on aggregates"),
        _ => diagnostic,
    }
}

/// An aggregate of an aggregate.
pub(crate) fn nested_aggregate(name: &str, span: Span) -> Diagnostic {
    error(
        "misplaced-aggregate",
        format!("the arguments of the aggregate `{name}` contain another aggregate"),
        span,
    )
    .with_help("compute the inner aggregate in a subquery in `from`")
}

/// `filter` and similar clauses of a function that isn't an aggregate.
pub(crate) fn no_aggregate(name: &str, what: &str, span: Span) -> Diagnostic {
    error("misplaced-aggregate", format!("`{what}` requires an aggregate; `{name}` isn't one"), span)
}
