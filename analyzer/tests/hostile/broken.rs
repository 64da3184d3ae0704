//! Texts that were something once.

use aio_databases_sql::{Dialect, TokenKind, lex};
use fastrand::Rng;

use crate::corpus::Section;

/// What is put where it does not belong.
const PIECES: [&str; 60] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    ".",
    "..",
    ":",
    "::",
    ":=",
    "'",
    "\"",
    "`",
    "$$",
    "$1",
    "$2",
    "?",
    "%s",
    ":a",
    "@a",
    "{a}",
    "--",
    "/*",
    "*/",
    "#",
    "\\",
    "\0",
    "\u{feff}",
    "漢",
    "\n",
    "*",
    "-",
    "=",
    "->",
    "||",
    "select",
    "from",
    "where",
    "with",
    "union all",
    "case",
    "when",
    "end",
    "over ()",
    "in (",
    "not",
    "null",
    "exists",
    "array[",
    "interval",
    "as",
    "returning *",
    "on conflict",
    "1e400",
    "99999999999999999999",
    "0x",
    "e'\\",
];

/// One of the texts, changed in a few places.
pub(crate) fn text(texts: &[String], corpus: &[Section], chance: &mut Rng) -> String {
    let mut text = chance.choice(texts).cloned().unwrap_or_default();
    for _ in 0..chance.usize(1..4) {
        text = if chance.u8(0..4) == 0 { bytes(&text, chance) } else { tokens(&text, corpus, chance) };
    }
    text
}

/// Bytes changed, as far as the text stays one.
fn bytes(text: &str, chance: &mut Rng) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..chance.usize(1..6) {
        let at = chance.usize(0..=bytes.len());
        match chance.u8(0..4) {
            0 => bytes.insert(at, chance.u8(..)),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 if at < bytes.len() => bytes[at] ^= 1 << chance.u8(0..8),
            _ => bytes.truncate(if chance.u8(0..8) == 0 { at } else { bytes.len() }),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn tokens(text: &str, corpus: &[Section], chance: &mut Rng) -> String {
    let mut tokens = pieces(text, chance);
    let at = chance.usize(0..=tokens.len());
    let other = chance.usize(0..=tokens.len());
    match chance.u8(0..8) {
        0 => tokens.insert(at, format!(" {} ", chance.choice(PIECES).unwrap_or("("))),
        1 if at < tokens.len() => drop(tokens.remove(at)),
        2 if at < tokens.len() && other < tokens.len() => tokens.swap(at, other),
        3 if at < tokens.len() => tokens[at] = chance.choice(PIECES).unwrap_or("(").to_owned(),
        // A part many times over.
        4 => {
            let (from, to) = (at.min(other), at.max(other).min(at.min(other) + 12));
            let part: Vec<String> = tokens[from..to].to_vec();
            for _ in 0..chance.usize(1..200) {
                tokens.splice(to..to, part.iter().cloned());
                if tokens.len() > 4000 {
                    break;
                }
            }
        }
        // A part of another text.
        5 => {
            let section = chance.choice(corpus).expect("there are sections");
            let from = chance.choice(&section.queries).map_or("", String::as_str);
            let theirs = pieces(from, chance);
            let start = chance.usize(0..=theirs.len());
            let end = chance.usize(start..=theirs.len());
            tokens.splice(at..at, theirs[start..end].iter().cloned());
        }
        // The whole of another text in parentheses.
        6 => {
            let section = chance.choice(corpus).expect("there are sections");
            let from = chance.choice(&section.queries).map_or("", String::as_str);
            tokens.insert(at, format!(" ({from}) "));
        }
        _ => tokens.truncate(at.max(1)),
    }
    tokens.concat()
}

fn pieces(text: &str, chance: &mut Rng) -> Vec<String> {
    let dialect = *chance.choice(&Dialect::ALL).unwrap_or(&Dialect::Postgres);
    let tokens = lex(text, dialect).into_iter();
    tokens
        .map(
            |token| {
                if token.kind == TokenKind::Space { " ".to_owned() } else { token.span.of(text).to_owned() }
            },
        )
        .collect()
}
