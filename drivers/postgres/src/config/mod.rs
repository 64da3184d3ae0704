//! How to reach a server and log in.

mod environment;
mod options;
pub(crate) mod passfile;

use std::{fmt, future::Future, path::PathBuf, sync::Arc, time::Duration};

use aio_databases_net::{BoxFuture, TcpOptions, tls::TlsConfig};

pub use self::options::ConfigError;
use crate::BoxError;

/// How to reach a server and log in.
///
/// Options have libpq's names in [`Config::set`].
#[derive(Debug, Clone)]
pub struct Config {
    /// Where servers are, in the order in which they are tried. If there is none, a unix socket in one of the usual
    /// places, or else `localhost`.
    pub hosts: Vec<Host>,
    /// The role. By default, that of the operating system's user.
    pub user: Option<String>,
    /// The password. By default, that in the password file (`PGPASSFILE`, or `~/.pgpass`).
    pub password: Option<Password>,
    /// The database. By default, the one named like the user.
    pub database: Option<String>,
    /// What the server shows as the connection's application.
    pub application_name: Option<String>,
    /// Settings for the session, as the command line of the server has them: `-c name=value`.
    pub options: Option<String>,
    /// Other parameters of the start-up. A pooler may reject those that it does not know.
    pub parameters: Vec<(String, String)>,
    /// How long it may take to connect to one address and to log in. By default there is no limit.
    pub connect_timeout: Option<Duration>,
    /// TLS.
    pub tls: TlsConfig,
    /// How TLS begins.
    pub negotiation: Negotiation,
    /// Whether the log-in must be bound to the TLS channel.
    pub channel_binding: ChannelBinding,
    /// Which role a server must have.
    pub target_session: TargetSession,
    /// The order in which hosts and addresses are tried.
    pub load_balance: LoadBalance,
    /// Options of TCP sockets.
    pub tcp: TcpOptions,
    /// The version of the protocol to ask for.
    pub protocol: Protocol,
    /// How many prepared statements are kept. 0 means that all are unnamed, for poolers.
    pub statement_cache_capacity: usize,
}

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A host's name or address, and a port. A certificate is compared with this name.
    Tcp {
        /// The name.
        name: String,
        /// The address, if the name need not be resolved.
        address: Option<std::net::IpAddr>,
        /// The port.
        port: u16,
    },
    /// A unix socket: the path of the folder, and the port that is part of the file's name.
    Unix {
        /// The folder. If it begins with `@`, a name in the abstract namespace.
        folder: PathBuf,
        /// The port.
        port: u16,
    },
}

impl Host {
    /// A host or, if it begins with `/` or `@`, the folder of a unix socket.
    pub fn new(name: &str, port: u16) -> Host {
        match name.starts_with(['/', '@']) {
            true => Host::Unix { folder: name.into(), port },
            false => Host::Tcp { name: name.to_owned(), address: None, port },
        }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        match self {
            Host::Tcp { port, .. } | Host::Unix { port, .. } => *port,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Tcp { name, port, .. } if name.contains(':') => write!(f, "[{name}]:{port}"),
            Host::Tcp { name, port, .. } => write!(f, "{name}:{port}"),
            Host::Unix { folder, port } => write!(f, "{}/.s.PGSQL.{port}", folder.display()),
        }
    }
}

/// A password, or what gives one.
#[derive(Clone)]
pub enum Password {
    /// The password.
    Text(String),
    /// Asked for each new connection, for tokens that change.
    Hook(Arc<PasswordHook>),
}

/// Gives a password.
pub type PasswordHook = dyn Fn() -> BoxFuture<'static, Result<String, BoxError>> + Send + Sync;

impl Password {
    /// A function that is asked for each new connection.
    pub fn hook<F>(hook: impl Fn() -> F + Send + Sync + 'static) -> Password
    where
        F: Future<Output = Result<String, BoxError>> + Send + 'static,
    {
        Password::Hook(Arc::new(move || Box::pin(hook())))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// How TLS begins (`sslnegotiation`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Negotiation {
    /// The client asks in PostgreSQL's own protocol.
    #[default]
    Postgres,
    /// At once, which saves a round trip. Servers support it since PostgreSQL 17. TLS must be required.
    Direct,
}

/// Whether a log-in is bound to the TLS channel, so that nobody can pass it on (`channel_binding`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// If the server supports it.
    #[default]
    Prefer,
    /// Always.
    Require,
}

/// Which role a server must have (`target_session_attrs`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TargetSession {
    /// Any.
    #[default]
    Any,
    /// Transactions can write by default.
    ReadWrite,
    /// Transactions cannot write by default.
    ReadOnly,
    /// It is not a standby.
    Primary,
    /// It is a standby.
    Standby,
    /// It is a standby, or else, if no host is, any.
    PreferStandby,
}

/// The order in which hosts and addresses are tried (`load_balance_hosts`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LoadBalance {
    /// As they are given.
    #[default]
    Disable,
    /// At random.
    Random,
}

/// A version of the protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Protocol {
    /// 3.0, which every server and pooler supports.
    #[default]
    V3_0,
    /// 3.2 of PostgreSQL 18, with longer secret keys, or what the server supports.
    V3_2,
}

impl Default for Config {
    fn default() -> Config {
        Config::new()
    }
}

impl Config {
    /// The defaults, without looking at the environment.
    pub fn new() -> Config {
        Config {
            hosts: Vec::new(),
            user: None,
            password: None,
            database: None,
            application_name: None,
            options: None,
            parameters: Vec::new(),
            connect_timeout: None,
            tls: TlsConfig::default(),
            negotiation: Negotiation::default(),
            channel_binding: ChannelBinding::default(),
            target_session: TargetSession::default(),
            load_balance: LoadBalance::default(),
            tcp: TcpOptions::default(),
            protocol: Protocol::default(),
            statement_cache_capacity: 256,
        }
    }

    /// The user, or the operating system's.
    pub(crate) fn user_or_default(&self) -> String {
        let system = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
        self.user.clone().or_else(system).unwrap_or_else(|| "postgres".to_owned())
    }

    /// The hosts, or the default one.
    pub(crate) fn hosts_or_default(&self) -> Vec<Host> {
        const PORT: u16 = 5432;
        if !self.hosts.is_empty() {
            return self.hosts.clone();
        }
        let folder = ["/var/run/postgresql", "/private/tmp", "/tmp"].into_iter().find(|folder| {
            cfg!(unix) && std::path::Path::new(folder).join(format!(".s.PGSQL.{PORT}")).exists()
        });
        vec![Host::new(folder.unwrap_or("localhost"), PORT)]
    }
}
