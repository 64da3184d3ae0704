//! A number in `order by` or `group by` that is no column's.

use super::{count, error};
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `count` is how many columns there are.
pub(crate) fn wrong_ordinal(number: u64, columns: usize, span: Span) -> Diagnostic {
    error(
        "wrong-ordinal",
        format!("there is no column {number}: the select list has {}", count(columns, "column")),
        span,
    )
}
