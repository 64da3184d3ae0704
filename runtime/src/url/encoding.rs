//! Percent-encoding, and the options after `?`. What cannot be decoded is told: the decoder itself forgives it.

use percent_encoding::percent_decode_str;

use crate::UrlProblem;

/// Reads `%41` as `A`.
pub(super) fn decode(text: &str) -> Result<String, UrlProblem> {
    let is_escape = |after: &str| {
        after.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(is_escape) {
        let what = "after `%` two hexadecimal digits should stand (write `%` itself as `%25`)";
        return Err(UrlProblem::Malformed(what.to_owned()));
    }
    let decoded = percent_decode_str(text).decode_utf8();
    decoded
        .map(Into::into)
        .map_err(|_| UrlProblem::Malformed("the percent-encoded bytes are no UTF-8 text".to_owned()))
}

/// `name=value&name=value`, decoded. In a value, `+` is a blank.
pub(super) fn options(query: &str) -> Result<Vec<(String, String)>, UrlProblem> {
    query
        .split('&')
        .filter(|option| !option.is_empty())
        .map(|option| {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            Ok((decode(name)?, decode(&value.replace('+', " "))?))
        })
        .collect()
}
