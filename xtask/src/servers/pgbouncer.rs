//! Throw-away PgBouncers in transaction mode, in front of a PostgreSQL: what one client leaves on a server connection, the next one
//! finds there.

use std::process::Command;

use anyhow::{Context, Result};

use super::{
    PASSWORD, answers, debian, install,
    process::{Home, Server, free_port, version},
};

/// The first release that carries prepared statements from one server connection to another.
const PREPARES_SINCE: (u32, u32) = (1, 21);

/// Starts the distribution's, without prepared statements: in a release as old as that it has none of its own.
pub(super) fn stock(postgres: &str) -> Result<Result<Vec<Server>, String>> {
    let found = install::find_or_install("PgBouncer", "pgbouncer", || install::on_path("pgbouncer"))?;
    let program = match found {
        Ok(program) => program,
        Err(missing) => return Ok(Err(missing)),
    };
    let home = Home::new(USERS)?;
    let version = version(&mut Command::new(&program));
    let settings = if prepares(&version) { "max_prepared_statements = 0\n" } else { "" };
    let command = home.command(&program)?;
    let name = format!("PgBouncer {version}, without prepared statements");
    Ok(Ok(vec![serve(home, command, name, "AIO_DATABASES_PGBOUNCER_URL", postgres, settings)?]))
}

/// Starts the newest, with prepared statements.
pub(super) fn preparing(postgres: &str) -> Result<Result<Vec<Server>, String>> {
    let unpacked = match debian::unpack("pgbouncer")? {
        Ok(unpacked) => unpacked,
        Err(missing) => return Ok(Err(format!("PgBouncer with prepared statements: {missing}"))),
    };
    let home = Home::new(USERS)?;
    let unpacked = unpacked.readable(&home)?;
    let version = unpacked.version(&home, PROGRAM)?;
    let command = unpacked.command(&home, PROGRAM)?;
    let name = format!("PgBouncer {version}, with prepared statements");
    let settings = "max_prepared_statements = 100\n";
    let variable = "AIO_DATABASES_PGBOUNCER_PREPARED_URL";
    Ok(Ok(vec![serve(home, command, name, variable, postgres, settings)?]))
}

const PROGRAM: &str = "usr/sbin/pgbouncer";
const USERS: &[&str] = &["postgres"];

/// Starts it in front of the server of a URL. It has few connections to the server, so that its clients share them.
fn serve(
    home: Home,
    mut command: Command,
    name: String,
    variable: &'static str,
    postgres: &str,
    settings: &str,
) -> Result<Server> {
    let address = postgres.rsplit_once('@').map(|(_, address)| address);
    let server =
        address.and_then(|address| address.split_once('/')).and_then(|(host, _)| host.split_once(':'));
    let (host, server) = server.context("a server's URL has a host, a port and a database")?;
    let users = home.write("users.txt", &format!("\"postgres\" \"{PASSWORD}\"\n"))?;
    let port = free_port()?;
    let ini = home.write(
        "pgbouncer.ini",
        &format!(
            "[databases]\n* = host={host} port={server}\n\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = scram-sha-256\nauth_file = {}\n\
             pool_mode = transaction\nmax_client_conn = 500\ndefault_pool_size = 10\nserver_idle_timeout = 5\n{settings}",
            users.display()
        ),
    )?;
    command.arg("--quiet").arg(ini);
    let url = format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres");
    home.serve(command, "-INT", name, variable, url, move || answers::postgres(port))
}

fn prepares(version: &str) -> bool {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= PREPARES_SINCE
}
