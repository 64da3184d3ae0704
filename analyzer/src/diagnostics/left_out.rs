//! A column that takes no null, has no default, and is left out of an insert.

use super::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn left_out(table: &str, columns: &[&str], span: Span) -> Diagnostic {
    let names: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
    let (what, take) = if columns.len() == 1 { ("column", "takes") } else { ("columns", "take") };
    let names = names.join(", ");
    error("left-out", format!("{what} {names} of `{table}` {take} no null and has no default",), span)
        .with_help(format!("give {names} a value"))
}
