//! Syntax that only SQLite supports: `in` a table, `indexed by`, `not glob`, numbers in base 16.

use sqlparser::tokenizer::Token;

use super::Pass;
use crate::syntax::tokens::{beside, is_any_word, is_word, word};

/// `a in t` becomes `a in (select * from t)`.
pub(super) fn in_table(pass: &mut Pass<'_>) -> bool {
    let table = matches!(pass.ahead(1), Some(Token::Word(_)))
        && !matches!(pass.ahead(2), Some(Token::LParen | Token::Period));
    if !table {
        return false;
    }
    pass.push();
    for token in
        [Token::LParen, word("select"), Token::Mul, word("from"), pass.token().clone(), Token::RParen]
    {
        pass.put(token);
    }
    pass.skip(1)
}

/// `indexed by name` has no effect on the result.
pub(super) fn indexed(pass: &mut Pass<'_>) -> bool {
    pass.is(1, "by") && pass.ahead(2).is_some() && pass.skip(3)
}

/// `as materialized (…)` has no effect on the result.
pub(super) fn materialized(pass: &mut Pass<'_>) -> bool {
    pass.ahead(1) == Some(&Token::LParen) && is_after_as(pass) && pass.skip(1)
}

/// `not indexed`, `as not materialized (…)`, and `not glob`, which has the types and nulls of `not like`.
pub(super) fn not(pass: &mut Pass<'_>) -> bool {
    if pass.is(1, "indexed") {
        return pass.skip(2);
    }
    if pass.is(1, "materialized") && pass.ahead(2) == Some(&Token::LParen) && is_after_as(pass) {
        return pass.skip(2);
    }
    if !pass.is(1, "glob") || !is_after_value(pass) {
        return false;
    }
    pass.push();
    pass.put(word("like"));
    pass.skip(1)
}

/// `0x1f` is a number, and `x'1f'` are bytes; the parser does not distinguish them.
pub(super) fn hex_number(pass: &mut Pass<'_>) -> bool {
    let token = &pass.tokens[pass.at];
    let Token::HexStringLiteral(digits) = &token.token else { return false };
    let length = token.span.end.column.saturating_sub(token.span.start.column);
    if length != digits.len() as u64 + 2 {
        return false;
    }
    let number = beside(token, Token::Number(format!("0x{digits}"), false));
    pass.out.push(number);
    pass.skip(1)
}

fn is_after_as(pass: &Pass<'_>) -> bool {
    pass.last().is_some_and(|token| is_word(token, "as"))
}

/// Whether a value comes before, instead of a keyword such as `select`.
fn is_after_value(pass: &Pass<'_>) -> bool {
    const WORDS: [&str; 12] =
        ["select", "distinct", "where", "and", "or", "not", "on", "by", "as", "when", "then", "else"];
    match pass.last() {
        Some(token @ Token::Word(_)) => !is_any_word(token, &WORDS),
        Some(Token::RParen | Token::Number(..) | Token::SingleQuotedString(_) | Token::Placeholder(_)) => {
            true
        }
        _ => false,
    }
}
