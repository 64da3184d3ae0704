//! Classes of bytes. Bytes of non-ASCII characters can be part of names, in every dialect.

use crate::Dialect;

pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

pub(crate) const fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// Whether a byte can be part of a name. In all three dialects, `$` can.
pub(crate) const fn in_name(byte: u8) -> bool {
    starts_name(byte) || byte.is_ascii_digit() || byte == b'$'
}

/// Whether a byte can be part of a placeholder's name or a dollar quote's tag.
pub(crate) const fn in_plain_name(byte: u8) -> bool {
    starts_name(byte) || byte.is_ascii_digit()
}

/// Whether a byte can be part of a PostgreSQL operator.
pub(crate) const fn in_operator(byte: u8) -> bool {
    matches!(
        byte,
        b'+' | b'-'
            | b'*'
            | b'/'
            | b'<'
            | b'>'
            | b'='
            | b'~'
            | b'!'
            | b'@'
            | b'#'
            | b'%'
            | b'^'
            | b'&'
            | b'|'
            | b'`'
            | b'?'
    )
}

pub(crate) const fn is_punctuation(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'[' | b']' | b',' | b';' | b'.' | b':' | b'{' | b'}')
}

/// The end of the bytes from `at` that `belongs` accepts.
pub(crate) fn end_of(bytes: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> usize {
    bytes[at..].iter().position(|&byte| !belongs(byte)).map_or(bytes.len(), |n| at + n)
}

/// The end of the line comment that starts at `at`, if one does.
pub(crate) fn line_comment(bytes: &[u8], at: usize, dialect: Dialect) -> Option<usize> {
    let rest = &bytes[at..];
    let comments = &dialect.facts().comments;
    let spaced = || rest.get(2).is_none_or(|&byte| byte <= b' ' || byte == 0x7f);
    let dashes = rest.starts_with(b"--") && (!comments.dashes_need_space || spaced());
    let starts = dashes || comments.hash && rest.starts_with(b"#");
    let newline = |byte| byte == b'\n' || (byte == b'\r' && comments.return_ends);
    starts.then(|| end_of(bytes, at, |byte| !newline(byte)))
}

/// The end of the block comment that starts at `at`; `Err` with the end of the text if it is not closed. Comments nest
/// in PostgreSQL.
pub(crate) fn block_comment(bytes: &[u8], at: usize, dialect: Dialect) -> Result<usize, usize> {
    let mut depth = 1;
    let mut at = at + 2;
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Ok(at);
                }
            }
            b"/*" if dialect.facts().comments.nest => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    Err(bytes.len())
}

/// The first byte from `at` that is neither space nor part of a comment.
pub(crate) fn skip_blank(bytes: &[u8], mut at: usize, dialect: Dialect) -> usize {
    while at < bytes.len() {
        if is_space(bytes[at]) {
            at += 1;
        } else if let Some(end) = line_comment(bytes, at, dialect) {
            at = end;
        } else if bytes[at..].starts_with(b"/*") {
            at = block_comment(bytes, at, dialect).unwrap_or_else(|end| end);
        } else {
            break;
        }
    }
    at
}
