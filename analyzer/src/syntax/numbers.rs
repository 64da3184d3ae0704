//! PostgreSQL's numbers, such as `0xff` and `1_000`. The tokenizer splits some of them into pieces, which are joined
//! here. A number with letters after it is rejected, as on the server.

use std::any::TypeId;

use aio_databases_sql::Span;
use sqlparser::{
    dialect::{Dialect, PostgreSqlDialect},
    tokenizer::{Token, TokenWithSpan},
};

use super::{Refusal, tokens};
use crate::numbers::{integer, is_new, radix};

/// The tokenizer rules of the parser's PostgreSQL dialect, except for numbers, which are handled here.
#[derive(Debug)]
pub(crate) struct Lexer;

const BASE: PostgreSqlDialect = PostgreSqlDialect {};

impl Dialect for Lexer {
    fn dialect(&self) -> TypeId {
        BASE.dialect()
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        BASE.is_delimited_identifier_start(ch)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        BASE.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        BASE.is_identifier_part(ch)
    }

    fn is_custom_operator_part(&self, ch: char) -> bool {
        BASE.is_custom_operator_part(ch)
    }

    fn supports_geometric_types(&self) -> bool {
        BASE.supports_geometric_types()
    }

    fn supports_nested_comments(&self) -> bool {
        BASE.supports_nested_comments()
    }

    fn supports_tilde_like_match_operator(&self) -> bool {
        BASE.supports_tilde_like_match_operator()
    }

    fn supports_string_escape_constant(&self) -> bool {
        BASE.supports_string_escape_constant()
    }

    fn supports_unicode_string_literal(&self) -> bool {
        BASE.supports_unicode_string_literal()
    }
}

/// Joins the pieces of each number to one token.
pub(crate) fn join(tokens: Vec<TokenWithSpan>, sql: &str) -> Result<Vec<TokenWithSpan>, Refusal> {
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut end = 0;
    for token in tokens {
        let Some(span) = tokens::span(token.span) else { continue };
        if span.start < end {
            continue;
        }
        let Some(rest) = number_at(&token.token, span, sql) else {
            out.push(token);
            continue;
        };
        let length = read(rest).map_err(|junk| refused(rest, junk, span.start))?;
        end = span.start + length;
        let place = tokens::at(Span::new(span.start, end));
        out.push(TokenWithSpan { token: Token::Number(plain(&rest[..length]), false), span: place });
    }
    Ok(out)
}

/// A number in the form that all releases and the parser accept, if it is not too large.
fn plain(text: &str) -> String {
    match integer(text) {
        Some(number) if is_new(text) => number.to_string(),
        None if radix(text) == 10 => text.replace('_', ""),
        _ => text.to_owned(),
    }
}

/// The text, starting at a number.
fn number_at<'s>(token: &Token, span: Span, sql: &'s str) -> Option<&'s str> {
    let rest = sql.get(span.start..)?;
    match token {
        Token::Number(..) => Some(rest),
        Token::HexStringLiteral(_) => rest.starts_with('0').then_some(rest),
        _ => None,
    }
}

/// The length of the number at the start of a text. The error is the length of the invalid number.
fn read(text: &str) -> Result<usize, usize> {
    let bytes = text.as_bytes();
    let radix = radix(text);
    let length = if radix == 10 { decimal(bytes) } else { 2 + digits(&bytes[2..], radix, true) };
    let rest = &bytes[length..];
    let digit = radix != 10 && rest.first().is_some_and(u8::is_ascii_digit);
    if length == 2 && radix != 10 || digit || rest.first().is_some_and(|first| starts_name(*first)) {
        let part = |byte: &&u8| starts_name(**byte) || byte.is_ascii_digit() || **byte == b'$';
        return Err(length + rest.iter().take_while(part).count());
    }
    Ok(length)
}

/// `1_000`, `1.5`, `.5`, `1.`, `1e10`
fn decimal(bytes: &[u8]) -> usize {
    let mut length = digits(bytes, 10, false);
    if bytes.get(length) == Some(&b'.') {
        length += 1;
        length += digits(&bytes[length..], 10, false);
    }
    if let Some(b'e' | b'E') = bytes.get(length) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(bytes.get(length + 1 + sign..).unwrap_or_default(), 10, false);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

/// The length of a sequence of digits. A `_` can be between any two, and also before the first after a prefix such as
/// `0x`.
fn digits(bytes: &[u8], radix: u32, mut joined: bool) -> usize {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(|byte| (*byte as char).is_digit(radix));
    let mut length = 0;
    loop {
        let gap = usize::from(joined && bytes.get(length) == Some(&b'_'));
        if !is_digit(bytes.get(length + gap)) {
            return length;
        }
        length += gap + 1;
        joined = true;
    }
}

fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

fn refused(rest: &str, junk: usize, start: usize) -> Refusal {
    let text = rest.get(..junk).unwrap_or(rest);
    let message = match radix(text) {
        10 => format!("`{text}` is not a number; add a space after the digits"),
        _ => format!("`{text}` is not a number"),
    };
    Refusal { message, span: Span::new(start, start + text.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, length) in [
            ("0xff", 4),
            ("0x_f_F+1", 6),
            ("0O17 a", 4),
            ("0b1_1,", 5),
            ("1_000.5_0e1_0)", 13),
            (".5", 2),
            ("1.", 2),
            ("1e-5", 4),
            ("007", 3),
        ] {
            assert_eq!(read(text), Ok(length), "{text}");
        }
        for (text, junk) in [
            ("0x", 2),
            ("0xg, 1", 3),
            ("0b12", 4),
            ("0o8", 3),
            ("1a", 2),
            ("1_", 2),
            ("1__0", 4),
            ("1from t", 5),
            ("1e", 2),
            ("1.5é ", 5),
        ] {
            assert_eq!(read(text), Err(junk), "{text}");
        }
        for (text, number) in [("0x_ff", "255"), ("1_0.5", "10.5"), ("007", "007"), ("1_0e1_0", "10e10")] {
            assert_eq!(plain(text), number);
        }
        assert!(is_new("0b1") && is_new("1_0") && !is_new("10"));
    }
}
