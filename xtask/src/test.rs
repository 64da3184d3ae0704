//! `cargo xtask test`: every test, against real servers.

use anyhow::{Context, Result, bail, ensure};

use crate::{cargo, servers::Servers};

/// Starts the servers, runs the tests, and says loudly what was not tested.
pub(crate) fn run(mut args: impl Iterator<Item = String>) -> Result<()> {
    let mut require_all = false;
    let mut rest = Vec::new();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--require-all" => require_all = true,
            "--" => rest.extend(args.by_ref()),
            other => bail!("`test` takes --require-all and `-- ARGS`, not `{other}`"),
        }
    }
    let servers = Servers::start()?;
    if require_all {
        ensure!(
            servers.missing().is_empty(),
            "every backend is required, and these can't be tested:\n{}",
            servers.missing().join("\n")
        );
    }
    let status = cargo()
        .args(["test", "--workspace", "--all-features"])
        .args(rest)
        .envs(servers.variables())
        .status()
        .context("running cargo test")?;
    for name in servers.names() {
        println!("xtask: tested against {name}");
    }
    for missing in servers.missing() {
        println!("xtask: NOT TESTED: {missing}");
    }
    ensure!(status.success(), "tests failed");
    Ok(())
}
