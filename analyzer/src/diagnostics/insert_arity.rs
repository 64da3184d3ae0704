//! More or fewer values than columns, and columns named twice.

use super::parts::{count, error};
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `columns` are the columns to write.
pub(crate) fn insert_arity(table: &str, columns: &[&str], values: usize, span: Span) -> Diagnostic {
    let width = columns.len();
    let message = format!("{} given for {} of `{table}`", count(values, "value"), count(width, "column"));
    let help = match columns.get(values..) {
        Some(missing @ [_, ..]) => {
            let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
            format!("add a value for {}", names.join(", "))
        }
        _ => "name a column for each value".to_owned(),
    };
    error("insert-arity", message, span).with_help(help)
}

pub(crate) fn column_twice(column: &str, span: Span) -> Diagnostic {
    error("insert-arity", format!("column `{column}` appears here twice"), span)
        .with_help("remove one of them")
}
