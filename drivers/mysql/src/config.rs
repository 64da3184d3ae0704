//! How to reach a server, and how the session is set up.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use aio_databases_net::{BoxFuture, KeepAlive, TcpOptions, tls::Pem};

use crate::{
    error::{Error, Result},
    params::BoxError,
    ssl::SslMode,
};

/// How to reach a server, and how the session is set up.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) socket: Option<PathBuf>,
    pub(crate) user: String,
    pub(crate) password: Password,
    pub(crate) password_hook: Option<PasswordHook>,
    pub(crate) database: Option<String>,
    pub(crate) charset: String,
    pub(crate) collation: Option<String>,
    pub(crate) ssl_mode: SslMode,
    pub(crate) ssl_ca: Option<Pem>,
    pub(crate) ssl_cert: Option<Pem>,
    pub(crate) ssl_key: Option<Pem>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) tcp: TcpOptions,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) lock_timeout: Option<Duration>,
    pub(crate) statement_cache: usize,
    pub(crate) message_limit: usize,
    pub(crate) recover_limit: usize,
    pub(crate) clear_password: bool,
    pub(crate) server_public_key: Option<String>,
    pub(crate) public_key_retrieval: bool,
    /// What makes TLS connections, once it was needed.
    #[cfg(feature = "tls")]
    pub(crate) connector: std::sync::OnceLock<aio_databases_net::tls::Connector>,
}

