//! Throw-away database servers: own data folders, free loopback ports, gone when dropped.

mod install;
mod mariadb;
mod postgres;
mod process;

use std::{sync::mpsc, time::Duration};

use anyhow::{Error, Result, bail};

pub use self::process::Server;

/// The password of every throw-away server: tests look for it where it must not be.
pub const PASSWORD: &str = "correct-horse";

/// What was started, and what could not be.
pub struct Servers {
    running: Vec<Server>,
    missing: Vec<String>,
}

impl Servers {
    /// Starts the servers of each kind. One that is not installed, and can't be, is noted as missing; one that is
    /// installed but does not start is an error.
    pub fn start() -> Result<Self> {
        let mut servers = Servers { running: Vec::new(), missing: Vec::new() };
        for start in [postgres::start, mariadb::start] {
            match start()? {
                Ok(started) => servers.running.extend(started),
                Err(missing) => servers.missing.push(missing),
            }
        }
        Ok(servers)
    }

    /// What can't be tested, each with what to install.
    pub fn missing(&self) -> &[String] {
        &self.missing
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
}

/// Starts a server of the test's own, to be stopped and started: `postgres` or `mysql`; for `postgres` its standby comes first. What is
/// missing is an error.
pub fn of_its_own(backend: &str) -> Result<Vec<Server>> {
    let started = match backend {
        "postgres" => postgres::start()?,
        "mysql" => mariadb::start()?,
        other => bail!("there is no server of `{other}`"),
    };
    started.map_err(Error::msg)
}

/// `cargo xtask servers`: up until Ctrl-C.
pub fn keep() -> Result<()> {
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        // The receiver is gone only when we are stopping already.
        let _ = stop.send(());
    })?;
    let mut servers = Servers::start()?;
    for missing in servers.missing() {
        eprintln!("xtask: NOT STARTED: {missing}");
    }
    for (variable, url) in servers.variables() {
        println!("export {variable}='{url}'");
    }
    eprintln!("xtask: Ctrl-C stops the servers and removes their data");
    while let Err(mpsc::RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_millis(200)) {
        servers.keep_up()?;
    }
    Ok(())
}
