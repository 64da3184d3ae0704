//! What the text at a place would be, were it a placeholder.

use super::chars::{end_of, in_plain_name, starts_name};
use crate::Style;

/// A placeholder's style and end.
pub(super) type Found = Option<(Style, usize)>;

/// `?` or `?1` at `at`.
pub(super) fn question(bytes: &[u8], at: usize) -> (Style, usize) {
    let end = end_of(bytes, at + 1, |byte| byte.is_ascii_digit());
    (if end == at + 1 { Style::Question } else { Style::QuestionNumber }, end)
}

/// `%s` or `%(name)s` at `at`.
pub(super) fn percent(bytes: &[u8], at: usize) -> Found {
    let (style, end) = match bytes.get(at + 1)? {
        b's' => (Style::Percent, at + 2),
        b'(' if bytes.get(at + 2).is_some_and(|&byte| starts_name(byte)) => {
            let end = end_of(bytes, at + 2, in_plain_name);
            (bytes.get(end..end + 2)? == b")s").then_some((Style::PercentName, end + 2))?
        }
        _ => return None,
    };
    (!bytes.get(end).is_some_and(|&byte| in_plain_name(byte))).then_some((style, end))
}

/// A name after the one byte at `at`: `:name`, `@name`, `$name`.
pub(super) fn name(bytes: &[u8], at: usize, style: Style) -> Found {
    bytes
        .get(at + 1)
        .is_some_and(|&byte| starts_name(byte))
        .then(|| (style, end_of(bytes, at + 1, in_plain_name)))
}

/// A number after the one byte at `at`: the end of `$1`, `:1`.
pub(super) fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let end = end_of(bytes, at + 1, |byte| byte.is_ascii_digit());
    (end > at + 1).then_some(end)
}

/// `{name}` at `at`.
pub(super) fn brace(bytes: &[u8], at: usize) -> Found {
    let (_, end) = name(bytes, at, Style::Brace)?;
    (bytes.get(end) == Some(&b'}')).then_some((Style::Brace, end + 1))
}
