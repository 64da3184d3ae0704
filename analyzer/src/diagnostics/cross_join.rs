//! Tables that are joined by a comma, or without `on`, without a condition that relates them.

use super::parts::warning;
use crate::{Diagnostic, lints};
use aio_databases_sql::Span;

/// `selects` is false for tables of an `update` or `delete`, which can't use `join`.
pub(crate) fn cross_join(table: &str, other: &str, selects: bool, span: Span) -> Diagnostic {
    let message = format!(
        "no condition relates `{table}` to `{other}`, so every row of one is joined with every row of the other"
    );
    let help = match selects {
        true => "compare their columns in `where`, or write `cross join` if this is intended",
        false => "compare their columns in `where`",
    };
    warning(lints::CROSS_JOIN, message, span).with_help(help)
}
