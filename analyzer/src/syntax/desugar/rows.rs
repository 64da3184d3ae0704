//! Rows as values and values as rows: `(row).*`, `f(…) as (a int)`, `rows from (…)`.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{Pass, QUERIES, Sugar};
use crate::syntax::tokens::{self, beside, is_any_word, name};

/// `(row).*` becomes a call.
pub(super) fn all_fields(pass: &mut Pass<'_>) -> bool {
    if *pass.token() != Token::Period || pass.ahead(1) != Some(&Token::Mul) {
        return false;
    }
    let Some(open) = opening(&pass.out) else { return false };
    let starts = match open.checked_sub(1).map(|before| &pass.out[before].token) {
        Some(Token::Comma) => true,
        Some(token) => is_any_word(token, &["select", "distinct", "all", "returning"]),
        None => false,
    };
    if !starts {
        return false;
    }
    let call = beside(&pass.out[open], name("fields"));
    pass.sugar.put(tokens::span(call.span).unwrap_or_default(), Sugar::Fields);
    pass.out.insert(open, call);
    pass.skip(2)
}

/// `t.*::text`: before a cast, all columns of a table are its row, which `t` means, too.
pub(super) fn cast_of_row(pass: &mut Pass<'_>) -> bool {
    *pass.token() == Token::Period
        && pass.ahead(1) == Some(&Token::Mul)
        && pass.ahead(2) == Some(&Token::DoubleColon)
        && matches!(pass.last(), Some(Token::Word(_)))
        && pass.skip(2)
}

/// `f(…) as (a int, b text)`: the parser requires an alias, which is the function's name.
pub(super) fn nameless_columns(pass: &mut Pass<'_>) -> bool {
    let (Some(Token::LParen), Some(first @ Token::Word(_)), Some(Token::Word(_))) =
        (pass.ahead(1), pass.ahead(2), pass.ahead(3))
    else {
        return false;
    };
    if is_any_word(first, &QUERIES) {
        return false;
    }
    let function = opening(&pass.out).and_then(|open| pass.out.get(open.checked_sub(1)?));
    match function {
        Some(function @ TokenWithSpan { token: Token::Word(_), .. }) => {
            let alias = function.clone();
            pass.push();
            pass.out.push(alias);
            true
        }
        _ => false,
    }
}

/// The start of the parentheses that close last.
fn opening(out: &[TokenWithSpan]) -> Option<usize> {
    let mut depth = 0;
    let open = out.iter().rposition(|token| {
        match token.token {
            Token::RParen => depth += 1,
            Token::LParen => depth -= 1,
            _ => {}
        }
        depth <= 0
    })?;
    (out[open].token == Token::LParen).then_some(open)
}

/// `rows from (…)` where a table is allowed.
pub(super) fn rows_from(pass: &mut Pass<'_>) -> bool {
    if !pass.is(1, "from") || pass.ahead(2) != Some(&Token::LParen) {
        return false;
    }
    let table = match pass.last() {
        // `select a, rows from (select …)` is a column.
        Some(Token::Comma) => match pass.ahead(3) {
            None | Some(Token::LParen) => false,
            Some(first) => !is_any_word(first, &QUERIES),
        },
        Some(before) => is_any_word(before, &["from", "join", "lateral"]),
        None => false,
    };
    if !table {
        return false;
    }
    pass.put_name(0, "rows", Sugar::RowsFrom);
    pass.skip(2)
}
