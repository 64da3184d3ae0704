//! Syntax that only MySQL supports.

use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan, Word},
};

use super::{Pass, SideTable};
use crate::syntax::tokens::{beside, is_any_word, is_word, word};

/// Keywords of other dialects that the parser does not accept as names.
const NAMES: [&str; 26] = [
    "anti",
    "array",
    "asof",
    "cluster",
    "connect",
    "distribute",
    "exclude",
    "format",
    "global",
    "match_condition",
    "match_recognize",
    "minus",
    "open",
    "output",
    "pivot",
    "prewhere",
    "qualify",
    "sample",
    "semi",
    "settings",
    "sort",
    "start",
    "struct",
    "tablesample",
    "top",
    "unpivot",
];

/// Units of two parts, and the part that decides whether a date stays a date.
const UNITS: [(&str, &str); 11] = [
    ("second_microsecond", "microsecond"),
    ("minute_microsecond", "microsecond"),
    ("minute_second", "second"),
    ("hour_microsecond", "microsecond"),
    ("hour_second", "second"),
    ("hour_minute", "minute"),
    ("day_microsecond", "microsecond"),
    ("day_second", "second"),
    ("day_minute", "minute"),
    ("day_hour", "hour"),
    ("year_month", "month"),
];

/// Rewrites such parts of a query. Other statements stay unchanged.
pub(super) fn rewrite(mut tokens: Vec<TokenWithSpan>, _sugar: &mut SideTable) -> Vec<TokenWithSpan> {
    const QUERIES: [&str; 7] = ["select", "with", "insert", "update", "delete", "replace", "values"];
    let first = tokens.iter().map(|token| &token.token).find(|token| **token != Token::LParen);
    let Some(first) = first.filter(|first| is_any_word(first, &QUERIES)).cloned() else {
        return tokens;
    };
    if is_word(&first, "delete") || is_word(&first, "update") {
        tokens = change(tokens, &first);
    }
    let mut out = Vec::with_capacity(tokens.len() + 8);
    let mut at = 0;
    // Parentheses around tables, in which a comma is a join: `left join (b, c)`.
    let mut tables: Vec<bool> = Vec::new();
    while at < tokens.len() {
        match &tokens[at].token {
            Token::LParen => tables.push(opens_tables(&tokens[at..], &out)),
            Token::RParen => {
                tables.pop();
            }
            _ => {}
        }
        if tokens[at].token == Token::Comma && tables.last() == Some(&true) {
            out.extend(["cross", "join"].map(|join| beside(&tokens[at], word(join))));
            at += 1;
            continue;
        }
        let before = out.len();
        match phrase(&tokens[at..], &mut out) {
            Some(length) => {
                // The skipped tokens may have opened parentheses.
                for token in &out[before..] {
                    match token.token {
                        Token::LParen => tables.push(false),
                        Token::RParen => {
                            tables.pop();
                        }
                        _ => {}
                    }
                }
                at += length;
            }
            None => {
                out.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    out
}

/// Rewrites the syntax at the first token. Returns the number of its tokens.
fn phrase(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    let Token::Word(first) = &tokens[0].token else { return None };
    if first.quote_style.is_some() {
        return None;
    }
    let next: Vec<(usize, &Token)> =
        tokens[1..].iter().map(|token| &token.token).enumerate().take(3).collect();
    let put = |out: &mut Vec<TokenWithSpan>, token: Token| out.push(beside(&tokens[0], token));
    match (first.value.to_ascii_lowercase().as_str(), next.as_slice()) {
        ("lock", [(_, a), (_, b), (last, c)])
            if is_word(a, "in") && is_word(b, "share") && is_word(c, "mode") =>
        {
            put(out, word("for"));
            put(out, word("share"));
            Some(last + 2)
        }
        // The function, not the operand of `+`.
        ("interval", [(_, Token::LParen), ..]) if has_comma(tokens) => {
            put(out, quoted("interval"));
            Some(1)
        }
        ("row", [(_, Token::LParen), ..]) => Some(1),
        // A character set has no effect on types or nulls.
        ("character", [(_, set), (last, Token::Word(_)), ..]) if is_word(set, "set") => Some(last + 2),
        ("charset", [(last, Token::Word(_)), (_, Token::RParen), ..]) => Some(last + 2),
        ("char", [(_, Token::LParen), ..]) => characters(tokens, out),
        (bits, _) if is_bits(bits) => {
            put(out, Token::SingleQuotedByteStringLiteral(bits[2..].to_owned()));
            Some(1)
        }
        (unit, _) if UNITS.iter().any(|(known, _)| *known == unit) => {
            let (_, part) = UNITS.iter().find(|(known, _)| *known == unit)?;
            put(out, word(part));
            Some(1)
        }
        (name, _) if NAMES.contains(&name) => {
            let name = Word { keyword: Keyword::NoKeyword, ..first.clone() };
            put(out, Token::Word(name));
            Some(1)
        }
        _ => None,
    }
}

/// `char(65 using utf8mb4)` becomes `convert(char(65) using utf8mb4)`.
fn characters(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    let mut depth = 0;
    let mut using = None;
    for (index, token) in tokens.iter().map(|token| &token.token).enumerate() {
        match token {
            Token::LParen => depth += 1,
            Token::RParen if depth == 1 => {
                let using = using?;
                out.push(beside(&tokens[0], word("convert")));
                out.push(beside(&tokens[0], Token::LParen));
                out.extend_from_slice(&tokens[..using]);
                out.push(beside(&tokens[using], Token::RParen));
                out.extend_from_slice(&tokens[using..=index]);
                return Some(index + 1);
            }
            Token::RParen => depth -= 1,
            token if depth == 1 && is_word(token, "using") => using = Some(index),
            _ => {}
        }
    }
    None
}

/// Whether the first parentheses contain more than one value.
fn has_comma(tokens: &[TokenWithSpan]) -> bool {
    let mut depth = 0;
    for token in tokens.iter().map(|token| &token.token) {
        match token {
            Token::LParen => depth += 1,
            Token::RParen if depth == 1 => return false,
            Token::RParen => depth -= 1,
            Token::Comma if depth == 1 => return true,
            _ => {}
        }
    }
    false
}

/// `0b11`
fn is_bits(text: &str) -> bool {
    text.strip_prefix("0b")
        .is_some_and(|bits| !bits.is_empty() && bits.bytes().all(|b| matches!(b, b'0' | b'1')))
}

/// Whether parentheses after `join` contain named tables.
fn opens_tables(tokens: &[TokenWithSpan], before: &[TokenWithSpan]) -> bool {
    let joins = before.last().is_some_and(|last| is_any_word(&last.token, &["join", "straight_join"]));
    let name = tokens.get(1).is_some_and(|next| {
        matches!(next.token, Token::Word(_)) && !is_any_word(&next.token, &["select", "with", "values"])
    });
    joins && name
}

/// `delete low_priority a.*, b.* from …` and `update ignore a, b set …`: removes modifiers, stars and the commas of
/// joins.
fn change(tokens: Vec<TokenWithSpan>, first: &Token) -> Vec<TokenWithSpan> {
    const MODIFIERS: [&str; 3] = ["low_priority", "quick", "ignore"];
    let delete = is_word(first, "delete");
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len() + 4);
    // The changed tables, up to a `from` or `set` outside of parentheses.
    let (mut targets, mut depth, mut started) = (true, 0, false);
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            word if depth == 0 && (is_word(word, "from") || is_word(word, "set")) => targets = false,
            word if targets && !started && MODIFIERS.iter().any(|modifier| is_word(word, modifier)) => {
                continue;
            }
            Token::Period
                if targets
                    && delete
                    && depth == 0
                    && tokens.peek().is_some_and(|next| next.token == Token::Mul) =>
            {
                tokens.next();
                continue;
            }
            Token::Comma if targets && !delete && depth == 0 => {
                out.extend(["cross", "join"].map(|join| beside(&token, word(join))));
                continue;
            }
            _ => {}
        }
        started |= !is_any_word(&token.token, &["delete", "update"]);
        out.push(token);
    }
    out
}

fn quoted(name: &str) -> Token {
    Token::Word(Word { value: name.to_owned(), quote_style: Some('`'), keyword: Keyword::NoKeyword })
}

/// `a mod b`, which is not a call.
pub(super) fn modulo(pass: &mut Pass<'_>) -> bool {
    let value = matches!(
        pass.at.checked_sub(1).map(|before| &pass.tokens[before].token),
        Some(Token::Word(_) | Token::Number(..) | Token::RParen | Token::Placeholder(_))
    );
    if !value || matches!(pass.ahead(1), None | Some(Token::LParen | Token::Period)) {
        return false;
    }
    pass.put(Token::Mod);
    pass.skip(1)
}

/// `!a` is `not a`.
pub(super) fn bang(pass: &mut Pass<'_>) -> bool {
    if *pass.token() != Token::ExclamationMark {
        return false;
    }
    pass.put(word("not"));
    pass.skip(1)
}
