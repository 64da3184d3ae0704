//! `cargo xtask mutants` and `cargo xtask hostile`: the long runs of what CI runs a little of.

use anyhow::{Context, Result, bail, ensure};

use crate::{
    cargo,
    servers::{Releases, Servers},
};

/// Breaks many good queries, and holds the analyzer's verdicts against those of servers of its own.
pub(crate) fn run(releases: Releases, args: impl Iterator<Item = String>) -> Result<()> {
    let told = count_and_seed(args, 50_000)?;
    let servers = Servers::start(releases)?;
    let status = cargo()
        .args([
            "test",
            "--release",
            "--package",
            "aio-databases-tests",
            "--test",
            "mutants",
            "--",
            "--nocapture",
        ])
        .env("MUTANTS", told)
        .envs(servers.variables())
        .status()
        .context("running cargo test")?;
    for missing in servers.missing() {
        println!("xtask: NOT TESTED: {missing}");
    }
    ensure!(status.success(), "the verdicts differ");
    Ok(())
}

/// Gives the analyzer many texts that are no SQL.
pub(crate) fn hostile(args: impl Iterator<Item = String>) -> Result<()> {
    let told = count_and_seed(args, 1_000_000)?;
    let status = cargo()
        .args(["test", "--package", "aio-databases-analyzer", "--test", "hostile", "--", "--nocapture"])
        .env("HOSTILE", told)
        .status()
        .context("running cargo test")?;
    ensure!(status.success(), "a text was too much");
    Ok(())
}

/// `--count N --seed S`, as `N:S`.
fn count_and_seed(mut args: impl Iterator<Item = String>, count: usize) -> Result<String> {
    let (mut count, mut seed) = (count, 1_u64);
    while let Some(arg) = args.next() {
        let value = args.next().with_context(|| format!("a number follows `{arg}`"))?;
        match arg.as_str() {
            "--count" => count = value.parse()?,
            "--seed" => seed = value.parse()?,
            other => bail!("it takes --count and --seed, not `{other}`"),
        }
    }
    Ok(format!("{count}:{seed}"))
}
