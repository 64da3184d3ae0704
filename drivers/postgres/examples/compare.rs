//! What queries cost here, beside `tokio-postgres`, on one core with the server.
//!
//! `taskset -c 0 cargo run --release -p aio-databases-postgres --example compare -- HOST PORT USER DATABASE`
//!
//! The server's processes are moved to the same core with `taskset -p`, which needs the right to do so. Unpinned, results
//! depend on where the kernel places the server.

use std::{
    hint::black_box,
    ops::ControlFlow,
    process::Command,
    time::{Duration, Instant},
};

use aio_databases_postgres::{
    Config, Connection, Connector, Encoded, Fetched, Params, Query, Row, Sql, Step,
};
use futures_util::{StreamExt as _, pin_mut};
use tokio_postgres::{Client, NoTls, Statement};

const BY_KEY: &str = "select id, name, score from compare_rows where id = $1";
const SOME: &str = "select id, name, score from compare_rows where id <= $1 order by id";
const SERIES: &str = "select i, 'name ' || i, i * 0.5::float8 from generate_series(1, $1) i";
const INSERT: &str = "insert into compare_inserts (id, name) values ($1, $2)";
const INT4: u32 = 23;
const TEXT: u32 = 25;

type Any = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Any> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(compare())
}

async fn compare() -> Result<(), Any> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let arg = |index: usize, default: &str| args.get(index).cloned().unwrap_or_else(|| default.to_owned());
    let (host, port) = (arg(0, "127.0.0.1"), arg(1, "5432"));
    let (user, database) = (arg(2, "postgres"), arg(3, "postgres"));
    let mut config = Config::new();
    for (option, value) in [("host", &host), ("port", &port), ("user", &user), ("dbname", &database)] {
        config.set(option, value)?;
    }
    let mut ours = Connector::new(config)?.connect().await?;
    let (theirs, driver) = tokio_postgres::Config::new()
        .host(&host)
        .port(port.parse()?)
        .user(&user)
        .dbname(&database)
        .connect(NoTls)
        .await?;
    tokio::spawn(driver);
    // What a disk costs is not the question.
    ours.simple("set synchronous_commit = off", &mut ()).await?;
    theirs.batch_execute("set synchronous_commit = off").await?;
    ours.simple(
        "drop table if exists compare_rows, compare_inserts;
         create table compare_rows (id int4 primary key, name text not null, score float8 not null);
         insert into compare_rows select i, 'name ' || i, i * 0.5 from generate_series(1, 10000) i;
         create table compare_inserts (id int4, name text);
         analyze compare_rows",
        &mut (),
    )
    .await?;
    let theirs_process: i32 = theirs.query_one("select pg_backend_pid()", &[]).await?.get(0);
    for process in [ours.process_id(), theirs_process] {
        let moved = Command::new("taskset").args(["-p", "-c", "0", &process.to_string()]).output()?;
        if !moved.status.success() {
            eprintln!("cannot move the server's process: {}", String::from_utf8_lossy(&moved.stderr));
        }
    }
    cases(&mut ours, &theirs).await?;
    ours.simple("drop table compare_rows, compare_inserts", &mut ()).await?;
    Ok(())
}

async fn cases(ours: &mut Connection, theirs: &Client) -> Result<(), Any> {
    let by_key = theirs.prepare(BY_KEY).await?;
    let some = theirs.prepare(SOME).await?;
    let series = theirs.prepare(SERIES).await?;
    let insert = theirs.prepare(INSERT).await?;
    println!("{:<26}{:>12}{:>16}{:>8}{:>8}", "", "ours", "tokio-postgres", "medians", "minima");
    for (name, rows, rounds) in
        [("1 row by key", 0, 3000), ("1,000 rows", 1000, 300), ("10,000 rows", 10_000, 60)]
    {
        let mut times = (Vec::new(), Vec::new());
        for round in 0..rounds {
            let key = round % 10_000 + 1;
            let (sql, prepared, arg) = if rows == 0 { (BY_KEY, &by_key, key) } else { (SOME, &some, rows) };
            let start = Instant::now();
            black_box(our_rows(ours, sql, arg).await?);
            times.0.push(start.elapsed());
            let start = Instant::now();
            black_box(their_rows(theirs, prepared, arg).await?);
            times.1.push(start.elapsed());
        }
        report(name, times);
    }
    let mut times = (Vec::new(), Vec::new());
    for round in 0..1000 {
        let start = Instant::now();
        our_insert(ours, round).await?;
        times.0.push(start.elapsed());
        let start = Instant::now();
        their_insert(theirs, &insert, round).await?;
        times.1.push(start.elapsed());
    }
    report("insert in a transaction", times);
    for batch in [256, 1024, 4096, 16_384, u32::MAX] {
        let mut times = (Vec::new(), Vec::new());
        for _ in 0..9 {
            let start = Instant::now();
            black_box(our_stream(ours, 1_000_000, batch).await?);
            times.0.push(start.elapsed());
            let start = Instant::now();
            black_box(their_stream(theirs, &series, 1_000_000).await?);
            times.1.push(start.elapsed());
        }
        report(&format!("1,000,000 rows by {batch}"), times);
    }
    Ok(())
}

