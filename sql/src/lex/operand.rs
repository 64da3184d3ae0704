//! Tells operators from placeholders, by whether there is an operand before a place or one is expected there.

use super::{
    Token, TokenKind,
    chars::{in_name, in_plain_name, skip_blank, starts_name},
};
use crate::Dialect;

/// What comes before a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// An operator, an opening bracket, a comma, a keyword such as `where`: an operand must follow.
    Opening,
    /// A name or an unknown keyword: most likely an operand.
    Name,
    /// The end of an operand.
    Operand,
}

/// Keywords that a value can follow. Sorted.
const BEFORE_VALUE: &[&str] = &[
    "all",
    "and",
    "any",
    "asymmetric",
    "between",
    "both",
    "by",
    "case",
    "check",
    "default",
    "distinct",
    "else",
    "escape",
    "for",
    "from",
    "having",
    "ilike",
    "in",
    "is",
    "leading",
    "like",
    "limit",
    "not",
    "offset",
    "on",
    "or",
    "placing",
    "return",
    "returning",
    "select",
    "similar",
    "some",
    "symmetric",
    "then",
    "to",
    "trailing",
    "using",
    "variadic",
    "when",
    "where",
];

/// Such keywords of MySQL and SQLite that PostgreSQL doesn't have. Sorted.
const BEFORE_VALUE_ELSEWHERE: &[&str] = &[
    "against",
    "binary",
    "div",
    "glob",
    "interval",
    "match",
    "mod",
    "regexp",
    "rlike",
    "separator",
    "set",
    "values",
    "xor",
];

/// Such keywords that are otherwise ordinary names.
const PAIRS_BEFORE_VALUE: &[(&str, &str)] = &[("time", "zone"), ("fetch", "first"), ("fetch", "next")];

/// Keywords that follow a value and can't start one. Sorted.
const AFTER_VALUE: &[&str] = &[
    "and",
    "as",
    "asc",
    "at",
    "between",
    "collate",
    "cross",
    "desc",
    "else",
    "end",
    "escape",
    "except",
    "fetch",
    "following",
    "for",
    "from",
    "full",
    "group",
    "having",
    "ilike",
    "in",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "left",
    "like",
    "limit",
    "natural",
    "not",
    "notnull",
    "nulls",
    "offset",
    "on",
    "or",
    "order",
    "over",
    "overlaps",
    "placing",
    "preceding",
    "returning",
    "right",
    "row",
    "rows",
    "set",
    "similar",
    "then",
    "union",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
];

/// Whether a sorted list of lowercase words contains `word`.
pub(crate) fn has(list: &[&str], word: &str) -> bool {
    list.binary_search_by(|probe| probe.bytes().cmp(word.bytes().map(|byte| byte.to_ascii_lowercase())))
        .is_ok()
}

/// What is expected after the last two significant tokens.
pub(super) fn before(sql: &str, dialect: Dialect, earlier: Option<Token>, last: Option<Token>) -> Before {
    let Some(last) = last else { return Before::Opening };
    let text = last.span.of(sql);
    match last.kind {
        TokenKind::Word => word_before(sql, dialect, earlier, text),
        TokenKind::Punctuation if matches!(text, ")" | "]" | "}") => Before::Operand,
        TokenKind::Punctuation | TokenKind::Operator => Before::Opening,
        TokenKind::CodeOpen | TokenKind::CodeClose | TokenKind::Unknown => Before::Opening,
        _ => Before::Operand,
    }
}

fn word_before(sql: &str, dialect: Dialect, earlier: Option<Token>, word: &str) -> Before {
    let earlier_text = earlier.map_or("", |token| token.span.of(sql));
    let pair = |(first, second): &(&str, &str)| {
        earlier_text.eq_ignore_ascii_case(first) && word.eq_ignore_ascii_case(second)
    };
    let elsewhere = !dialect.facts().marks.fewer_words_before_values && has(BEFORE_VALUE_ELSEWHERE, word);
    if earlier_text != "." && (has(BEFORE_VALUE, word) || elsewhere || PAIRS_BEFORE_VALUE.iter().any(pair)) {
        Before::Opening
    } else {
        Before::Name
    }
}

/// Whether an operand starts after the space and comments at `at`.
pub(super) fn starts_after(sql: &str, at: usize, dialect: Dialect) -> bool {
    let bytes = sql.as_bytes();
    let at = skip_blank(bytes, at, dialect);
    let Some(&byte) = bytes.get(at) else { return false };
    let next = bytes.get(at + 1).copied().unwrap_or_default();
    match byte {
        b'(' | b'\'' | b'"' | b'$' | b'?' | b'{' | b'0'..=b'9' => true,
        b'.' => next.is_ascii_digit(),
        b':' | b'@' => starts_name(next),
        b'%' => next == b'(' || next == b's' && !bytes.get(at + 2).is_some_and(|&byte| in_plain_name(byte)),
        _ if starts_name(byte) => {
            let end = super::chars::end_of(bytes, at, in_name);
            !has(AFTER_VALUE, &sql[at..end])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for list in [BEFORE_VALUE, BEFORE_VALUE_ELSEWHERE, AFTER_VALUE] {
            assert!(list.is_sorted(), "{list:?}");
        }
        assert!(has(AFTER_VALUE, "And") && !has(AFTER_VALUE, "android"));
    }
}
