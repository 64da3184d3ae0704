//! An unquoted table name that PostgreSQL reads as a built-in value.

use super::parts::{similar, warning};
use crate::{Diagnostic, lints};
use aio_databases_sql::Span;

/// `from user`. There is no suggestion if no table has this name.
pub(crate) fn value_as_table(word: &str, tables: &[&str], span: Span) -> Option<Diagnostic> {
    let help = match tables.contains(&word) {
        true => format!("write `\"{word}\"`"),
        false => similar(word, tables.iter().copied())?,
    };
    let message = format!("without quotes, `{word}` is a built-in value and not a table");
    Some(warning(lints::VALUE_AS_TABLE, message, span).with_help(help))
}
