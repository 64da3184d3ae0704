//! Finding servers where Debian puts them, and installing them where we may.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

/// Set to anything, it keeps xtask from installing packages.
const NO_INSTALL: &str = "AIO_DATABASES_NO_INSTALL";

/// Finds with `find`; where there is nothing and we may, installs `package` and looks again. The inner error says what
/// a person has to do.
pub(crate) fn find_or_install(
    what: &str,
    package: &str,
    find: fn() -> Option<PathBuf>,
) -> Result<Result<PathBuf, String>> {
    if let Some(found) = find() {
        return Ok(Ok(found));
    }
    if may_install() {
        eprintln!("xtask: {what} is not installed: running `apt-get install {package}`");
        install(package)?;
        if let Some(found) = find() {
            return Ok(Ok(found));
        }
    }
    Ok(Err(format!("{what}: install it first (on Debian and Ubuntu: `sudo apt-get install {package}`)")))
}

fn may_install() -> bool {
    std::env::var_os(NO_INSTALL).is_none() && is_root() && Path::new("/usr/bin/apt-get").exists()
}

fn install(package: &str) -> Result<()> {
    for args in
        [&["update", "--quiet"][..], &["install", "--quiet", "--yes", "--no-install-recommends", package]]
    {
        let status = Command::new("apt-get")
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status()
            .context("running apt-get")?;
        if !status.success() {
            // Without network there is no package: the caller says what is missing.
            eprintln!("xtask: `apt-get {}` failed", args.join(" "));
            break;
        }
    }
    Ok(())
}

/// Whether we run as root, which database servers refuse to.
pub(crate) fn is_root() -> bool {
    id("-u", None) == Some(0)
}

/// A user's and group's number.
pub(crate) fn user(name: &str) -> Option<(u32, u32)> {
    Some((id("-u", Some(name))?, id("-g", Some(name))?))
}

fn id(flag: &str, user: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(flag).args(user).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().parse().ok())?
}

/// A program on the `PATH`.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into()])
        .map(|dir| dir.join(program))
        .find(|p| p.is_file())
}
