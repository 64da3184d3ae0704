//! Throw-away database servers: own data folders, free loopback ports, gone when dropped.

mod answers;
mod cache;
mod debian;
mod embedded;
mod install;
mod mariadb;
mod mysql;
mod pgbouncer;
mod postgres;
mod process;
mod releases;

use std::{sync::mpsc, time::Duration};

use anyhow::{Error, Result, bail};

use self::releases::Mysql;
pub use self::{process::Server, releases::Releases};

/// The password of every throw-away server: tests look for it where it must not be.
pub const PASSWORD: &str = "correct-horse";

/// What was started, and what could not be.
pub struct Servers {
    running: Vec<Server>,
    missing: Vec<Missing>,
}

/// A server that could not be started.
struct Missing {
    /// What it is, and what to install.
    what: String,
    /// Whether it is one that is downloaded into the build's folder, not installed.
    downloaded: bool,
}

impl Servers {
    /// Starts the servers of each kind. One that is not installed, and can't be, is noted as missing. One that is installed and
    /// does not start is an error; one that was downloaded is missing then, too.
    pub fn start(releases: Releases) -> Result<Self> {
        let mut servers = Servers { running: Vec::new(), missing: Vec::new() };
        let default = Releases::default();
        servers.note(postgres::start(releases.postgres), releases.postgres != default.postgres)?;
        servers.note(start_mysql(releases), releases.mysql != default.mysql)?;
        if let Some(postgres) = servers.url("AIO_DATABASES_POSTGRES_URL") {
            servers.note(pgbouncer::stock(&postgres), false)?;
            servers.note(pgbouncer::preparing(&postgres), true)?;
        }
        Ok(servers)
    }

    fn note(&mut self, started: Result<Result<Vec<Server>, String>>, downloaded: bool) -> Result<()> {
        let what = match started {
            Ok(Ok(started)) => {
                // Those that use another one stop before it.
                self.running.splice(..0, started);
                return Ok(());
            }
            Ok(Err(what)) => what,
            Err(error) if downloaded => format!("{error:#}"),
            Err(error) => return Err(error),
        };
        self.missing.push(Missing { what, downloaded });
        Ok(())
    }

    fn url(&self, variable: &str) -> Option<String> {
        self.running.iter().find(|server| server.variable == variable).map(|server| server.url.clone())
    }

    /// What can't be tested, each with what to install.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        self.missing.iter().map(|missing| missing.what.as_str())
    }

    /// Those that are missing though the system's packages have them.
    pub fn not_installed(&self) -> impl Iterator<Item = &str> {
        self.missing.iter().filter(|missing| !missing.downloaded).map(|missing| missing.what.as_str())
    }

    /// The servers that run, by name and version; SQLite is compiled in.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once("SQLite (compiled in)").chain(self.running.iter().map(|s| s.name.as_str()))
    }

    /// Starts those again that have ended by themselves.
    pub fn keep_up(&mut self) -> Result<()> {
        self.running.iter_mut().try_for_each(Server::keep_up)
    }

    /// The environment that points tests at the servers.
    pub fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.running.iter().map(|s| (s.variable, s.url.as_str()))
    }

    /// The process of the server that a variable names.
    pub fn process(&self, variable: &str) -> Option<u32> {
        self.running.iter().find(|server| server.variable == variable).map(Server::id)
    }
}

fn start_mysql(releases: Releases) -> Result<Result<Vec<Server>, String>> {
    match releases.mysql {
        Mysql::MariaDb => mariadb::start(),
        Mysql::Mysql9 => mysql::start(),
    }
}

/// Starts a server of the test's own, to be stopped and started: `postgres` or `mysql`, of the release that the environment names; for
/// `postgres` its standby comes first. What is missing is an error.
pub fn of_its_own(backend: &str) -> Result<Vec<Server>> {
    let releases = Releases::from_env()?;
    let started = match backend {
        "postgres" => postgres::start(releases.postgres)?,
        "mysql" => start_mysql(releases)?,
        other => bail!("there is no server of `{other}`"),
    };
    started.map_err(Error::msg)
}

/// `cargo xtask servers`: up until Ctrl-C.
pub fn keep(releases: Releases) -> Result<()> {
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        // The receiver is gone only when we are stopping already.
        let _ = stop.send(());
    })?;
    let mut servers = Servers::start(releases)?;
    for missing in servers.missing() {
        eprintln!("xtask: NOT STARTED: {missing}");
    }
    for (variable, value) in servers.variables() {
        println!("export {variable}='{value}'");
    }
    for (variable, value) in releases.variables() {
        println!("export {variable}='{value}'");
    }
    eprintln!("xtask: Ctrl-C stops the servers and removes their data");
    while let Err(mpsc::RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_millis(200)) {
        servers.keep_up()?;
    }
    Ok(())
}
