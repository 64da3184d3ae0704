//! `cargo xtask bench`: the run time beside its peers, against servers of its own.

use anyhow::{Context, Result, ensure};

use crate::{cargo, servers::Servers};

/// Starts the servers, unless the environment names some already, and measures.
pub(crate) fn run(args: impl Iterator<Item = String>) -> Result<()> {
    let named = ["AIO_DATABASES_POSTGRES_URL", "AIO_DATABASES_MYSQL_URL"];
    let servers = match named.iter().any(|name| std::env::var_os(name).is_some()) {
        true => None,
        false => Some(Servers::start()?),
    };
    for missing in servers.iter().flat_map(Servers::missing) {
        println!("xtask: NOT MEASURED: {missing}");
    }
    let status = cargo()
        .args(["bench", "--package", "aio-databases-benches-runtime", "--bench", "runtime", "--"])
        .args(args)
        .envs(servers.iter().flat_map(Servers::variables))
        .status()
        .context("running cargo bench")?;
    ensure!(status.success(), "the benchmark failed");
    Ok(())
}
