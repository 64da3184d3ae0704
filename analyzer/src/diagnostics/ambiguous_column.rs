//! A column name that several tables have.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;
use std::rc::Rc;

pub(crate) fn ambiguous_column(name: &str, tables: &[Rc<str>], span: Span) -> Diagnostic {
    let mut owners: Vec<&str> =
        tables.iter().map(|table| &**table).filter(|table| !table.is_empty()).collect();
    owners.dedup();
    if let ([owner], [_, _, ..]) = (&owners[..], tables) {
        let message = format!("`{owner}` has several columns `{name}`");
        return error("ambiguous-column", message, span)
            .with_help("give each of them its own name with `as`");
    }
    let diagnostic = error("ambiguous-column", format!("several tables have a column `{name}`"), span);
    let choices: Vec<String> = owners.iter().map(|table| format!("`{table}.{name}`")).collect();
    diagnostic.maybe_help((!choices.is_empty()).then(|| format!("write {}", choices.join(" or "))))
}

/// In SQLite: a name in a join's condition that a later join gives to another column.
pub(crate) fn later_column(owner: &str, name: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` is also a column of a table that is joined after this condition");
    error("ambiguous-column", message, span).with_help(format!("write `{owner}.{name}`"))
}

/// A name of several output columns.
pub(crate) fn ambiguous_output(name: &str, span: Span) -> Diagnostic {
    error("ambiguous-column", format!("several columns of the select list are named `{name}`"), span)
        .with_help("give them different names, or use the column's number")
}
