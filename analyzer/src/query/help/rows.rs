//! Rows as values and values as rows: `(row).*`, `f(…) as (a int)`, `rows from (…)`.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{super::parse::is_space, FIELDS, QUERIES, is_word, marker, significant};

/// `.*` behind parentheses: a name is put before these; how many tokens to pass over.
pub(super) fn all_fields(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    let (star, Token::Mul) = significant(&tokens[1..]).next()? else { return None };
    let (open, mut behind) = opening(out)?;
    let starts = match behind.next().map(|(_, token)| &token.token) {
        Some(Token::Comma) => true,
        Some(token) => ["select", "distinct", "all", "returning"].iter().any(|word| is_word(token, word)),
        None => false,
    };
    if out[open].token != Token::LParen || !starts {
        return None;
    }
    drop(behind);
    let span = out[open].span;
    out.insert(open, TokenWithSpan { token: Token::Word(marker(FIELDS)), span });
    Some(star + 2)
}

/// `f(…) as (a int, b text)`: an alias, which the parser needs. It is the function's own name.
pub(super) fn nameless_columns(tokens: &[TokenWithSpan], out: &[TokenWithSpan]) -> Option<TokenWithSpan> {
    let mut next = significant(&tokens[1..]).map(|(_, token)| token);
    let (Token::LParen, name @ Token::Word(_), Token::Word(_)) = (next.next()?, next.next()?, next.next()?)
    else {
        return None;
    };
    if QUERIES.iter().any(|query| is_word(name, query)) {
        return None;
    }
    let (open, mut behind) = opening(out)?;
    let (_, function) = behind.next()?;
    (out[open].token == Token::LParen && matches!(function.token, Token::Word(_))).then(|| function.clone())
}

/// Where the parentheses open that close last, and what stands before them, from the end.
fn opening(out: &[TokenWithSpan]) -> Option<(usize, impl Iterator<Item = (usize, &TokenWithSpan)>)> {
    let mut depth = 0;
    let mut behind = out.iter().enumerate().rev().filter(|(_, token)| !is_space(&token.token));
    let open = behind.find_map(|(at, token)| {
        match token.token {
            Token::RParen => depth += 1,
            Token::LParen => depth -= 1,
            _ => {}
        }
        (depth <= 0).then_some(at)
    })?;
    Some((open, behind))
}

/// `rows from (` where a table may stand: how many tokens the two words are.
pub(super) fn rows_from(tokens: &[TokenWithSpan], out: &[TokenWithSpan]) -> Option<usize> {
    let mut next = significant(&tokens[1..]);
    let (from, token) = next.next()?;
    if !is_word(token, "from") || !matches!(next.next(), Some((_, Token::LParen))) {
        return None;
    }
    let before = out.iter().rev().map(|token| &token.token).find(|token| !is_space(token))?;
    let table = match before {
        // `select a, rows from (select …)` is a column.
        Token::Comma => match next.next()?.1 {
            Token::LParen => false,
            first => !QUERIES.iter().any(|query| is_word(first, query)),
        },
        before => ["from", "join", "lateral"].iter().any(|word| is_word(before, word)),
    };
    table.then_some(from + 2)
}
