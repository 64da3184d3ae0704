//! `on conflict` behind a query without a table.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{super::parse::is_space, is_word, word};

/// `insert into … select 1 on conflict …`: the parser would take `on` for an alias, so that something that changes
/// nothing is put before it.
pub(super) fn end_select(out: &mut Vec<TokenWithSpan>) {
    const CLAUSES: [&str; 9] =
        ["from", "where", "group", "having", "window", "order", "limit", "offset", "fetch"];
    let Some(on) = out.iter().rposition(|token| !is_space(&token.token)) else { return };
    if !is_word(&out[on].token, "on") {
        return;
    }
    let mut depth = 0;
    for token in out[..on].iter().rev() {
        match &token.token {
            Token::RParen => depth += 1,
            Token::LParen if depth == 0 => return,
            Token::LParen => depth -= 1,
            token if depth == 0 && CLAUSES.iter().any(|clause| is_word(token, clause)) => return,
            token if depth == 0 && is_word(token, "select") => {
                let span = out[on].span;
                out.splice(on..on, [word("limit"), word("all")].map(|token| TokenWithSpan { token, span }));
                return;
            }
            _ => {}
        }
    }
}
