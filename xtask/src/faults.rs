//! `cargo xtask faults`: the long runs of the faults of which CI runs short ones.

use anyhow::{Context, Result, bail, ensure};

use crate::{
    cargo,
    servers::{Releases, Servers},
};

/// Starts the servers and runs each fault for so long, one after the other.
pub(crate) fn run(releases: Releases, mut args: impl Iterator<Item = String>) -> Result<()> {
    let (mut seconds, mut seed, mut fault, mut backend) = (60_u64, 1_u64, String::new(), String::new());
    while let Some(arg) = args.next() {
        let value = args.next().with_context(|| format!("a value follows `{arg}`"))?;
        match arg.as_str() {
            "--seconds" => seconds = value.parse()?,
            "--seed" => seed = value.parse()?,
            "--fault" => fault = value,
            "--backend" => backend = value,
            other => bail!("it takes --seconds, --seed, --fault and --backend, not `{other}`"),
        }
    }
    let servers = Servers::start(releases)?;
    let status = cargo()
        .args(["test", "--package", "aio-databases-faults", "--test", "faults", "--"])
        .args(["--nocapture", "--test-threads", "1"])
        .args(filters(&fault, &backend)?)
        .env("FAULTS", format!("{seconds}:{seed}"))
        .envs(servers.variables())
        .envs(releases.variables())
        .status()
        .context("running cargo test")?;
    for missing in servers.missing() {
        println!("xtask: NOT TESTED: {missing}");
    }
    ensure!(status.success(), "a fault did harm");
    Ok(())
}

/// A test is named after its fault, and ends with its backend; those of SQLite's own have no backend in their names.
fn filters(fault: &str, backend: &str) -> Result<Vec<String>> {
    let backends = ["sqlite", "postgres", "mysql"];
    ensure!(backend.is_empty() || backends.contains(&backend), "a backend is one of {}", backends.join(", "));
    let mut filters = Vec::new();
    if !fault.is_empty() {
        filters.push(format!("{fault}::"));
    }
    if !backend.is_empty() {
        for other in backends.into_iter().filter(|other| *other != backend) {
            filters.extend(["--skip".to_owned(), format!("::{other}")]);
        }
        if backend != "sqlite" {
            filters.extend(["--skip", "locked::", "--skip", "disk_full::"].map(str::to_owned));
        }
    }
    Ok(filters)
}
