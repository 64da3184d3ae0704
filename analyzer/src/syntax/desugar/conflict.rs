//! `on conflict`: its target, and the query before it.

use aio_databases_sql::Span;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{Pass, Sugar};
use crate::syntax::tokens::{self, beside, is_any_word, is_word, word};

/// A target other than columns, such as `(lower(name)) where active`, becomes one column. It is parsed separately.
pub(super) fn target(pass: &mut Pass<'_>) -> bool {
    end_select(&mut pass.out);
    pass.push();
    let length = length(pass.rest());
    if length == 0 {
        return true;
    }
    let inside = &pass.rest()[..length];
    let place =
        |token: Option<&TokenWithSpan>| token.and_then(|token| tokens::span(token.span)).unwrap_or_default();
    let whole = Span::new(place(inside.first()).start, place(inside.last()).end);
    pass.put(Token::LParen);
    pass.put_name(0, "target", Sugar::ConflictTarget(whole));
    pass.put(Token::RParen);
    pass.skip(length)
}

/// The number of tokens of a target other than columns.
fn length(tokens: &[TokenWithSpan]) -> usize {
    let (mut depth, mut plain) = (0, true);
    let mut before: Option<&Token> = None;
    for (index, TokenWithSpan { token, .. }) in tokens.iter().enumerate() {
        match token {
            Token::LParen => {
                plain &= depth == 0;
                depth += 1;
            }
            Token::RParen => depth -= 1,
            Token::Comma => {}
            token if depth == 0 && is_word(token, "do") => return if plain { 0 } else { index },
            // A collation or an operator class can follow a column.
            Token::Word(word) if depth > 0 => {
                plain &= !matches!(before, Some(Token::Word(_))) && !word.value.eq_ignore_ascii_case("null")
            }
            Token::Word(_) if is_word(token, "where") => plain = false,
            Token::Word(_) if is_word(token, "on") => return 0,
            _ if depth == 0 && plain => return 0,
            _ => plain = false,
        }
        before = Some(token);
    }
    0
}

/// `insert into … select 1 on conflict …`: the parser would read `on` as an alias, so a `limit` without effect is added
/// before it.
fn end_select(out: &mut Vec<TokenWithSpan>) {
    const CLAUSES: [&str; 9] =
        ["from", "where", "group", "having", "window", "order", "limit", "offset", "fetch"];
    let Some(on) = out.len().checked_sub(1) else { return };
    if !is_word(&out[on].token, "on") {
        return;
    }
    let mut depth = 0;
    for token in out[..on].iter().rev() {
        match &token.token {
            Token::RParen => depth += 1,
            Token::LParen if depth == 0 => return,
            Token::LParen => depth -= 1,
            token if depth == 0 && is_any_word(token, &CLAUSES) => return,
            token if depth == 0 && is_word(token, "select") => {
                let limit = [word("limit"), word("all")].map(|token| beside(&out[on], token));
                out.splice(on..on, limit);
                return;
            }
            _ => {}
        }
    }
}
