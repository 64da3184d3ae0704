//! How late a task is that wants the thread each millisecond, while SQLite is busy on the same current-thread runtime.

use std::{
    process::Command,
    sync::mpsc,
    time::{Duration, Instant},
};

use aio_databases::{Database, fetchval};
use anyhow::{Context, Result, ensure};
use tokio::runtime::Runtime;

use crate::{items::keys, sqlite::driver, table};

const TICK: Duration = Duration::from_millis(1);

/// A GiB, and a bit: rows of about a page each.
const COLD_ROWS: i64 = 262_144;

/// Measures, and prints, for how long each.
pub(crate) fn compare(runtime: &Runtime, url: &str, seconds: u64) -> Result<()> {
    let time = Duration::from_secs(seconds);
    let mut rows =
        vec![["late by", "median", "99 %", "99.9 %", "most", "queries"].map(str::to_owned).to_vec()];
    let mut told = |name: &str, (mut late, done): (Vec<Duration>, u64)| {
        late.sort();
        let at = |share: f64| {
            format!("{:.2} ms", late[((late.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3)
        };
        rows.push(vec![name.to_owned(), at(0.5), at(0.99), at(0.999), at(1.0), done.to_string()]);
    };
    runtime.block_on(async {
        let db = Database::open(url).await?;
        db.executescript("create table if not exists held (a integer)").await?;
        told("nothing", beside(time, async |until| idle(until).await).await?);
        told("aggregates of a second", beside(time, async |until| aggregates(&db, until).await).await?);
        told("a writer with the lock", beside(time, async |until| locked(&db, url, until).await).await?);
        let (cold, path) = cold_file(url).await?;
        told("keys in a cold 1 GiB file", beside(time, async |until| cold_keys(&cold, until).await).await?);
        drop_caches(&path)?;
        told(
            "a scan of a cold 1 GiB file",
            beside(time, async |until| cold_scans(&cold, &path, until).await).await?,
        );
        cold.disconnect().await?;
        std::fs::remove_file(path)?;
        anyhow::Ok(())
    })?;
    println!("sqlite, a tick each millisecond beside it on one thread, {seconds} s each\n");
    println!("{}", table::columns(&rows));
    Ok(())
}

/// Does something until a time, and tells how late each tick was meanwhile, and how often it was done.
async fn beside(
    time: Duration,
    what: impl AsyncFnOnce(Instant) -> Result<u64>,
) -> Result<(Vec<Duration>, u64)> {
    let until = Instant::now() + time;
    let ticks = async {
        let mut late = Vec::new();
        let mut next = Instant::now() + TICK;
        while next < until {
            tokio::time::sleep_until(next.into()).await;
            let now = Instant::now();
            late.push(now - next);
            // One that comes late does not make the next ones late.
            next = now + TICK;
        }
        late
    };
    let (late, done) = tokio::join!(ticks, what(until));
    Ok((late, done?))
}

async fn idle(until: Instant) -> Result<u64> {
    tokio::time::sleep_until(until.into()).await;
    Ok(0)
}

async fn aggregates(db: &Database, until: Instant) -> Result<u64> {
    let mut done = 0;
    while Instant::now() < until {
        let sum = "with recursive n(n) as (select 1 union all select n + 1 from n where n < 5000000) select sum(n * 2) from n";
        ensure!(db.fetchval::<i64>(sum, ()).await? == Some(25_000_005_000_000), "a wrong sum");
        done += 1;
    }
    Ok(done)
}

/// Writes and reads while another connection, which knows nothing of this library's queue, has the lock most of the time.
async fn locked(db: &Database, url: &str, until: Instant) -> Result<u64> {
    let (stop, stopped) = mpsc::channel::<()>();
    let other = driver(url)?;
    let locks = std::thread::spawn(move || -> Result<()> {
        while stopped.try_recv() == Err(mpsc::TryRecvError::Empty) {
            other.execute_batch("begin immediate; insert into held values (1)")?;
            std::thread::sleep(Duration::from_millis(500));
            other.execute_batch("rollback")?;
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    });
    let mut done = 0;
    while Instant::now() < until {
        let (written, read) = tokio::join!(
            db.execute("insert into held values (2)", ()),
            db.fetchval::<i64>("select count(*) from held", ())
        );
        written?;
        read?;
        done += 1;
    }
    drop(stop);
    locks.join().ok().context("the other connection")??;
    Ok(done)
}

/// A file of a GiB that is not in the system's cache.
async fn cold_file(url: &str) -> Result<(Database, String)> {
    let path = format!("{}.cold", url.strip_prefix("sqlite:").context("no file")?);
    let db = Database::open(format!("sqlite:{path}")).await?;
    db.execute(
        "create table items (id integer primary key, name text not null, email text, age integer not null)",
        (),
    )
    .await?;
    let fill = "insert into items with recursive n(n) as (select 1 union all select n + 1 from n where n < ?)
        select n, hex(randomblob(2000)), null, n % 100 from n";
    db.execute(fill, (COLD_ROWS,)).await?;
    db.fetchall("pragma wal_checkpoint(truncate)", ()).await?;
    drop_caches(&path)?;
    Ok((db, path))
}

/// Has the system forget what it has of a file.
fn drop_caches(path: &str) -> Result<()> {
    let input = format!("if={path}");
    let status = Command::new("dd").args([&input, "iflag=nocache", "count=0", "status=none"]).status()?;
    ensure!(status.success(), "dd can't drop the cache of {path}");
    Ok(())
}

async fn cold_keys(db: &Database, until: Instant) -> Result<u64> {
    let (mut key, mut done) = (keys(), 0);
    while Instant::now() < until {
        let key = key() * 26;
        fetchval!(db, "select age from items where id = ?", key).await?.context("no row")?;
        done += 1;
    }
    Ok(done)
}

async fn cold_scans(db: &Database, path: &str, until: Instant) -> Result<u64> {
    let mut done = 0;
    while Instant::now() < until {
        db.fetchval::<i64>("select sum(length(name)) from items where name like '%0%'", ()).await?;
        // Waiting for another process would hold the thread up by itself.
        let path = path.to_owned();
        tokio::task::spawn_blocking(move || drop_caches(&path)).await??;
        done += 1;
    }
    Ok(done)
}
