//! URLs for people: without the password, whatever else is wrong with them.

/// Options whose values nobody should see.
const SECRET: [&str; 3] = ["password", "sslpassword", "passwd"];

/// The URL with `***` in place of the password. Where it is not clear what the password is, too much is hidden.
pub(crate) fn redact(url: &str) -> String {
    // Options first: a password there may have an `@`.
    let shown: String = url.split_inclusive(['?', '&']).map(hide_option).collect();
    match shown.rfind('@') {
        Some(end) => hide_password(&shown, end),
        None => hide_port(&shown),
    }
}

/// `password=secret&`
fn hide_option(option: &str) -> String {
    match option.split_once('=') {
        Some((name, value)) if SECRET.contains(&name.to_ascii_lowercase().as_str()) => {
            let end = if value.ends_with('&') { "&" } else { "" };
            format!("{name}=***{end}")
        }
        _ => option.to_owned(),
    }
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
