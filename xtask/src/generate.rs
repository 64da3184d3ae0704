//! `cargo xtask generate`: many random queries, against real servers.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::{
    cargo,
    servers::{Releases, Servers},
};

/// Starts the servers, unless the environment names some, and runs the generator with these arguments.
pub(crate) fn run(releases: Releases, args: impl Iterator<Item = String>) -> Result<()> {
    let named = ["AIO_DATABASES_POSTGRES_URL", "AIO_DATABASES_MYSQL_URL"];
    let mut servers = if named.iter().any(|name| std::env::var_os(name).is_some()) {
        None
    } else {
        Some(Servers::start(releases)?)
    };
    let mut command = cargo();
    command.args(["run", "--release", "--package", "aio-databases-generate", "--"]).args(args);
    if let Some(servers) = &servers {
        command.envs(servers.variables());
    }
    let mut generator = command.spawn().context("running the generator")?;
    let status = loop {
        if let Some(status) = generator.try_wait()? {
            break status;
        }
        // A random query may be the end of a server: the generator waits for it to come back.
        servers.as_mut().map_or(Ok(()), Servers::keep_up)?;
        std::thread::sleep(Duration::from_millis(200));
    };
    ensure!(status.success(), "there are wrong answers");
    Ok(())
}
