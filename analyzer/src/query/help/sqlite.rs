//! What SQLite alone has: `is` between any two values, `isnull`, `in` a table, `indexed by`, numbers in base 16.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{super::parse::is_space, is_word, significant, word};

/// SQLite's `is` and `is not` between any two values become `is [not] distinct from`, `isnull` `is null`; `indexed by …` is left out.
pub(super) fn sqlite_words(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    if !["is", "isnull", "in", "indexed", "materialized", "not"]
        .iter()
        .any(|first| is_word(&tokens[0].token, first))
    {
        return None;
    }
    const KNOWN: [&str; 8] = ["null", "true", "false", "distinct", "json", "unknown", "nfc", "normalized"];
    let known = |token: &Token| KNOWN.iter().any(|known| is_word(token, known));
    let next: Vec<(usize, &Token)> = significant(&tokens[1..]).take(2).collect();
    let insert = |out: &mut Vec<TokenWithSpan>, words: &[&str]| {
        out.push(tokens[0].clone());
        out.extend(words.iter().map(|text| TokenWithSpan { token: word(text), span: tokens[0].span }));
    };
    match (&tokens[0].token, next.as_slice()) {
        (is, [(not, first), (_, second), ..]) if is_word(is, "is") && is_word(first, "not") => {
            if known(second) {
                return None;
            }
            insert(out, &["distinct", "from"]);
            Some(not + 2)
        }
        (is, [(_, first), ..]) if is_word(is, "is") && !known(first) => {
            insert(out, &["not", "distinct", "from"]);
            Some(1)
        }
        // `a isnull`, where a value stands before it.
        (isnull, _) if is_word(isnull, "isnull") && ends_value(out) => {
            out.extend(["is", "null"].map(|text| TokenWithSpan { token: word(text), span: tokens[0].span }));
            Some(1)
        }
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
