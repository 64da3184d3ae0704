//! `cargo xtask features`: every feature builds alone, and one backend compiles nothing of another's.

use anyhow::{Context, Result, bail, ensure};

use crate::cargo;

const BACKENDS: [&str; 3] = ["sqlite", "postgres", "mysql"];
const OTHERS: [&str; 10] =
    ["macros", "sqlx", "verify", "tls", "metrics", "chrono", "time", "uuid", "rust_decimal", "json"];

/// What a build with one backend must not contain, without and with sqlx.
const FOREIGN: [(&str, &[&str]); 6] = [
    ("sqlite", &["sqlx", "sqlx-core", "url", "idna"]),
    ("postgres", &["sqlx", "sqlx-core", "rusqlite", "libsqlite3-sys"]),
    ("mysql", &["sqlx", "sqlx-core", "rusqlite", "libsqlite3-sys"]),
    ("sqlite,sqlx", &["sqlx-postgres", "sqlx-mysql", "sqlx-macros"]),
    ("postgres,sqlx", &["rusqlite", "libsqlite3-sys", "sqlx-mysql", "sqlx-sqlite", "sqlx-macros"]),
    ("mysql,sqlx", &["rusqlite", "libsqlite3-sys", "sqlx-postgres", "sqlx-sqlite", "sqlx-macros"]),
];

/// Checks each set of features.
pub(crate) fn check() -> Result<()> {
    check_set("")?;
    for backend in BACKENDS {
        check_set(backend)?;
        check_set(&format!("{backend},macros"))?;
        check_set(&format!("{backend},sqlx"))?;
        check_set(&format!("{backend},macros,sqlx"))?;
    }
    for feature in OTHERS {
        check_set(feature)?;
        check_set(&format!("sqlite,postgres,mysql,{feature}"))?;
    }
    check_set("sqlite,postgres,mysql,macros,sqlx,verify,tls,chrono,time,uuid,rust_decimal,json")?;
    for (features, foreign) in FOREIGN {
        check_tree(features, foreign)?;
    }
    println!("features: every set builds");
    Ok(())
}

fn check_set(features: &str) -> Result<()> {
    println!("features: [{features}]");
    // Clippy denies warnings for this crate alone: other flags would build all dependencies anew.
    let status = cargo()
        .args([
            "clippy",
            "--quiet",
            "--package",
            "aio-databases",
            "--no-default-features",
            "--features",
            features,
        ])
        .args(["--", "--deny", "warnings"])
        .status()
        .context("running cargo clippy")?;
    ensure!(status.success(), "aio-databases does not build with the features [{features}]");
    Ok(())
}

fn check_tree(features: &str, foreign: &[&str]) -> Result<()> {
    let output = cargo()
        .args(["tree", "--package", "aio-databases", "--no-default-features", "--features", features])
        .args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .output()
        .context("running cargo tree")?;
    ensure!(output.status.success(), "cargo tree failed: {}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout);
    for line in tree.lines() {
        let name = line.split(' ').next().unwrap_or_default();
        if foreign.contains(&name) {
            bail!("a build with `{features}` alone compiles `{name}`");
        }
    }
    Ok(())
}
