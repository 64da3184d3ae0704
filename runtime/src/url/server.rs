//! Where a PostgreSQL or MySQL URL leads.

use std::fmt;

use url::{Host, ParseError, Url};

use super::{Target, encoding::decode, options};
use crate::{Backend, UrlProblem, options::POOL_OPTIONS};

/// A database on a server. What is not said is the driver's default.
#[derive(Clone, PartialEq)]
pub(crate) struct ServerTarget {
    pub(crate) backend: Backend,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
    /// Other hosts, which are tried after the first one (PostgreSQL).
    pub(crate) others: Vec<(String, Option<u16>)>,
    pub(crate) socket: Option<String>,
    pub(crate) database: Option<String>,
    /// The server's own options, by the names of the table; their values are of its kinds.
    pub(crate) options: Vec<(&'static str, String)>,
}

/// Understands what follows the scheme, up to the options, which are given as they stand.
pub(super) fn parse(backend: Backend, scheme: &str, rest: &str) -> Result<(Target, String), UrlProblem> {
    let Some(rest) = rest.strip_prefix("//") else {
        let what =
            format!("expected `//` and a host after the scheme, as in `{scheme}://user@localhost/name`");
        return Err(UrlProblem::Malformed(what));
    };
    if rest.contains(char::is_control) {
        return Err(UrlProblem::Malformed("it has a line break or another control character".to_owned()));
    }
    let (credentials, rest) = split_credentials(rest);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (first, others) = rest[..end].split_once(',').unwrap_or((&rest[..end], ""));
    if !others.is_empty() && backend != Backend::Postgres {
        return Err(UrlProblem::Malformed(
            "several hosts are not supported: name the primary, and each replica with `Database::builder(url).replica(…)`"
                .to_owned(),
        ));
    }
    let url = Url::parse(&format!("{scheme}://{first}{}", &rest[end..])).map_err(malformed)?;
    let query = url.query().unwrap_or_default();
    let mut target = ServerTarget::new(backend, credentials, &url)?;
    target.others =
        others.split(',').filter(|_| !others.is_empty()).map(other_host).collect::<Result<_, _>>()?;
    // In `user:1?2@host/name` the host would be `user`, the port 1, and `2@host/name` an option.
    let first = query.split('=').next().unwrap_or_default();
    let cut = url.path().is_empty() && query.contains('@') && !target.knows(first);
    if cut || url.fragment().is_some() {
        return Err(not_encoded("a `?` or `#` is in the wrong place"));
    }
    Ok((Target::Server(target), query.to_owned()))
}

/// One of several hosts, with its port.
fn other_host(written: &str) -> Result<(String, Option<u16>), UrlProblem> {
    let url = Url::parse(&format!("postgres://{written}/")).map_err(malformed)?;
    let host = match url.host() {
        Some(Host::Ipv6(address)) => address.to_string(),
        _ => some(url.host_str().unwrap_or_default())?.unwrap_or_else(|| "localhost".to_owned()),
    };
    Ok((host, url.port()))
}

/// What stands before the host's `@`. Settings are often put together without encoding the password: that may have
/// `@`, `/`, `:` and `#`, with which the standard would end it.
fn split_credentials(rest: &str) -> (Option<&str>, &str) {
    let end = rest.find('?').unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
        None => (None, rest),
    }
}

fn malformed(error: ParseError) -> UrlProblem {
    match error {
        ParseError::InvalidPort => not_encoded("the port after the host is not a number up to 65535"),
        ParseError::EmptyHost => UrlProblem::Malformed("expected a host before the port".to_owned()),
        ParseError::InvalidIpv6Address => {
            UrlProblem::Malformed("expected an IPv6 address between `[` and `]`, as in `[::1]`".to_owned())
        }
        ParseError::InvalidDomainCharacter => not_encoded("the host has a character that hosts can't have"),
        other => UrlProblem::Malformed(other.to_string()),
    }
}

/// A mistake that often comes from a password that was written as it is.
fn not_encoded(what: &str) -> UrlProblem {
    UrlProblem::Malformed(format!(
        "{what} (in a password, write `%` as `%25`, `?` as `%3F`, `#` as `%23`, `/` as `%2F`, `:` as `%3A` and `@` as \
         `%40`)"
    ))
}

