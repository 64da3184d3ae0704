//! `cargo xtask damage`: the long runs of damaged replies.

use anyhow::{Context, Result, bail, ensure};

use crate::{
    cargo,
    servers::{Releases, Servers},
};

/// Starts the servers and runs so many rounds against each.
pub(crate) fn run(releases: Releases, mut args: impl Iterator<Item = String>) -> Result<()> {
    let (mut rounds, mut seed, mut first, mut backend) = (10_000_u64, 1_u64, 0_u64, String::new());
    while let Some(arg) = args.next() {
        let value = args.next().with_context(|| format!("a value follows `{arg}`"))?;
        match arg.as_str() {
            "--rounds" => rounds = value.parse()?,
            "--seed" => seed = value.parse()?,
            "--first" => first = value.parse()?,
            "--backend" if matches!(value.as_str(), "postgres" | "mysql") => backend = value,
            "--backend" => bail!("a backend is one of postgres, mysql"),
            other => bail!("it takes --rounds, --seed, --first and --backend, not `{other}`"),
        }
    }
    let servers = Servers::start(releases)?;
    let status = cargo()
        .args(["test", "--package", "aio-databases-damage", "--test", "damage", "--"])
        // One after the other: what is found in memory is of one of them alone.
        .args(["--include-ignored", "--nocapture", "--test-threads", "1"])
        .args((!backend.is_empty()).then_some(backend))
        .env("DAMAGE", format!("{rounds}:{seed}:{first}"))
        .envs(servers.variables())
        .status()
        .context("running cargo test")?;
    for name in servers.names() {
        println!("xtask: tested against {name}");
    }
    for missing in servers.missing() {
        println!("xtask: NOT TESTED: {missing}");
    }
    ensure!(status.success(), "damaged replies did harm");
    Ok(())
}
