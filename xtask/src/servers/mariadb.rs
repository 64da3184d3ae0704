//! A throw-away MariaDB.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use super::{
    PASSWORD, answers, install,
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
    let users = home.write("users.sql", &users())?;
    let port = free_port()?;
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
    let name = format!("MariaDB {}", version(&mut Command::new(&program)));
    let url = format!("mysql://tester:{PASSWORD}@127.0.0.1:{port}/test");
    let ready = move || answers::mysql(port);
    Ok(Ok(vec![home.serve(server, "-TERM", name, "AIO_DATABASES_MYSQL_URL", url, ready)?]))
}

/// The SQL that makes the database and the user of the server's URL.
pub(super) fn users() -> String {
    format!(
        "create database if not exists test character set utf8mb4;\n\
         create user if not exists 'tester'@'%' identified by '{PASSWORD}';\n\
         grant all privileges on *.* to 'tester'@'%' with grant option;\n"
    )
}

fn find() -> Option<PathBuf> {
    install::on_path("mariadbd")
}
