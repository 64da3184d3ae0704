//! Percent-encoding, and the options after `?`. Text that can't be decoded is an error here; the decoder itself forgives it.

use percent_encoding::percent_decode_str;

use crate::UrlProblem;

/// Reads `%41` as `A`.
pub(super) fn decode(text: &str) -> Result<String, UrlProblem> {
    let is_escape = |after: &str| {
        after.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(is_escape) {
        let what = "expected two hexadecimal digits after `%` (write `%` itself as `%25`)";
        return Err(UrlProblem::Malformed(what.to_owned()));
    }
    let decoded = percent_decode_str(text).decode_utf8();
    // It would end the text in the protocols' messages.
    if decoded.as_ref().is_ok_and(|text| text.contains('\0')) {
        return Err(UrlProblem::Malformed("it has a NUL character".to_owned()));
    }
    decoded
        .map(Into::into)
        .map_err(|_| UrlProblem::Malformed("the percent-encoded bytes are not UTF-8 text".to_owned()))
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
