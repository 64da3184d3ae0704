//! A throw-away PostgreSQL, and a standby that follows it.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::{
    PASSWORD, answers, embedded, install,
    process::{Home, Server, free_port, version},
    releases::Postgres,
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
pub(super) fn start(release: Postgres) -> Result<Result<Vec<Server>, String>> {
    let found = match release {
        Postgres::Installed => install::find_or_install("PostgreSQL", "postgresql", find)?,
        Postgres::Major(major) => embedded::find_or_download(major)?,
    };
    let folder = match found {
        Ok(folder) => folder,
        Err(missing) => return Ok(Err(missing)),
    };
    let [home, standby] = [Home::new(&["postgres"])?, Home::new(&["postgres"])?];
    let bin = match release {
        Postgres::Installed => folder,
        Postgres::Major(_) => home.readable(folder)?.join("bin"),
    };
    let password = home.write("password", PASSWORD)?;
    home.run(
        home.command(&bin.join("initdb"))?
            .args(["--pgdata", "data", "--username", "postgres", "--auth", "scram-sha-256", "--no-sync"])
            .args(["--encoding", "UTF8", "--locale", "C", "--pwfile"])
            .arg(password),
    )?;
    // A server that was not started yet is copied as it is; then it keeps what the copy has not seen.
    home.run(home.command(Path::new("cp"))?.args(["--recursive", "data"]).arg(standby.path()))?;
    let slot = home.write("slot.sql", "select pg_create_physical_replication_slot('standby', true)\n")?;
    home.run(
        home.command(&bin.join("postgres"))?
            .args(["--single", "-D", "data", "postgres"])
            .stdin(File::open(slot)?),
    )?;
    standby.write("data/standby.signal", "")?;
    let port = free_port()?;
    let from = format!("primary_conninfo=host=127.0.0.1 port={port} user=postgres password={PASSWORD}");
    let primary = serve(home, &bin, port, "", "AIO_DATABASES_POSTGRES_URL", &[])?;
    let follows = [&*from, "primary_slot_name=standby"];
    let variable = "AIO_DATABASES_POSTGRES_STANDBY_URL";
    let standby = serve(standby, &bin, free_port()?, ", standby", variable, &follows)?;
    Ok(Ok(vec![standby, primary]))
}

/// Starts the server whose data lies in `home`.
fn serve(
    home: Home,
    bin: &Path,
    port: u16,
    kind: &str,
    variable: &'static str,
    settings: &[&str],
) -> Result<Server> {
    let program = bin.join("postgres");
    let mut server = home.command(&program)?;
    server.args(["-D", "data", "-p", &port.to_string(), "-k"]).arg(home.path());
    for setting in SETTINGS.iter().chain(settings) {
        server.args(["-c", setting]);
    }
    let name = format!("PostgreSQL {}{kind}", version(&mut Command::new(&program)));
    let url = format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres");
    // SIGTERM would wait for its clients.
    home.serve(server, "-INT", name, variable, url, move || answers::postgres(port))
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
