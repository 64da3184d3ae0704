//! Rows of different lengths.

use super::parts::{count, error};
use crate::Diagnostic;
use aio_databases_sql::Span;
use sqlparser::ast::SetOperator;

/// `left` and `right` are the numbers of values on each side.
pub(crate) fn different_widths(left: usize, right: usize, span: Span) -> Diagnostic {
    error("different-widths", format!("{} here, but {} there", count(right, "value"), left), span)
}

/// The arms of a set operation have different numbers of columns.
pub(crate) fn set_widths(op: SetOperator, left: usize, right: usize, span: Span) -> Diagnostic {
    let op = op.to_string().to_lowercase();
    error(
        "different-widths",
        format!("this arm of `{op}` has {}, but the first has {left}", count(right, "column")),
        span,
    )
    .with_help("select the same number of columns in each arm, with `null` for missing ones")
}

/// More column aliases than columns.
pub(crate) fn too_many_aliases(name: &str, there: usize, given: usize, span: Span) -> Diagnostic {
    error(
        "different-widths",
        format!("`{name}` has {}, but {given} aliases were given", count(there, "column")),
        span,
    )
}
