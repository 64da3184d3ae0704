//! Strings and names in quotes.

use super::chars::{self, in_plain_name, is_space, starts_name};

/// Where what opens with a quote at `at` ends, after the closing `quote`; `Err` with the end of the text if it does
/// not. A doubled quote is part of it; with `escapes`, what follows a backslash too.
pub(super) fn quoted(bytes: &[u8], at: usize, quote: u8, escapes: bool) -> Result<usize, usize> {
    let mut at = at + 1;
    while let Some(&byte) = bytes.get(at) {
        if byte == quote {
            if bytes.get(at + 1) != Some(&quote) {
                return Ok(at + 1);
            }
            at += 2;
        } else if byte == b'\\' && escapes {
            at += 2;
        } else {
            at += 1;
        }
    }
    Err(bytes.len())
}

/// The same for PostgreSQL's `E'…'`, the quote of which stands at `at`: a quote on one of the next lines, after
/// nothing but blanks and `--` comments, continues it, in the same kind of string.
pub(super) fn escape_string(bytes: &[u8], at: usize) -> Result<usize, usize> {
    let mut end = quoted(bytes, at, b'\'', true)?;
    while let Some(next) = continuation(bytes, end) {
        end = quoted(bytes, next, b'\'', true)?;
    }
    Ok(end)
}

/// The quote that continues the string that ended before `at`.
fn continuation(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut newline = false;
    loop {
        match *bytes.get(at)? {
            byte if is_space(byte) => {
                newline |= byte == b'\n' || byte == b'\r';
                at += 1;
            }
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at = chars::end_of(bytes, at, |byte| byte != b'\n' && byte != b'\r');
            }
            b'\'' if newline => return Some(at),
            _ => return None,
        }
    }
}

/// The end of the `$tag$` that opens a dollar-quoted string at `at`, if one does.
pub(super) fn dollar_tag(bytes: &[u8], at: usize) -> Option<usize> {
    let end = match bytes.get(at + 1) {
        Some(&byte) if starts_name(byte) => chars::end_of(bytes, at + 1, in_plain_name),
        _ => at + 1,
    };
    (bytes.get(end) == Some(&b'$')).then_some(end + 1)
}

/// Where the dollar-quoted string at `at`, the tag of which ends at `open`, ends.
pub(super) fn dollar_string(sql: &str, at: usize, open: usize) -> Result<usize, usize> {
    let tag = &sql[at..open];
    // A `$` that fails to start the tag may still start another one: `$a$ … $a$a$`.
    sql[open..].find(tag).map_or(Err(sql.len()), |n| Ok(open + n + tag.len()))
}
