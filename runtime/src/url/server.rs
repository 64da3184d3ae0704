//! Where a PostgreSQL or MySQL URL leads.

use std::fmt;

use aio_databases_sql::Dialect;

use super::parts::{Parts, decode};
use crate::UrlProblem;

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

impl ServerTarget {
    pub(super) fn new(backend: Dialect, parts: &Parts<'_>) -> Result<Self, UrlProblem> {
        if parts.authority.is_none() {
            return Err(UrlProblem::Malformed(format!(
                "after the scheme, `//` and a host should stand, as in `{}://user@localhost/name`",
                parts.scheme
            )));
        }
        let authority = parts.authority()?;
        let database = decode(parts.path.trim_start_matches('/'))?;
        let mut target = ServerTarget {
            backend,
            user: authority.user,
            password: authority.password,
            host: None,
            port: authority.port,
            socket: None,
            database: Some(database).filter(|name| !name.is_empty()),
            options: Vec::new(),
        };
        if let Some(host) = authority.host {
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

    /// Takes an option. `Ok(false)`: there is none of this name. The error says what the option takes.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let own = |name: &str| self.options().iter().copied().find(|known| *known == name);
        let alias = || ALIASES.iter().filter(|(other, _)| *other == name).find_map(|(_, name)| own(name));
        let Some(name) = own(name).or_else(alias) else { return Ok(false) };
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
