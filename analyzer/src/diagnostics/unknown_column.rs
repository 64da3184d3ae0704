//! A column that does not exist.

use super::parts::{error, listed, similar};
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `table` is what was written before it, `quoted` whether the name is double-quoted.
pub(crate) fn unknown_column(
    name: &str,
    table: Option<&str>,
    names: &[&str],
    quoted: bool,
    span: Span,
) -> Diagnostic {
    let message = match table {
        Some(table) => format!("no column `{name}` in `{table}`"),
        None if names.is_empty() => format!("no column `{name}`, because there is no table"),
        None => format!("no column `{name}`"),
    };
    let close = similar(name, names.iter().copied());
    let help = match (close, quoted) {
        (Some(help), _) => Some(help),
        (None, true) => Some(format!("use single quotes for a string: `'{name}'`")),
        (None, false) => listed(names.iter().copied()),
    };
    error("unknown-column", message, span).maybe_help(help)
}

/// `column.field`, where the column has no fields.
pub(crate) fn field_of_no_row(column: &str, table: &str, field: &str, span: Span) -> Diagnostic {
    error(
        "unknown-column",
        format!("no field `{field}`, because column `{column}` of `{table}` is not a row"),
        span,
    )
}

/// A column of the select list, where only columns of tables can be named.
pub(crate) fn output_column(name: &str, clause: &str, span: Span) -> Diagnostic {
    error(
        "unknown-column",
        format!("`{name}` is a select-list alias; {clause} is evaluated before it exists"),
        span,
    )
    .with_help("repeat the expression, or wrap the query: `select * from (…) q where …`")
}

/// A column of `using` that one of the sides does not have.
pub(crate) fn unknown_using(name: &str, side: &str, span: Span) -> Diagnostic {
    error("unknown-column", format!("no column `{name}` on the {side} side of the join"), span)
}

/// `update t set t.a = …`
pub(crate) fn assigned_with_table(table: &str, column: &str, span: Span) -> Diagnostic {
    error(
        "unknown-column",
        format!("no column `{table}`; a column in an assignment has no table before it"),
        span,
    )
    .with_help(format!("write `{column}`"))
}
