//! Where a PostgreSQL or MySQL URL leads.

use std::fmt;

use aio_databases_sql::Dialect;
use url::{Host, ParseError, Url};

use super::{Target, encoding::decode};
use crate::{UrlProblem, options::POOL_OPTIONS};

/// A database on a server. What is not said is the driver's default.
#[derive(Clone, PartialEq)]
pub(crate) struct ServerTarget {
    pub(crate) backend: Dialect,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) socket: Option<String>,
    pub(crate) database: Option<String>,
    /// The server's own options, under their first names.
    pub(crate) options: Vec<(&'static str, String)>,
}

const POSTGRES: &[&str] = &[
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
    "options",
    "host",
    "port",
    "user",
    "password",
    "dbname",
];
const MYSQL: &[&str] = &[
    "ssl-mode",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "charset",
    "collation",
    "socket",
    "port",
    "user",
    "password",
];

/// Other names of options.
const ALIASES: [(&str, &str); 9] = [
    ("ssl-mode", "sslmode"),
    ("ssl-root-cert", "sslrootcert"),
    ("ssl-ca", "sslrootcert"),
    ("ssl-cert", "sslcert"),
    ("ssl-key", "sslkey"),
    ("database", "dbname"),
    ("unix_socket", "socket"),
    ("sslmode", "ssl-mode"),
    ("sslcert", "ssl-cert"),
];

/// Options with a fixed set of values.
const SSL_MODES: [(Dialect, &[&str]); 2] = [
    (Dialect::Postgres, &["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]),
    (Dialect::Mysql, &["disabled", "preferred", "required", "verify_ca", "verify_identity"]),
];

/// Understands what follows the scheme, up to the options, which are given as they stand.
pub(super) fn parse(backend: Dialect, scheme: &str, rest: &str) -> Result<(Target, String), UrlProblem> {
    let Some(rest) = rest.strip_prefix("//") else {
        let what =
            format!("after the scheme, `//` and a host should stand, as in `{scheme}://user@localhost/name`");
        return Err(UrlProblem::Malformed(what));
    };
    if rest.contains(char::is_control) {
        return Err(UrlProblem::Malformed(
            "a line break or another control character stands in it".to_owned(),
        ));
    }
    let (credentials, rest) = split_credentials(rest);
    let url = Url::parse(&format!("{scheme}://{rest}")).map_err(malformed)?;
    let query = url.query().unwrap_or_default();
    let target = ServerTarget::new(backend, credentials, &url)?;
    // In `user:1?2@host/name` the host would be `user`, the port 1, and `2@host/name` an option.
    let first = query.split('=').next().unwrap_or_default();
    let cut = url.path().is_empty() && query.contains('@') && !target.knows(first);
    if cut || url.fragment().is_some() {
        return Err(not_encoded("`?` or `#` stands where it cannot"));
    }
    Ok((Target::Server(target), query.to_owned()))
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
        ParseError::InvalidPort => not_encoded("the port after the host is no number up to 65535"),
        ParseError::EmptyHost => UrlProblem::Malformed("before the port a host should stand".to_owned()),
        ParseError::InvalidIpv6Address => UrlProblem::Malformed(
            "between `[` and `]` an IPv6 address should stand, as in `[::1]`".to_owned(),
        ),
        ParseError::InvalidDomainCharacter => not_encoded("the host has a character that no host has"),
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
    fn new(backend: Dialect, credentials: Option<&str>, url: &Url) -> Result<Self, UrlProblem> {
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
            socket: None,
            database: some(url.path().trim_start_matches('/'))?,
            options: Vec::new(),
        };
        if let Some(host) = host {
            target.set_host(host);
        }
        Ok(target)
    }

    pub(super) fn options(&self) -> &'static [&'static str] {
        match self.backend {
            Dialect::Mysql => MYSQL,
            _ => POSTGRES,
        }
    }

    /// The first name of an option of this backend.
    fn own(&self, name: &str) -> Option<&'static str> {
        let own = |name: &str| self.options().iter().copied().find(|known| *known == name);
        own(name)
            .or_else(|| ALIASES.iter().filter(|(other, _)| *other == name).find_map(|(_, name)| own(name)))
    }

    /// Whether there is such an option, of this backend or of the pool.
    fn knows(&self, name: &str) -> bool {
        POOL_OPTIONS.contains(&name) || self.own(name).is_some()
    }

    /// Takes an option. `Ok(false)`: there is none of this name. The error says what the option takes.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let Some(name) = self.own(name) else { return Ok(false) };
        let value = value.to_owned();
        match name {
            "host" => self.set_host(value),
            "socket" => self.socket = Some(value),
            "port" => self.port = Some(value.parse().map_err(|_| "a port's number".to_owned())?),
            "user" => self.user = Some(value),
            "password" => self.password = Some(value),
            "dbname" => self.database = Some(value),
            "sslmode" | "ssl-mode" => self.options.push((name, self.ssl_mode(&value)?)),
            name => self.options.push((name, value)),
        }
        Ok(true)
    }

    /// A host that begins with `/` is the folder of a socket (PostgreSQL), or the socket itself (MySQL).
    fn set_host(&mut self, host: String) {
        if host.starts_with('/') { self.socket = Some(host) } else { self.host = Some(host) }
    }

    fn ssl_mode(&self, value: &str) -> Result<String, String> {
        let modes = SSL_MODES
            .iter()
            .find(|(backend, _)| *backend == self.backend)
            .map_or(&[][..], |(_, modes)| modes);
        let value = value.to_ascii_lowercase();
        if modes.contains(&value.as_str()) {
            return Ok(value);
        }
        Err(format!("one of {}", crate::error::Listed(modes)))
    }
}

impl fmt::Debug for ServerTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTarget")
            .field("backend", &self.backend)
            .field("user", &self.user)
            .field("password", &self.password.as_ref().map(|_| "***"))
            .field("host", &self.host)
            .field("port", &self.port)
            .field("socket", &self.socket)
            .field("database", &self.database)
            .field("options", &self.options)
            .finish()
    }
}
