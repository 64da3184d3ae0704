//! A number in `order by` or `group by` that is no column's.

use super::parts::{count, error};
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `count` is how many columns there are.
pub(crate) fn wrong_ordinal(number: i64, columns: usize, span: Span) -> Diagnostic {
    error(
        "wrong-ordinal",
        format!("there is no column {number}: the select list has {}", count(columns, "column")),
        span,
    )
}

/// Something that `select distinct` is ordered by and does not select.
pub(crate) fn not_selected(span: Span) -> Diagnostic {
    error("wrong-ordinal", "`select distinct` can only be ordered by what it selects", span)
        .with_help("add it to the select list")
}

/// `distinct on (a) … order by b`
pub(crate) fn distinct_first(span: Span) -> Diagnostic {
    error("wrong-ordinal", "`order by` must begin with what `distinct on` names", span)
        .with_help("put the expressions of `distinct on` first")
}

/// A constant that is no number of a column.
pub(crate) fn constant_order(span: Span) -> Diagnostic {
    error("wrong-ordinal", "a constant orders nothing", span).with_help("name a column, without quotes")
}
