//! A reserved keyword where a name is required.

use super::parts::error;
use crate::Diagnostic;
use crate::dialect::Described;
use aio_databases_sql::{Dialect, Span};

pub(crate) fn reserved_word(word: &str, span: Span, dialect: Dialect) -> Diagnostic {
    let quoted = match dialect.facts().names.quote {
        // In Markdown, code that contains backquotes is set in double backquotes.
        '`' => format!("`` `{word}` ``"),
        quote => format!("`{quote}{word}{quote}`"),
    };
    error("reserved-word", format!("`{word}` is a reserved keyword"), span)
        .with_help(format!("quote it to use it as a name: {quoted}"))
}

/// An output column's name that needs `as`.
pub(crate) fn bare_label(word: &str, span: Span) -> Diagnostic {
    error("reserved-word", format!("`{word}` requires `as` to name a column"), span)
        .with_help(format!("write `as {word}`"))
}
