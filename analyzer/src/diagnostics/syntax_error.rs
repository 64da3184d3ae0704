//! The parser cannot go on.

use super::error;
use crate::Diagnostic;
use aio_databases_sql::{Dialect, Span};

/// `problem` is in the parser's words.
pub(crate) fn syntax_error(problem: &str, span: Span, dialect: Dialect) -> Diagnostic {
    error("syntax-error", readable(problem, dialect), span)
}

/// The parser's words, made a sentence: "Expected: an expression, found: FROM".
fn readable(problem: &str, dialect: Dialect) -> String {
    let rest = problem.strip_prefix("Expected: ").or_else(|| problem.strip_prefix("Expected "));
    let Some((expected, found)) = rest.and_then(|rest| rest.rsplit_once(", found: ")) else {
        return lower_first(problem.trim_start_matches("sql parser error: "));
    };
    let expected = match expected {
        "an SQL statement" => format!("a statement of {}", dialect.title()),
        "end of statement" => "the end of the query".to_owned(),
        sign if sign.len() < 3 => format!("`{sign}`"),
        other => lower_words(other),
    };
    match found {
        "EOF" => format!("expected {expected}, but the query ends here"),
        found => format!("expected {expected}, but found `{found}`"),
    }
}

/// Keywords stay as they are, sentences start small.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// Keywords in the small letters in which most queries are written.
fn lower_words(text: &str) -> String {
    let lower = |word: &str| {
        let keyword = word.len() > 1 && word.chars().all(|c| !c.is_lowercase());
        if keyword { word.to_lowercase() } else { word.to_owned() }
    };
    text.split(' ').map(lower).collect::<Vec<_>>().join(" ")
}