/// A password, which `Debug` does not print.
#[derive(Clone, Default)]
pub(crate) struct Password(pub(crate) String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Gives a password.
pub type AskPassword = dyn Fn() -> BoxFuture<'static, Result<String, BoxError>> + Send + Sync;

#[derive(Clone)]
pub(crate) struct PasswordHook(Arc<AskPassword>);

impl fmt::Debug for PasswordHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Config {
    /// The configuration with the password of a new connection, if it has to be asked for.
    pub(crate) async fn with_password(&self) -> Result<Option<Config>> {
        let Some(PasswordHook(hook)) = &self.password_hook else { return Ok(None) };
        let password = hook()
            .await
            .map_err(|error| Error::Authentication(format!("cannot get the password: {error}")))?;
        // It reads the files of certificates once.
        #[cfg(feature = "tls")]
        if self.ssl_mode != SslMode::Disabled {
            self.connector()?;
        }
        Ok(Some(Config { password: Password(password), ..self.clone() }))
    }
}

impl Default for Config {
    fn default() -> Self {
        Config {
            host: "localhost".to_owned(),
            port: 3306,
            socket: None,
            user: "root".to_owned(),
            password: Password::default(),
            password_hook: None,
            database: None,
            charset: "utf8mb4".to_owned(),
            collation: None,
            ssl_mode: SslMode::default(),
            ssl_ca: None,
            ssl_cert: None,
            ssl_key: None,
            connect_timeout: None,
            tcp: TcpOptions::default(),
            statement_timeout: None,
            lock_timeout: None,
            statement_cache: 256,
            message_limit: 1 << 30,
            recover_limit: 16 << 20,
            clear_password: false,
            server_public_key: None,
            public_key_retrieval: true,
            #[cfg(feature = "tls")]
            connector: std::sync::OnceLock::new(),
        }
    }
}

impl Config {
    /// The defaults: `root@localhost:3306`, without a password, encrypted if the server supports it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The host's name or address.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// The port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The path of a unix socket, used instead of host and port.
    #[must_use]
    pub fn socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.socket = Some(path.into());
        self
    }

    /// The user.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = user.into();
        self
    }

    /// The user's password.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Password(password.into());
        self
    }

    /// What gives the password of each new connection, for tokens that expire.
    #[must_use]
    pub fn password_hook(mut self, hook: Arc<AskPassword>) -> Self {
        self.password_hook = Some(PasswordHook(hook));
        self
    }

    /// The database to use.
    #[must_use]
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// The character set of the session. The default is `utf8mb4`.
    ///
    /// # Errors
    ///
    /// If it is not an identifier.
    pub fn charset(mut self, charset: &str) -> Result<Self> {
        self.charset = identifier("character set", charset)?;
        Ok(self)
    }

    /// The collation of the session. The default is the server's for the character set.
    ///
    /// # Errors
    ///
    /// If it is not an identifier.
    pub fn collation(mut self, collation: &str) -> Result<Self> {
        self.collation = Some(identifier("collation", collation)?);
        Ok(self)
    }

    /// Whether the connection is encrypted. The default is [`SslMode::Preferred`].
    #[must_use]
    pub fn ssl_mode(mut self, mode: SslMode) -> Self {
        self.ssl_mode = mode;
        self
    }

    /// The authorities that are trusted. The default are those that browsers trust.
    #[must_use]
    pub fn ssl_ca(mut self, ca: Pem) -> Self {
        self.ssl_ca = Some(ca);
        self
    }

    /// The client's certificate and its key.
    #[must_use]
    pub fn ssl_identity(mut self, cert: Pem, key: Pem) -> Self {
        (self.ssl_cert, self.ssl_key) = (Some(cert), Some(key));
        self
    }

    /// The client's certificate.
    #[must_use]
    pub fn ssl_cert(mut self, cert: Pem) -> Self {
        self.ssl_cert = Some(cert);
        self
    }

    /// The key of the client's certificate.
    #[must_use]
    pub fn ssl_key(mut self, key: Pem) -> Self {
        self.ssl_key = Some(key);
        self
    }

    /// How long connecting may take, with log-in and set-up. There is no limit by default.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// When a silent server is asked whether it is still there.
    #[must_use]
    pub fn keepalive(mut self, keepalive: Option<KeepAlive>) -> Self {
        self.tcp.keepalive = keepalive;
        self
    }

    /// How long sent data may stay unacknowledged. See [`TcpOptions::user_timeout`](aio_databases_net::TcpOptions).
    #[must_use]
    pub fn user_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.tcp.user_timeout = timeout;
        self
    }

    /// How long the server lets a `select` run (MySQL), or any statement (MariaDB).
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
        self
    }

    /// How long the server lets a statement wait for a lock: in whole seconds, and at least one.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = Some(timeout);
        self
    }

    /// The number of prepared statements that are kept. The default is 256, and at least one is kept.
    #[must_use]
    pub fn statement_cache(mut self, capacity: usize) -> Self {
        self.statement_cache = capacity;
        self
    }

    /// The longest message that is read, in bytes: the longest row. The default is 1 GiB, MySQL's own limit.
    #[must_use]
    pub fn message_limit(mut self, bytes: usize) -> Self {
        // A row's values are found by 32-bit numbers.
        self.message_limit = bytes.min(u32::MAX as usize - 1);
        self
    }

    /// How many bytes of unwanted rows [`Connection::recover`](crate::Connection::recover) reads. The default is 16 MiB.
    #[must_use]
    pub fn recover_limit(mut self, bytes: usize) -> Self {
        self.recover_limit = bytes;
        self
    }

    /// Whether the password may be sent as it is on a connection that is not encrypted. Off by default.
    #[must_use]
    pub fn clear_password(mut self, allowed: bool) -> Self {
        self.clear_password = allowed;
        self
    }

    /// The server's public RSA key in PEM. Without TLS the password is encrypted with it.
    #[must_use]
    pub fn server_public_key(mut self, pem: impl Into<String>) -> Self {
        self.server_public_key = Some(pem.into());
        self
    }

    /// Whether the server is asked for its public RSA key if the connection is not encrypted and none was given. On by default.
    /// An attacker who controls the network could send their own key: turn it off, or use TLS, where that matters.
    #[must_use]
    pub fn public_key_retrieval(mut self, allowed: bool) -> Self {
        self.public_key_retrieval = allowed;
        self
    }
}

/// A name that becomes part of a statement: letters, digits and underscores only.
fn identifier(what: &str, name: &str) -> Result<String> {
    let valid = !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if valid {
        Ok(name.to_owned())
    } else {
        Err(Error::Config(format!("`{name}` is not the name of a {what}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identifiers_become_sql() {
        assert!(Config::new().charset("utf8mb4").unwrap().collation("utf8mb4_0900_ai_ci").is_ok());
        for bad in ["", "a'b", "utf8mb4; drop table t", "a b", "é", &"a".repeat(65)] {
            assert!(Config::new().charset(bad).is_err(), "{bad}");
            assert!(Config::new().collation(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn passwords_are_not_printed() {
        let shown = format!("{:?}", Config::new().password("hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
