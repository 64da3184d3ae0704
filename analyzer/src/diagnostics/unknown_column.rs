//! A column that is not there.

use super::parts::{error, listed, similar};
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `table` is what was written before it, `quoted` whether the name stands in double quotes.
pub(crate) fn unknown_column(
    name: &str,
    table: Option<&str>,
    names: &[&str],
    quoted: bool,
    span: Span,
) -> Diagnostic {
    let message = match table {
        Some(table) => format!("no column `{name}` in `{table}`"),
        None if names.is_empty() => format!("no column `{name}`: there is no table to take it from"),
        None => format!("no column `{name}`"),
    };
    let close = similar(name, names.iter().copied());
    let help = match (close, quoted) {
        (Some(help), _) => Some(help),
        (None, true) => Some(format!("a text stands in single quotes: `'{name}'`")),
        (None, false) => listed(names.iter().copied()),
    };
    error("unknown-column", message, span).maybe_help(help)
}

/// `column.field`, where the column has no fields.
pub(crate) fn field_of_no_row(column: &str, table: &str, field: &str, span: Span) -> Diagnostic {
    error("unknown-column", format!("no field `{field}`: column `{column}` of `{table}` is no row"), span)
}

/// A column of the select list, where only columns of tables can be named.
pub(crate) fn output_column(name: &str, clause: &str, span: Span) -> Diagnostic {
    error(
        "unknown-column",
        format!("`{name}` is computed by the select list: {clause} comes before it"),
        span,
    )
    .with_help("write the expression again, or wrap the query: `select * from (…) q where …`")
}

/// A column of `using` that one of the sides does not have.
pub(crate) fn unknown_using(name: &str, side: &str, span: Span) -> Diagnostic {
    error("unknown-column", format!("no column `{name}` on the {side} side of the join"), span)
}

/// `update t set t.a = …`
pub(crate) fn assigned_with_table(table: &str, column: &str, span: Span) -> Diagnostic {
    error(
        "unknown-column",
        format!("no column `{table}`: what is assigned to stands without its table"),
        span,
    )
    .with_help(format!("write `{column}`"))
}
