//! Syntax that the analyzer does not support yet.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `text` is the part of the query.
pub(crate) fn unsupported(text: &str, span: Span) -> Diagnostic {
    let mut text = text.to_owned();
    if let Some((end, _)) = text.char_indices().nth(60) {
        text.truncate(end);
        text.push('…');
    }
    error("unsupported", format!("not supported yet: {text}"), span)
}

/// A statement whose result is unknown.
pub(crate) fn unknown_result(word: &str) -> Diagnostic {
    error("unsupported", format!("not supported yet: the result of `{word}`"), Span::default())
        .with_help("run it with a dynamic query, such as `db.fetchall(…)`")
}

/// `*` for a table whose columns are unknown.
pub(crate) fn unknown_columns() -> Diagnostic {
    error("unsupported", "the columns of `*` are unknown", Span::default()).with_help("name the columns")
}
