//! `merge into t using a join b on … on …`: PostgreSQL accepts joined tables, but the parser only one.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::SideTable;
use crate::syntax::tokens::is_word;

/// Adds parentheses around such joins.
pub(super) fn rewrite(mut tokens: Vec<TokenWithSpan>, _sugar: &mut SideTable) -> Vec<TokenWithSpan> {
    let starts = (0..tokens.len()).rev().filter(|at| is_word(&tokens[*at].token, "merge"));
    let joins: Vec<_> = starts.filter_map(|at| Some((at, joined(&tokens[at + 1..])?))).collect();
    for (at, (from, to)) in joins {
        let (from, to) = (at + 1 + from, at + 1 + to);
        let (open, close) = (tokens[from].span, tokens[to].span);
        tokens.insert(to, TokenWithSpan { token: Token::RParen, span: close });
        tokens.insert(from, TokenWithSpan { token: Token::LParen, span: open });
    }
    tokens
}

/// The start of the joined tables of a `merge`, and the place of the `on` after them.
fn joined(tokens: &[TokenWithSpan]) -> Option<(usize, usize)> {
    if !is_word(&tokens.first()?.token, "into") {
        return None;
    }
    let mut depth = 0_i32;
    let (mut using, mut join, mut on) = (None, false, None);
    for (at, TokenWithSpan { token, .. }) in tokens.iter().enumerate() {
        match token {
            Token::LParen => depth += 1,
            Token::RParen if depth == 0 => return None,
            Token::RParen => depth -= 1,
            _ if depth > 0 => {}
            token if using.is_none() => using = is_word(token, "using").then_some(at),
            token if is_word(token, "join") => join = true,
            token if is_word(token, "on") => on = Some(at),
            token if is_word(token, "when") => break,
            _ => {}
        }
    }
    Some((using? + 1, on?)).filter(|_| join)
}
