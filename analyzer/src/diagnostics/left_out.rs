//! A column that can't be null, has no default, and is left out of an insert.

use super::parts::{error, warning};
use crate::{Diagnostic, lints};
use aio_databases_sql::Span;

/// It is only a warning if a trigger might set the columns.
pub(crate) fn left_out(table: &str, columns: &[&str], triggers: bool, span: Span) -> Diagnostic {
    let names: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
    let one = columns.len() == 1;
    let (what, have) = if one { ("column", "has") } else { ("columns", "have") };
    let names = names.join(", ");
    let message = format!("{what} {names} of `{table}` can't be null and {have} no default");
    let lint = lints::LEFT_OUT;
    let told = if triggers { warning(lint, message, span) } else { error(lint.name, message, span) };
    told.with_help(format!("give {names} a value"))
}
