//! Opens connections: tries hosts and addresses, and ways to encrypt, until one fits.

mod authenticate;
mod role;
mod scram;
mod startup;
pub(crate) mod tls;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Instant};

use aio_databases_net::{
    Stream, timeout_at,
    tls::{Connector as TlsConnector, IS_COMPILED, TlsMode},
};

use self::{role::Role, tls::Tls};
use crate::{
    Config, ConnectError, ConnectProblem, ConnectSource, Connection, Host, LoadBalance, Negotiation,
    TargetSession,
};

/// Opens connections. It reads the files for TLS once.
#[derive(Debug, Clone)]
pub struct Connector {
    config: Arc<Config>,
    tls: Option<TlsConnector>,
}

/// Where a connection can be opened: one address of a host.
#[derive(Debug, Clone)]
enum Target {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl Connector {
    /// Checks a configuration, and reads its files.
    ///
    /// # Errors
    ///
    /// If options contradict each other, or a file for TLS cannot be used.
    pub fn new(config: Config) -> Result<Connector, ConnectError> {
        if config.negotiation == Negotiation::Direct && !config.tls.mode.is_required() {
            return Err(ConnectError::message(
                ConnectProblem::Tls,
                "`sslnegotiation=direct` needs `sslmode=require` or a stricter one",
            ));
        }
        let mut tls = config.tls.clone();
        if config.negotiation == Negotiation::Direct {
            tls.protocols = vec![b"postgresql".to_vec()];
        }
        let tls = match tls.mode {
            TlsMode::Disable => None,
            // Without TLS compiled in, what does not require it works.
            mode if !mode.is_required() && !IS_COMPILED => None,
            _ => Some(TlsConnector::new(&tls)?),
        };
        Ok(Connector { config: Arc::new(config), tls })
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Opens a connection to the first host that can be reached, lets the user in and has the role that is wanted.
    ///
    /// # Errors
    ///
    /// The error of the host that was tried last. If one of them rejected the user or does not know the database, the
    /// others are not tried.
    pub async fn connect(&self) -> Result<Connection, ConnectError> {
        let mut hosts = self.config.hosts_or_default();
        if self.config.load_balance == LoadBalance::Random {
            fastrand::shuffle(&mut hosts);
        }
        match self.config.target_session {
            TargetSession::PreferStandby => match self.connect_any(&hosts, Role::Standby).await {
                Err(error) if error.kind == ConnectProblem::WrongRole => {
                    self.connect_any(&hosts, Role::Any).await
                }
                result => result,
            },
            target => self.connect_any(&hosts, Role::from(target)).await,
        }
    }

    async fn connect_any(&self, hosts: &[Host], role: Role) -> Result<Connection, ConnectError> {
        let mut last: Option<ConnectError> = None;
        for host in hosts {
            let error = match self.connect_host(host, role).await {
                Ok(connection) => return Ok(connection),
                Err(error) => ConnectError { host: host.to_string(), ..error },
            };
            // Another host would say the same.
            if matches!(error.kind, ConnectProblem::Authentication | ConnectProblem::UnknownDatabase) {
                return Err(error);
            }
            // That a host could be reached, and has another role, says more than that another one could not.
            if !last.as_ref().is_some_and(|last| last.kind == ConnectProblem::WrongRole) {
                last = Some(error);
            }
        }
        Err(last.unwrap_or_else(|| ConnectError::message(ConnectProblem::Other, "no host is given")))
    }

    async fn connect_host(&self, host: &Host, role: Role) -> Result<Connection, ConnectError> {
        let mut last = None;
        for target in self.targets(host).await? {
            match self.connect_target(host, &target, role).await {
                Ok(connection) => return Ok(connection),
                Err(error) if error.kind == ConnectProblem::Authentication => return Err(error),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| ConnectError::message(ConnectProblem::Io, "the host name has no address")))
    }

    async fn targets(&self, host: &Host) -> Result<Vec<Target>, ConnectError> {
        match host {
            Host::Unix { folder, port } => {
                let mut path = folder.clone();
                path.push(format!(".s.PGSQL.{port}"));
                Ok(vec![Target::Unix(path)])
            }
            Host::Tcp { address: Some(address), port, .. } => {
                Ok(vec![Target::Tcp(SocketAddr::new(*address, *port))])
            }
            Host::Tcp { name, port, .. } => {
                let resolve = Stream::resolve(name, *port);
                let resolved = match self.deadline() {
                    None => resolve.await,
                    Some(deadline) => timeout_at(deadline, resolve).await.map_err(|_| timed_out())?,
                };
                let mut addresses = resolved.map_err(|error| {
                    ConnectError::message(
                        ConnectProblem::Io,
                        format!("cannot resolve the host name: {error}"),
                    )
                })?;
                if self.config.load_balance == LoadBalance::Random {
                    fastrand::shuffle(&mut addresses);
                }
                Ok(addresses.into_iter().map(Target::Tcp).collect())
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.config.connect_timeout.and_then(|limit| Instant::now().checked_add(limit))
    }

    /// Connects to an address, with the ways to encrypt that the mode allows.
    async fn connect_target(
        &self,
        host: &Host,
        target: &Target,
        role: Role,
    ) -> Result<Connection, ConnectError> {
        let deadline = self.deadline();
        let attempt = async |encrypt: bool| {
            let attempt = Box::pin(self.attempt(host, target, role, encrypt));
            match deadline {
                None => attempt.await,
                Some(deadline) => timeout_at(deadline, attempt).await.unwrap_or_else(|_| Err(timed_out())),
            }
        };
        let can_encrypt = self.tls.is_some() && matches!(target, Target::Tcp(_));
        match self.config.tls.mode {
            TlsMode::Allow if can_encrypt => match attempt(false).await {
                Err(error) if is_about_encryption(&error) => attempt(true).await,
                result => result,
            },
            TlsMode::Prefer if can_encrypt => match attempt(true).await {
                Err(error) if is_about_encryption(&error) => attempt(false).await,
                result => result,
            },
            _ => attempt(can_encrypt).await,
        }
    }

    async fn attempt(
        &self,
        host: &Host,
        target: &Target,
        role: Role,
        encrypt: bool,
    ) -> Result<Connection, ConnectError> {
        let mut stream = match target {
            Target::Tcp(address) => Stream::connect_address(*address, &self.config.tcp).await?,
            Target::Unix(path) => Stream::connect_unix(path).await?,
        };
        let mut used = None;
        if let (true, Some(connector)) = (encrypt, &self.tls) {
            let name = match host {
                Host::Tcp { name, .. } => name.clone(),
                Host::Unix { .. } => String::new(),
            };
            let is_direct = self.config.negotiation == Negotiation::Direct;
            let tls = Tls { connector: connector.clone(), host: name, is_direct };
            match tls::ask(stream, &tls).await? {
                (asked, true) => {
                    stream = tls::start_asked(asked, &tls).await?;
                    used = Some(Arc::new(tls));
                }
                (asked, false) if !self.config.tls.mode.is_required() => stream = asked,
                (_, false) => {
                    return Err(ConnectError::message(
                        ConnectProblem::Tls,
                        "the server does not support TLS",
                    ));
                }
            }
        }
        let mut connection = self.start(stream, used, host).await?;
        role.check(&mut connection).await?;
        Ok(connection)
    }
}

/// Whether a connection may succeed if it is encrypted, or if it is not. What a password decides is not among that:
/// it is not sent a second time, without encryption.
fn is_about_encryption(error: &ConnectError) -> bool {
    match &error.source {
        ConnectSource::Tls(_) => true,
        ConnectSource::Server(error) => error.code == "28000",
        _ => false,
    }
}

fn timed_out() -> ConnectError {
    ConnectError::message(ConnectProblem::TimedOut, "timed out")
}
