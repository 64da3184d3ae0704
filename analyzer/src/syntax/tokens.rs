//! Helpers for tokens and their places.

use aio_databases_sql::Span;
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Location, Span as At, Token, TokenWithSpan, Word},
};

/// The parser's place for a byte of the text: line 1, and the byte's offset plus one for a column.
pub(super) fn location(offset: usize) -> Location {
    Location::new(1, offset as u64 + 1)
}

/// The parser's place for a part of the text.
pub(super) fn at(span: Span) -> At {
    At::new(location(span.start), location(span.end))
}

/// The bytes of a part of the syntax tree; `None` if the parser does not provide them.
pub(crate) fn span(at: At) -> Option<Span> {
    (at.start.line > 0).then(|| Span::new(at.start.column as usize - 1, at.end.column.max(1) as usize - 1))
}

/// A token's first byte.
pub(super) fn offset(token: &TokenWithSpan) -> usize {
    (token.span.start.column as usize).saturating_sub(1)
}

pub(super) fn is_space(token: &Token) -> bool {
    matches!(token, Token::Whitespace(_))
}

/// Whether a token is this unquoted word, ignoring case.
pub(super) fn is_word(token: &Token, wanted: &str) -> bool {
    // The lengths differ for most words, and comparing them is much cheaper where the code isn't optimised.
    matches!(token, Token::Word(word)
        if word.value.len() == wanted.len() && word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted))
}

/// Whether a token is one of several unquoted words.
pub(super) fn is_any_word(token: &Token, wanted: &[&str]) -> bool {
    matches!(token, Token::Word(_)) && wanted.iter().any(|wanted| is_word(token, wanted))
}

/// A keyword as a token.
pub(super) fn word(text: &str) -> Token {
    Token::make_word(text, None)
}

/// A quoted name, which is never read as a keyword.
pub(super) fn name(text: &str) -> Token {
    Token::Word(Word { value: text.to_owned(), quote_style: Some('"'), keyword: Keyword::NoKeyword })
}

/// A token at the place of another one.
pub(super) fn beside(other: &TokenWithSpan, token: Token) -> TokenWithSpan {
    TokenWithSpan { token, span: other.span }
}

/// A name as PostgreSQL stores it.
pub(super) fn folded(token: &Token) -> Option<String> {
    let Token::Word(word) = token else { return None };
    Some(if word.quote_style.is_some() { word.value.clone() } else { word.value.to_lowercase() })
}
