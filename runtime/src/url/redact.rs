//! URLs for people: without the password, whatever else is wrong with them.

use percent_encoding::percent_decode_str;

use super::options;

/// Words in the names of options whose values nobody should see.
const SECRET: [&str; 6] = ["password", "passwd", "passphrase", "pwd", "secret", "token"];

/// The same, as whole names.
const SECRETS: [&str; 5] = ["pass", "key", "hexkey", "apikey", "authkey"];

/// The URL with `***` in place of the password. Where it is not clear what the password is, too much is hidden.
pub(crate) fn redact(url: &str) -> String {
    // Options first: a password there may have an `@`. Blanks and `;` separate the parts of other programs' settings.
    let mut shown = String::with_capacity(url.len());
    let mut hiding = false;
    for part in url.split_inclusive(['?', '&', ';', ' ', '\t', '\n']) {
        let name = part.split_once('=').map(|(name, _)| name);
        match name {
            Some(name) if is_secret(name) => {
                shown.push_str(name);
                shown.push_str("=***");
                shown.extend(part.chars().next_back().filter(|end| "?&; \t\n".contains(*end)));
                hiding = true;
            }
            // The rest of a password that was written as it is.
            None if hiding => {}
            Some(name) if hiding && !options::is_name(&plain(name)) => {}
            _ => {
                shown.push_str(part);
                hiding = false;
            }
        }
    }
    match shown.rfind('@') {
        Some(end) => hide_password(&shown, end),
        None => hide_port(&shown),
    }
}

/// Whether an option's value is a secret, however its name is spelled.
pub(super) fn is_secret(name: &str) -> bool {
    let name: String = plain(name).chars().filter(char::is_ascii_alphanumeric).collect();
    SECRET.iter().any(|word| name.contains(word)) || SECRETS.contains(&name.as_str())
}

/// A name as it is meant: decoded, and in lowercase.
fn plain(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().to_lowercase()
}

/// `//user:secret@host`: the last `@` is at `end`.
fn hide_password(url: &str, end: usize) -> String {
    let start = match url.find("//") {
        Some(slashes) if slashes < end => slashes + 2,
        // No `//`: what stands before the first colon may be the scheme or the user.
        _ => 0,
    };
    match url[start..end.max(start)].find(':') {
        Some(colon) => format!("{}:***{}", &url[..start + colon], &url[end..]),
        None => url.to_owned(),
    }
}

/// `//user:secret`, without a host: the port is no number.
fn hide_port(url: &str) -> String {
    let Some(start) = url.find("://").filter(|at| !url[..*at].contains("sqlite")).map(|at| at + 3) else {
        return url.to_owned();
    };
    let end = url[start..].find(['/', '?']).map_or(url.len(), |end| start + end);
    match url[start..end].rfind(':') {
        Some(colon)
            if !url[start + colon + 1..end].bytes().all(|byte| byte.is_ascii_digit() || byte == b']') =>
        {
            format!("{}:***{}", &url[..start + colon], &url[end..])
        }
        _ => url.to_owned(),
    }
}
