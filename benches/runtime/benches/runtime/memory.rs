//! What memory a stream of many rows takes: each in a process of its own.

use std::{process::Command, time::Instant};

use aio_databases::Database;
use anyhow::{Context, Result, bail, ensure};
use futures_util::TryStreamExt as _;
use mysql_async::{Conn, prelude::Queryable as _};
use sqlx::{Connection as _, MySqlConnection, PgConnection, SqliteConnection};

use crate::{
    args::Backend,
    items::STREAMED,
    peer_diesel, postgres,
    stream::{self, MYSQL, POSTGRES, SQLITE, count},
    table,
};

/// Who streams what in this process.
pub(crate) struct Stream {
    pub(crate) backend: Backend,
    pub(crate) contender: String,
}

/// Prints what each contender takes.
pub(crate) fn compare(backend: Backend) -> Result<()> {
    let contenders: &[&str] = match backend {
        Backend::Sqlite => &["this", "rusqlite", "sqlx"],
        Backend::Postgres => &["this", "tokio-postgres", "sqlx", "diesel-async"],
        Backend::Mysql => &["this", "mysql_async", "sqlx", "diesel-async"],
    };
    let mut rows = vec![["", "memory", "time"].map(str::to_owned).to_vec()];
    for contender in contenders {
        let output = Command::new(std::env::current_exe()?)
            .args(["--stream", &backend.to_string(), contender])
            .output()
            .context("starting a process of its own")?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "{contender}: {}", String::from_utf8_lossy(&output.stderr));
        let row = std::iter::once(*contender).chain(said.trim().split(", "));
        rows.push(row.map(str::to_owned).collect());
    }
    println!("{backend}, memory while {STREAMED} rows are streamed: what the process grows by\n");
    println!("{}", table::columns(&rows));
    Ok(())
}

/// Streams, and prints what it took.
pub(crate) fn child(stream: &Stream) -> Result<()> {
    let url = stream.backend.url().context("no server")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let started = Instant::now();
        let (before, rows) = read(stream, &url).await?;
        ensure!(rows == STREAMED, "{rows} rows");
        let grown = status("VmHWM:").zip(before).map(|(most, before)| most.saturating_sub(before));
        let grown = grown.map_or("unknown here".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0));
        println!("{grown}, {:.2} s", started.elapsed().as_secs_f64());
        if stream.backend == Backend::Sqlite {
            crate::args::remove_file(&url);
        }
        Ok(())
    })
}

/// A number of KiB that Linux tells of this process.
fn status(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Connects, and reads all rows: what memory there was in use between, and how many rows came.
async fn read(stream: &Stream, url: &str) -> Result<(Option<u64>, i64)> {
    let mut rows = 0;
    let before;
    match (stream.backend, stream.contender.as_str()) {
        (Backend::Sqlite, "this") => {
            let db = Database::open(url).await?;
            before = status("VmRSS:");
            rows = stream::this(&db).await?;
        }
        (Backend::Sqlite, "rusqlite") => {
            let driver = crate::sqlite::driver(url)?;
            before = status("VmRSS:");
            let mut statement = driver.prepare(SQLITE)?;
            let mut all = statement.query([STREAMED])?;
            while let Some(row) = all.next()? {
                let _: (i64, String) = (row.get(0)?, row.get(1)?);
                rows += 1;
            }
        }
        (Backend::Sqlite, "sqlx") => {
            let options = url.parse::<sqlx::sqlite::SqliteConnectOptions>()?.create_if_missing(true);
            let mut conn = SqliteConnection::connect_with(&options).await?;
            before = status("VmRSS:");
            rows = count(sqlx::query_as::<_, (i64, String)>(SQLITE).bind(STREAMED).fetch(&mut conn)).await?;
        }
        (Backend::Postgres, "this") => {
            let db = Database::open(url).await?;
            before = status("VmRSS:");
            rows = stream::this(&db).await?;
        }
        (Backend::Postgres, "tokio-postgres") => {
            let client = postgres::client(url).await?;
            before = status("VmRSS:");
            let mut all = std::pin::pin!(client.query_raw(POSTGRES, [STREAMED]).await?);
            while let Some(row) = all.try_next().await? {
                let _: (i64, String) = (row.get(0), row.get(1));
                rows += 1;
            }
        }
        (Backend::Postgres, "sqlx") => {
            let mut conn = PgConnection::connect(url).await?;
            before = status("VmRSS:");
            rows =
                count(sqlx::query_as::<_, (i64, String)>(POSTGRES).bind(STREAMED).fetch(&mut conn)).await?;
        }
        (Backend::Postgres, "diesel-async") => {
            let mut conn = peer_diesel::postgres::connect(url).await?;
            before = status("VmRSS:");
            rows = peer_diesel::postgres::count(&mut conn, POSTGRES, STREAMED).await?;
        }
        (Backend::Mysql, "this") => {
            let db = Database::open(url).await?;
            before = status("VmRSS:");
            rows = stream::this(&db).await?;
        }
        (Backend::Mysql, "mysql_async") => {
            let mut conn = Conn::from_url(url).await?;
            before = status("VmRSS:");
            rows = count(conn.exec_stream::<(i64, String), _, _>(MYSQL, (STREAMED,)).await?).await?;
        }
        (Backend::Mysql, "sqlx") => {
            let mut conn = MySqlConnection::connect(url).await?;
            before = status("VmRSS:");
            rows = count(sqlx::query_as::<_, (i64, String)>(MYSQL).bind(STREAMED).fetch(&mut conn)).await?;
        }
        (Backend::Mysql, "diesel-async") => {
            let mut conn = peer_diesel::mysql::connect(url).await?;
            before = status("VmRSS:");
            rows = peer_diesel::mysql::count(&mut conn, MYSQL, STREAMED).await?;
        }
        (_, contender) => bail!("no contender {contender:?}"),
    }
    Ok((before, rows))
}
