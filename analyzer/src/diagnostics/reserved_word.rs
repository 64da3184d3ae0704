//! A word of the grammar's where a name must stand.

use super::error;
use crate::Diagnostic;
use aio_databases_sql::{Dialect, Span};

pub(crate) fn reserved_word(word: &str, span: Span, dialect: Dialect) -> Diagnostic {
    let quoted = match dialect {
        // Around backticks there are two.
        Dialect::Mysql => format!("`` `{word}` ``"),
        Dialect::Sqlite | Dialect::Postgres => format!("`\"{word}\"`"),
    };
    error("reserved-word", format!("`{word}` is a reserved word"), span)
        .with_help(format!("write {quoted}, or choose another name"))
}

/// An output column's name that needs `as`.
pub(crate) fn bare_label(word: &str, span: Span) -> Diagnostic {
    error("reserved-word", format!("`{word}` is a column's name only behind `as`"), span)
        .with_help(format!("write `as {word}`"))
}
