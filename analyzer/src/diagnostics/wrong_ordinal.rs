//! A number in `order by` or `group by` that isn't the number of a column.

use super::parts::{count, error};
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `count` is the number of columns.
pub(crate) fn wrong_ordinal(number: i64, columns: usize, span: Span) -> Diagnostic {
    error(
        "wrong-ordinal",
        format!("no column {number}, because the select list has {}", count(columns, "column")),
        span,
    )
}

/// An expression in the `order by` of `select distinct` that is not selected.
pub(crate) fn not_selected(span: Span) -> Diagnostic {
    error("wrong-ordinal", "`select distinct` can only be ordered by selected expressions", span)
        .with_help("add it to the select list")
}

/// `distinct on (a) … order by b`
pub(crate) fn distinct_first(span: Span) -> Diagnostic {
    error("wrong-ordinal", "`order by` must start with the expressions of `distinct on`", span)
        .with_help("put the expressions of `distinct on` first")
}

/// A constant that isn't the number of a column.
pub(crate) fn constant_order(span: Span) -> Diagnostic {
    error("wrong-ordinal", "ordering by a constant has no effect", span)
        .with_help("name a column, without quotes")
}
