//! A name that several tables have.

use super::error;
use crate::Diagnostic;
use aio_databases_sql::Span;
use std::rc::Rc;

pub(crate) fn ambiguous_column(name: &str, tables: &[Rc<str>], span: Span) -> Diagnostic {
    let owners: Vec<&str> = tables.iter().map(|table| &**table).filter(|table| !table.is_empty()).collect();
    let diagnostic = error("ambiguous-column", format!("several tables have a column `{name}`"), span);
    let choices: Vec<String> = owners.iter().map(|table| format!("`{table}.{name}`")).collect();
    diagnostic.maybe_help((!choices.is_empty()).then(|| format!("write {}", choices.join(" or "))))
}
