//! A throw-away MariaDB.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use super::{
    PASSWORD, install,
    process::{Home, Server, free_port, version},
};

/// Starts one, or says what is missing.
pub(super) fn start() -> Result<Result<Vec<Server>, String>> {
    let program = match install::find_or_install("MariaDB", "mariadb-server", find)? {
        Ok(program) => program,
        Err(missing) => return Ok(Err(missing)),
    };
    let home = Home::new(&["mysql"])?;
    let data = home.path().join("data");
    let installer =
        install::on_path("mariadb-install-db").context("mariadbd is there, mariadb-install-db is not")?;
    home.run(
        home.command(&installer)?
            .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
            .arg(format!("--datadir={}", data.display())),
    )?;
    let users = home.write(
        "users.sql",
        &format!(
            "create database if not exists test character set utf8mb4;\n\
             create user if not exists 'tester'@'%' identified by '{PASSWORD}';\n\
             grant all privileges on *.* to 'tester'@'%' with grant option;\n"
        ),
    )?;
    let port = free_port()?.to_string();
    let socket = home.path().join("server.sock");
    let mut server = home.command(&program)?;
    server
        .args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve", "--max-connections=200"])
        // What was committed outlives the server's process, but not the machine.
        .args(["--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--sync-binlog=0"])
        .args(["--innodb-buffer-pool-size=64M", "--character-set-server=utf8mb4"])
        .arg(format!("--datadir={}", data.display()))
        .arg(format!("--init-file={}", users.display()))
        .arg(format!("--pid-file={}", home.path().join("server.pid").display()))
        .arg(format!("--socket={}", socket.display()))
        .arg(format!("--port={port}"));
    let name = format!("MariaDB {}", version(&program));
    let url = format!("mysql://tester:{PASSWORD}@127.0.0.1:{port}/test");
    let admin = install::on_path("mariadb-admin").context("mariadbd is there, mariadb-admin is not")?;
    let ready = move || is_ready(&admin, &port);
    Ok(Ok(vec![home.serve(server, "-TERM", name, "AIO_DATABASES_MYSQL_URL", url, ready)?]))
}

fn is_ready(admin: &Path, port: &str) -> bool {
    Command::new(admin)
        .args(["--no-defaults", "--host=127.0.0.1", "--user=tester", "--port", port, "ping"])
        .env("MYSQL_PWD", PASSWORD)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn find() -> Option<PathBuf> {
    install::on_path("mariadbd")
}