/// The decoded text, or nothing where it is empty.
fn some(text: &str) -> Result<Option<String>, UrlProblem> {
    if text.is_empty() { Ok(None) } else { decode(text).map(Some) }
}

impl ServerTarget {
    fn new(backend: Backend, credentials: Option<&str>, url: &Url) -> Result<Self, UrlProblem> {
        let (user, password) = match credentials.map(|both| both.split_once(':').ok_or(both)) {
            Some(Ok((user, password))) => (some(user)?, Some(decode(password)?)),
            Some(Err(user)) => (some(user)?, None),
            None => (None, None),
        };
        let host = match url.host() {
            Some(Host::Ipv6(address)) => Some(address.to_string()),
            _ => some(url.host_str().unwrap_or_default())?,
        };
        let mut target = ServerTarget {
            backend,
            user,
            password,
            host: None,
            port: url.port(),
            others: Vec::new(),
            socket: None,
            database: some(url.path().trim_start_matches('/'))?,
            options: Vec::new(),
        };
        if let Some(host) = host {
            target.set_host(host);
        }
        Ok(target)
    }

    /// The database as a URL without a password, for one whose parts were not all in a URL.
    pub(super) fn describe(&self, scheme: &str) -> String {
        let user = self.user.as_ref().map_or(String::new(), |user| format!("{user}@"));
        let host = match &self.host {
            Some(host) if host.contains(':') => format!("[{host}]"),
            host => host.clone().unwrap_or_default(),
        };
        let port = self.port.map_or(String::new(), |port| format!(":{port}"));
        let database = self.database.as_deref().unwrap_or_default();
        let socket = self.socket.as_ref().map_or(String::new(), |socket| format!("?host={socket}"));
        format!("{scheme}://{user}{host}{port}/{database}{socket}")
    }

    /// Whether there is such an option, of this backend or of the pool.
    fn knows(&self, name: &str) -> bool {
        POOL_OPTIONS.contains(&name) || options::find(self.backend, name).is_some()
    }

    /// Takes an option of the backend's own, whose value was checked.
    pub(super) fn set(&mut self, name: &'static str, value: String) -> Result<(), String> {
        match name {
            "host" => self.set_host(value),
            "socket" => self.socket = Some(value),
            "port" => self.port = Some(value.parse().map_err(|_| "a port number".to_owned())?),
            "user" => self.user = Some(value),
            "password" => self.password = Some(value),
            "dbname" | "database" => self.database = Some(value),
            // Neon finds its endpoint by the name that TLS sends, too.
            "options" if value.starts_with("endpoint=") || value.starts_with("project=") => {}
            name => self.options.push((name, value)),
        }
        Ok(())
    }

    /// PostgreSQL: has sessions find their tables in this schema.
    pub(super) fn set_schema(&mut self, schema: &str) {
        let quoted = format!("\"{}\"", schema.replace('"', "\"\""));
        self.options.push(("options", format!("-c search_path={}", escaped(&quoted))));
    }

    /// PostgreSQL: a setting of the session. Its name becomes a part of a command line.
    pub(super) fn set_setting(&mut self, name: &str, value: &str) -> Result<(), String> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        if name.is_empty() || !name.chars().all(is_name) {
            return Err("the name of a setting between `[` and `]`".to_owned());
        }
        self.options.push(("options", format!("-c {name}={}", escaped(value))));
        Ok(())
    }

    /// A host that begins with `/` is the folder of a socket (PostgreSQL), or the socket itself (MySQL).
    fn set_host(&mut self, host: String) {
        if host.starts_with('/') { self.socket = Some(host) } else { self.host = Some(host) }
    }
}

/// A word of a server's command line.
fn escaped(value: &str) -> String {
    let escape = |c: char| match c {
        '\\' | ' ' | '\t' => vec!['\\', c],
        c => vec![c],
    };
    value.chars().flat_map(escape).collect()
}

impl fmt::Debug for ServerTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTarget")
            .field("backend", &self.backend)
            .field("user", &self.user)
            .field("password", &self.password.as_ref().map(|_| "***"))
            .field("host", &self.host)
            .field("port", &self.port)
            .field("others", &self.others)
            .field("socket", &self.socket)
            .field("database", &self.database)
            .field("options", &self.options)
            .finish()
    }
}
