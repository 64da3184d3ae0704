//! URLs for people: without the password, whatever else is wrong with them.

/// Options whose values nobody should see.
const SECRET: [&str; 3] = ["password", "sslpassword", "passwd"];

/// The URL with `***` in place of the password.
pub(crate) fn redact(url: &str) -> String {
    let (rest, query) = match url.split_once('?') {
        // A password may have a `?`, if nobody encoded it.
        Some((rest, query)) if !query.contains('@') => (rest, Some(query)),
        _ => (url, None),
    };
    let mut shown = hide_password(rest);
    if let Some(query) = query {
        shown.push('?');
        let options: Vec<_> = query.split('&').map(hide_option).collect();
        shown.push_str(&options.join("&"));
    }
    shown
}

fn hide_password(rest: &str) -> String {
    let Some(end) = rest.rfind('@') else { return rest.to_owned() };
    let start = match rest.find("//") {
        Some(slashes) if slashes < end => slashes + 2,
        // No `//`: what stands before the first colon may be the scheme or the user.
        _ => 0,
    };
    match rest[start..end.max(start)].find(':') {
        Some(colon) => format!("{}:***{}", &rest[..start + colon], &rest[end..]),
        None => rest.to_owned(),
    }
}

fn hide_option(option: &str) -> String {
    match option.split_once('=') {
        Some((name, _)) if SECRET.contains(&name.to_ascii_lowercase().as_str()) => format!("{name}=***"),
        _ => option.to_owned(),
    }
}
