//! `on conflict`: targets that are more than columns, and a query without a table before it.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{super::parse::is_space, EXPRESSIONS, is_word, marker, significant, word};

/// `on conflict (lower(name)) where active do …`: of expressions only that there are some is kept, of a condition
/// nothing. How many tokens to pass over.
pub(super) fn conflict_target(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> usize {
    let (mut depth, mut plain, mut condition) = (0, true, None);
    let mut before: Option<&Token> = None;
    for (index, token) in significant(tokens) {
        match token {
            Token::LParen => {
                plain &= depth == 0;
                depth += 1;
            }
            Token::RParen => depth -= 1,
            Token::Placeholder(_) => return 0,
            Token::Comma => {}
            token if depth == 0 && is_word(token, "do") => {
                let target = &tokens[..condition.unwrap_or(index)];
                return match (plain, condition) {
                    (true, None) => 0,
                    (true, Some(_)) => {
                        out.extend_from_slice(target);
                        index
                    }
                    (false, _) => {
                        let span =
                            target.iter().find(|token| !is_space(&token.token)).map(|token| token.span);
                        let parts = [Token::LParen, Token::Word(marker(EXPRESSIONS)), Token::RParen];
                        let span = span.unwrap_or(tokens[index].span);
                        out.extend(parts.map(|token| TokenWithSpan { token, span }));
                        index
                    }
                };
            }
            _ if condition.is_some() => {}
            // A collation or an operator class follows a column.
            Token::Word(_) if depth > 0 => plain &= !matches!(before, Some(Token::Word(_))),
            Token::Word(_) if is_word(token, "where") => condition = Some(index),
            Token::Word(_) if is_word(token, "on") => return 0,
            _ if depth == 0 && plain => return 0,
            _ => plain = false,
        }
        before = Some(token);
    }
    0
}

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
