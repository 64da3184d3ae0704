//! `from (a, b)` and `from (a)`: MySQL and SQLite accept tables in parentheses.

use std::collections::HashSet;

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{QUERIES, SideTable};
use crate::syntax::tokens::{beside, is_any_word, is_word, word};

/// Replaces the commas of such lists by `cross join`, which the parser supports there, and removes the parentheses
/// around a single name.
pub(super) fn rewrite(tokens: Vec<TokenWithSpan>, _sugar: &mut SideTable) -> Vec<TokenWithSpan> {
    let places = places(&tokens);
    if places.is_empty() {
        return tokens;
    }
    let mut out = Vec::with_capacity(tokens.len() + places.len());
    for (at, token) in tokens.into_iter().enumerate() {
        match (&token.token, places.contains(&at)) {
            (_, false) => out.push(token),
            (Token::Comma, true) => {
                out.extend(["cross", "join"].map(|text| beside(&token, word(text))));
            }
            (_, true) => {}
        }
    }
    out
}

/// The places of these commas and parentheses.
fn places(tokens: &[TokenWithSpan]) -> HashSet<usize> {
    let mut places = HashSet::new();
    // For each open parenthesis: whether it contains tables.
    let mut open: Vec<bool> = Vec::new();
    let mut before: Option<&Token> = None;
    // `is distinct from (a, b)` does not contain tables.
    let mut distinct = false;
    for (at, TokenWithSpan { token, .. }) in tokens.iter().enumerate() {
        match token {
            Token::LParen => {
                let behind = before.is_some_and(|word| is_word(word, "from") || is_word(word, "join"))
                    && !distinct
                    || before == Some(&Token::LParen) && open.last() == Some(&true);
                open.push(behind && !is_query(&tokens[at + 1..]));
                if let Some(close) = lone_name(&tokens[at + 1..]).filter(|_| behind) {
                    places.extend([at, at + 1 + close]);
                }
            }
            Token::RParen => drop(open.pop()),
            Token::Comma if open.last() == Some(&true) => drop(places.insert(at)),
            _ => {}
        }
        distinct = before.is_some_and(|word| is_word(word, "distinct")) && is_word(token, "from");
        before = Some(token);
    }
    places
}

/// `name)` and `schema.name)`: the place of the closing parenthesis.
fn lone_name(tokens: &[TokenWithSpan]) -> Option<usize> {
    let mut next = tokens.iter().map(|token| &token.token).enumerate();
    let (_, Token::Word(_)) = next.next()? else { return None };
    match (next.next()?, next.next(), next.next()) {
        ((close, Token::RParen), ..) => Some(close),
        ((_, Token::Period), Some((_, Token::Word(_))), Some((close, Token::RParen))) => Some(close),
        _ => None,
    }
}

fn is_query(tokens: &[TokenWithSpan]) -> bool {
    tokens.first().is_some_and(|first| is_any_word(&first.token, &QUERIES))
}
