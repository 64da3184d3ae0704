//! A throw-away MySQL, from Debian's unstable distribution.

use anyhow::Result;

use super::{
    PASSWORD, answers, debian, mariadb,
    process::{Home, Server, free_port},
};

const PROGRAM: &str = "usr/sbin/mysqld";

/// Starts one, or says what is missing.
pub(super) fn start() -> Result<Result<Vec<Server>, String>> {
    let unpacked = match debian::unpack("mysql-server-core")? {
        Ok(unpacked) => unpacked,
        Err(missing) => return Ok(Err(format!("MySQL 9: {missing}"))),
    };
    let home = Home::new(&["mysql"])?;
    let unpacked = unpacked.readable(&home)?;
    let command = || -> Result<_> {
        let mut command = unpacked.command(&home, PROGRAM)?;
        command
            .arg("--no-defaults")
            .arg(format!("--basedir={}", unpacked.path("usr").display()))
            .arg(format!("--datadir={}", home.path().join("data").display()))
            .arg(format!("--secure-file-priv={}", home.path().display()))
            .args(["--innodb-buffer-pool-size=64M", "--character-set-server=utf8mb4"]);
        Ok(command)
    };
    home.run(command()?.arg("--initialize-insecure"))?;
    let users = home.write("users.sql", &mariadb::users())?;
    let port = free_port()?;
    let mut server = command()?;
    server
        .args(["--bind-address=127.0.0.1", "--mysqlx=OFF", "--skip-name-resolve", "--max-connections=200"])
        // What was committed outlives the server's process, but not the machine.
        .args(["--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--sync-binlog=0"])
        .arg(format!("--init-file={}", users.display()))
        .arg(format!("--pid-file={}", home.path().join("server.pid").display()))
        .arg(format!("--socket={}", home.path().join("server.sock").display()))
        .arg(format!("--port={port}"));
    let name = format!("MySQL {}", unpacked.version(&home, PROGRAM)?);
    let url = format!("mysql://tester:{PASSWORD}@127.0.0.1:{port}/test");
    let ready = move || answers::mysql(port);
    Ok(Ok(vec![home.serve(server, "-TERM", name, "AIO_DATABASES_MYSQL_URL", url, ready)?]))
}
