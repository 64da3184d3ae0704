//! A word without quotes where a table stands, which PostgreSQL takes for a value of its own.

use super::parts::{similar, warning};
use crate::{Diagnostic, lints};
use aio_databases_sql::Span;

/// `from user`; none where no table has such a name.
pub(crate) fn value_as_table(word: &str, tables: &[&str], span: Span) -> Option<Diagnostic> {
    let help = match tables.contains(&word) {
        true => format!("write `\"{word}\"`"),
        false => similar(word, tables.iter().copied())?,
    };
    let message = format!("without quotes, `{word}` is a built-in value and not a table");
    Some(warning(lints::VALUE_AS_TABLE, message, span).with_help(help))
}
