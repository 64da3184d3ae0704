//! `cargo xtask generate`: many random queries, against real servers.

use anyhow::{Context, Result, ensure};

use crate::{cargo, servers::Servers};

/// Starts the servers, unless the environment names some, and runs the generator with these arguments.
pub(crate) fn run(args: impl Iterator<Item = String>) -> Result<()> {
    let named = ["AIO_DATABASES_POSTGRES_URL", "AIO_DATABASES_MYSQL_URL"];
    let servers = if named.iter().any(|name| std::env::var_os(name).is_some()) {
        None
    } else {
        Some(Servers::start()?)
    };
    let mut command = cargo();
    command.args(["run", "--release", "--package", "aio-databases-generate", "--"]).args(args);
    if let Some(servers) = &servers {
        command.envs(servers.variables());
    }
    let status = command.status().context("running the generator")?;
    ensure!(status.success(), "there are wrong answers");
    Ok(())
}
