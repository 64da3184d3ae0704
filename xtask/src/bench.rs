//! `cargo xtask bench`: the run time beside its peers, against servers of its own.

use anyhow::{Context, Result, ensure};

use crate::{
    cargo,
    servers::{Releases, Servers},
};

/// Starts the servers, unless the environment names some already, and measures.
pub(crate) fn run(releases: Releases, args: impl Iterator<Item = String>) -> Result<()> {
    let named = ["AIO_DATABASES_POSTGRES_URL", "AIO_DATABASES_MYSQL_URL"];
    let servers = match named.iter().any(|name| std::env::var_os(name).is_some()) {
        true => None,
        false => Some(Servers::start(releases)?),
    };
    for missing in servers.iter().flat_map(Servers::missing) {
        println!("xtask: NOT MEASURED: {missing}");
    }
    let mut bench = cargo();
    bench
        .args(["bench", "--package", "aio-databases-benches-runtime", "--bench", "runtime", "--"])
        .args(args)
        .envs(servers.iter().flat_map(Servers::variables));
    // The benchmark decides on which cores a server runs.
    for (url, process) in [
        ("AIO_DATABASES_POSTGRES_URL", "AIO_DATABASES_POSTGRES_PROCESS"),
        ("AIO_DATABASES_MYSQL_URL", "AIO_DATABASES_MYSQL_PROCESS"),
    ] {
        let id = servers.as_ref().and_then(|servers| servers.process(url));
        bench.envs(id.map(|id| (process, id.to_string())));
    }
    let status = bench.status().context("running cargo bench")?;
    ensure!(status.success(), "the benchmark failed");
    for name in servers.iter().flat_map(Servers::names) {
        println!("xtask: measured against {name}");
    }
    Ok(())
}