fn report(name: &str, (mut ours, mut theirs): (Vec<Duration>, Vec<Duration>)) {
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let least = |times: &[Duration]| times.iter().min().map_or(0.0, Duration::as_secs_f64);
    let least = least(&ours) / least(&theirs);
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!(
        "{name:<26}{:>12}{:>16}{ratio:>8.2}{least:>8.2}",
        format!("{ours:.1?}"),
        format!("{theirs:.1?}")
    );
}

type Record = (i32, String, f64);

fn decode(row: Row<'_>) -> Option<Record> {
    let id = i32::from_be_bytes(row.get(0)?.try_into().ok()?);
    let name = String::from_utf8(row.get(1)?.to_vec()).ok()?;
    let score = f64::from_be_bytes(row.get(2)?.try_into().ok()?);
    Some((id, name, score))
}

async fn our_rows(ours: &mut Connection, sql: &'static str, arg: i32) -> Result<Vec<Record>, Any> {
    let mut encode = |_: usize, _: usize, _: u32, out: &mut Vec<u8>| {
        out.extend_from_slice(&arg.to_be_bytes());
        Ok(Encoded::Binary)
    };
    let mut records = Vec::new();
    let mut rows = |row: Row<'_>| {
        records.extend(decode(row));
        ControlFlow::Continue(())
    };
    let query = Query::new(Sql::Static(sql)).types(&[INT4]);
    ours.run(&mut [Step::new(query).params(Params::new(1, &mut encode)).rows(&mut rows)]).await?;
    Ok(records)
}

async fn their_rows(theirs: &Client, sql: &Statement, arg: i32) -> Result<Vec<Record>, Any> {
    let rows = theirs.query(sql, &[&arg]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
}

async fn our_insert(ours: &mut Connection, id: i32) -> Result<(), Any> {
    let mut encode = |_: usize, index: usize, _: u32, out: &mut Vec<u8>| {
        match index {
            0 => out.extend_from_slice(&id.to_be_bytes()),
            _ => out.extend_from_slice(b"a name"),
        }
        Ok(Encoded::Binary)
    };
    let query = Query::new(Sql::Static(INSERT)).types(&[INT4, TEXT]);
    let insert = Step::new(query).params(Params::new(2, &mut encode));
    ours.run(&mut [Step::before(Sql::Static("begin")), insert]).await?;
    ours.run(&mut [Step::before(Sql::Static("commit"))]).await?;
    Ok(())
}

async fn their_insert(theirs: &Client, insert: &Statement, id: i32) -> Result<(), Any> {
    theirs.batch_execute("begin").await?;
    theirs.execute(insert, &[&id, &"a name"]).await?;
    theirs.batch_execute("commit").await?;
    Ok(())
}

async fn our_stream(ours: &mut Connection, count: i32, batch: u32) -> Result<f64, Any> {
    let mut encode = |_: usize, _: usize, _: u32, out: &mut Vec<u8>| {
        out.extend_from_slice(&count.to_be_bytes());
        Ok(Encoded::Binary)
    };
    let query = Query::new(Sql::Static(SERIES)).types(&[INT4]);
    ours.start_fetch(&mut [Step::new(query).params(Params::new(1, &mut encode))], batch).await?;
    let mut sum = 0.0;
    let mut rows = |row: Row<'_>| {
        sum += decode(row).map_or(0.0, |record| record.2 + record.1.len() as f64);
        ControlFlow::Continue(())
    };
    while ours.fetch(batch, &mut rows).await? != Fetched::Complete {}
    ours.end_fetch().await?;
    Ok(sum)
}

async fn their_stream(theirs: &Client, series: &Statement, count: i32) -> Result<f64, Any> {
    let rows = theirs.query_raw(series, [&count]).await?;
    pin_mut!(rows);
    let mut sum = 0.0;
    while let Some(row) = rows.next().await {
        let row = row?;
        let record: Record = (row.get(0), row.get(1), row.get(2));
        sum += record.2 + record.1.len() as f64;
    }
    Ok(sum)
}
