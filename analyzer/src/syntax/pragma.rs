//! SQLite's `pragma`.

use aio_databases_sql::Span;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{
    Refusal,
    tokens::{self, is_word},
};

/// `pragma name`, `pragma name = value`, `pragma name(value)`.
pub(crate) struct Pragma {
    /// In lowercase.
    pub(crate) name: String,
    pub(crate) argument: bool,
    pub(crate) span: Span,
}

/// Reads a pragma; `None` for another statement.
pub(super) fn read(tokens: &[TokenWithSpan]) -> Option<Result<Pragma, Refusal>> {
    let (first, rest) = tokens.split_first()?;
    if !is_word(&first.token, "pragma") {
        return None;
    }
    let rest = match rest {
        [_, dot, rest @ ..] if dot.token == Token::Period => rest,
        rest => rest,
    };
    let (name, rest) = rest.split_first()?;
    let place = |token: &TokenWithSpan| tokens::span(token.span).unwrap_or_default();
    let span = Span::new(place(first).start, place(name).end);
    if let Some(token) = rest.iter().find(|token| matches!(token.token, Token::Placeholder(_))) {
        let message =
            "a pragma can't have parameters; write the value in the SQL, or select from `pragma_…(…)`";
        return Some(Err(Refusal { message: message.to_owned(), span: place(token) }));
    }
    let argument = rest.first().is_some_and(|token| matches!(token.token, Token::Eq | Token::LParen));
    let Token::Word(word) = &name.token else { return None };
    Some(Ok(Pragma { name: word.value.to_ascii_lowercase(), argument, span }))
}
