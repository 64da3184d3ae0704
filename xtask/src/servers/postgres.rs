//! A throw-away PostgreSQL, and a standby that follows it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::Result;

use super::{
    PASSWORD, install,
    process::{Home, Server, free_port, version},
};

/// Speed over safety: the data is thrown away.
const SETTINGS: [&str; 7] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    // Compiling a small query takes many times as long as running it.
    "jit=off",
    "listen_addresses=127.0.0.1",
    "max_connections=200",
    "timezone=UTC",
];

/// Starts one and a standby, or says what is missing. The standby is to be stopped first.
pub(super) fn start() -> Result<Result<Vec<Server>, String>> {
    let bin = match install::find_or_install("PostgreSQL", "postgresql", find)? {
        Ok(bin) => bin,
        Err(missing) => return Ok(Err(missing)),
    };
    let home = Home::new(&["postgres"])?;
    let password = home.write("password", PASSWORD)?;
    home.run(
        home.command(&bin.join("initdb"))?
            .args(["--pgdata", "data", "--username", "postgres", "--auth", "scram-sha-256", "--no-sync"])
            .args(["--encoding", "UTF8", "--locale", "C", "--pwfile"])
            .arg(password),
    )?;
    let port = free_port()?.to_string();
    let primary = serve(home, &bin, &port, "", "AIO_DATABASES_POSTGRES_URL")?;
    let standby = standby(&bin, &port)?;
    Ok(Ok(vec![standby, primary]))
}

/// Starts a server that follows the one at a port: what was committed there is here a little later, to be read.
fn standby(bin: &Path, primary: &str) -> Result<Server> {
    let home = Home::new(&["postgres"])?;
    home.run(
        home.command(&bin.join("pg_basebackup"))?
            .env("PGPASSWORD", PASSWORD)
            .args(["--pgdata", "data", "--host", "127.0.0.1", "--port", primary, "--username", "postgres"])
            .args(["--write-recovery-conf", "--create-slot", "--slot", "standby"])
            .args(["--wal-method", "stream", "--checkpoint", "fast", "--no-sync"]),
    )?;
    let port = free_port()?.to_string();
    serve(home, bin, &port, ", standby", "AIO_DATABASES_POSTGRES_STANDBY_URL")
}

/// Starts the server whose data lies in `home`.
fn serve(home: Home, bin: &Path, port: &str, kind: &str, variable: &'static str) -> Result<Server> {
    let program = bin.join("postgres");
    let mut server = home.command(&program)?;
    server.args(["-D", "data", "-p", port, "-k"]).arg(home.path());
    for setting in SETTINGS {
        server.args(["-c", setting]);
    }
    let name = format!("PostgreSQL {}{kind}", version(&program));
    let url = format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres");
    let (bin, port) = (bin.to_owned(), port.to_owned());
    // SIGTERM would wait for its clients.
    home.serve(server, "-INT", name, variable, url, move || is_ready(&bin, &port))
}

fn is_ready(bin: &Path, port: &str) -> bool {
    Command::new(bin.join("pg_isready"))
        .args(["-q", "-h", "127.0.0.1", "-p", port])
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The folder of the newest server's programs: Debian keeps them off the `PATH`, a folder a version.
fn find() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").is_file() && bin.join("postgres").is_file())
        .collect();
    versions.sort();
    let newest = versions.pop().map(|(_, bin)| bin);
    newest.or_else(|| install::on_path("initdb").and_then(|initdb| initdb.parent().map(PathBuf::from)))
}
