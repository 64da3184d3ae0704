//! A column that is neither grouped nor aggregated.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `grouped` says whether there is a `group by`.
pub(crate) fn missing_group_by(table: &str, name: &str, grouped: bool, span: Span) -> Diagnostic {
    let column = if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") };
    let message = format!("`{column}` must be grouped or used in an aggregate");
    let help = match grouped {
        true => format!("add `{column}` to `group by`"),
        false => format!("add `group by {column}`"),
    };
    error("missing-group-by", message, span).with_help(help)
}

/// In SQLite: `having` in a query without groups and without an aggregate in its select list.
pub(crate) fn having_without_groups(span: Span) -> Diagnostic {
    error("missing-group-by", "`having` requires `group by`, or an aggregate in the select list", span)
        .with_help("add `group by`, or move the condition to `where`")
}

/// In MySQL: a column in `having` that is neither selected nor grouped by.
pub(crate) fn not_selected_for_having(column: &str, span: Span) -> Diagnostic {
    let message = format!("`having` can only use selected or grouped columns; `{column}` is neither");
    error("missing-group-by", message, span)
        .with_help("select it, group by it, or move the condition to `where`")
}
