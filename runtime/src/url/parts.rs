//! The parts of a URL, by their places. Not the `url` crate's work: `sqlite:` and Windows' paths are none of its URLs, and
//! it forgives what a setting should not have.

use crate::UrlProblem;

/// The parts as they stand in the URL, not decoded yet.
pub(super) struct Parts<'u> {
    /// In lower case letters or not, as written.
    pub(super) scheme: &'u str,
    /// Between `//` and the path; `None` where there is no `//`.
    pub(super) authority: Option<&'u str>,
    /// With its leading `/`.
    pub(super) path: &'u str,
    query: &'u str,
}

/// What stands before the path of a server's URL.
#[derive(Default)]
pub(super) struct Authority {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
}

impl<'u> Parts<'u> {
    pub(super) fn split(url: &'u str) -> Result<Self, UrlProblem> {
        let (scheme, rest) = url.split_once(':').ok_or(UrlProblem::NoScheme)?;
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
        if scheme.is_empty() || !scheme.chars().all(named) {
            return Err(UrlProblem::NoScheme);
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = path_start(rest);
                (Some(&rest[..end]), &rest[end..])
            }
            None => (None, rest),
        };
        Ok(Parts { scheme, authority, path, query })
    }

    /// The options after `?`, decoded.
    pub(super) fn options(&self) -> Result<Vec<(String, String)>, UrlProblem> {
        self.query
            .split('&')
            .filter(|option| !option.is_empty())
            .map(|option| {
                let (name, value) = option.split_once('=').unwrap_or((option, ""));
                Ok((decode(name)?, decode(&value.replace('+', " "))?))
            })
            .collect()
    }

    /// `user:password@host:port`, decoded.
    pub(super) fn authority(&self) -> Result<Authority, UrlProblem> {
        let authority = self.authority.unwrap_or_default();
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let (user, password) = match user.map(|user| user.split_once(':').ok_or(user)) {
            Some(Ok((user, password))) => (some(user)?, Some(decode(password)?)),
            Some(Err(user)) => (some(user)?, None),
            None => (None, None),
        };
        let (host, port) = split_port(place)?;
        Ok(Authority { user, password, host: some(host)?, port })
    }
}

/// Where the path begins: at the first `/` after the last `@`, so that a password may have a `/`.
fn path_start(rest: &str) -> usize {
    let host = rest.rfind('@').map_or(0, |at| at + 1);
    rest[host..].find('/').map_or(rest.len(), |at| host + at)
}

/// `localhost:5432`, `[::1]:5432`.
fn split_port(place: &str) -> Result<(&str, Option<u16>), UrlProblem> {
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => match place.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    match port {
        None | Some("") => Ok((host, None)),
        Some(port) => match port.parse() {
            Ok(port) => Ok((host, Some(port))),
            Err(_) => Err(UrlProblem::Malformed(
                "the port after the host is no number (write `@` in a password as `%40`, `:` as `%3A` and `/` as `%2F`)"
                    .to_owned(),
            )),
        },
    }
}

/// The decoded text, or nothing where it is empty.
fn some(text: &str) -> Result<Option<String>, UrlProblem> {
    if text.is_empty() { Ok(None) } else { decode(text).map(Some) }
}

/// Reads `%41` as `A`.
pub(super) fn decode(text: &str) -> Result<String, UrlProblem> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let Some(byte) = byte else {
            let what = "after `%` two hexadecimal digits should stand (write `%` itself as `%25`)";
            return Err(UrlProblem::Malformed(what.to_owned()));
        };
        bytes.push(byte);
        rest = &after[2..];
    }
    String::from_utf8(bytes)
        .map_err(|_| UrlProblem::Malformed("the percent-encoded bytes are no UTF-8 text".to_owned()))
}
