//! What SQLite alone has: `in` a table, `indexed by`, `not glob`, numbers in base 16.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{super::parse::is_space, is_word, significant, word};

/// `indexed by …` and `materialized` are left out, and `not glob` becomes `not like`.
pub(super) fn sqlite_words(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    if !["in", "indexed", "materialized", "not"].iter().any(|first| is_word(&tokens[0].token, first)) {
        return None;
    }
    let next: Vec<(usize, &Token)> = significant(&tokens[1..]).take(2).collect();
    match (&tokens[0].token, next.as_slice()) {
        // `a in t` is `a in (select * from t)`.
        (is_in, [(_, Token::Word(_)), rest @ ..])
            if is_word(is_in, "in") && !matches!(rest, [(_, Token::LParen | Token::Period)]) =>
        {
            let (at, name) = (next[0].0 + 1, tokens[next[0].0 + 1].span);
            let put = |token: Token| TokenWithSpan { token, span: name };
            out.push(tokens[0].clone());
            out.extend([Token::LParen, word("select"), Token::Mul, word("from")].map(put));
            out.extend([tokens[at].clone(), put(Token::RParen)]);
            Some(at + 1)
        }
        (indexed, [(_, by), (name, _)]) if is_word(indexed, "indexed") && is_word(by, "by") => Some(name + 2),
        (not, [(indexed, word), ..]) if is_word(not, "not") && is_word(word, "indexed") => Some(indexed + 2),
        // `as [not] materialized (…)` says how, not what.
        (materialized, [(_, Token::LParen), ..])
            if is_word(materialized, "materialized") && last_is_word(out, "as") =>
        {
            Some(1)
        }
        (not, [(after, word), (_, Token::LParen)])
            if is_word(not, "not") && is_word(word, "materialized") && last_is_word(out, "as") =>
        {
            Some(after + 2)
        }
        // To types and nulls it is as `not like`.
        (not, [(glob, name), ..]) if is_word(not, "not") && is_word(name, "glob") && ends_value(out) => {
            out.push(tokens[0].clone());
            out.push(TokenWithSpan { token: word("like"), span: tokens[glob + 1].span });
            Some(glob + 2)
        }
        _ => None,
    }
}

fn last_is_word(before: &[TokenWithSpan], wanted: &str) -> bool {
    let last = before.iter().rev().map(|token| &token.token).find(|token| !is_space(token));
    last.is_some_and(|token| is_word(token, wanted))
}

/// `0x1f` is a number where `x'1f'` are bytes; to the parser both are the same.
pub(super) fn hex_number(token: &TokenWithSpan) -> Option<TokenWithSpan> {
    let Token::HexStringLiteral(digits) = &token.token else { return None };
    let length = token.span.end.column.saturating_sub(token.span.start.column);
    (length == digits.len() as u64 + 2)
        .then(|| TokenWithSpan { token: Token::Number(format!("0x{digits}"), false), span: token.span })
}

/// Whether a value, and not a word such as `select`, stands last.
fn ends_value(before: &[TokenWithSpan]) -> bool {
    const WORDS: [&str; 12] =
        ["select", "distinct", "where", "and", "or", "not", "on", "by", "as", "when", "then", "else"];
    match before.iter().rev().map(|token| &token.token).find(|token| !is_space(token)) {
        Some(token @ Token::Word(_)) => !WORDS.iter().any(|word| is_word(token, word)),
        Some(Token::RParen | Token::Number(..) | Token::SingleQuotedString(_) | Token::Placeholder(_)) => {
            true
        }
        _ => false,
    }
}
