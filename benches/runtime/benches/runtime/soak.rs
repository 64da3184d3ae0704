//! Many tasks on one SQLite file, half of them writing, for a while: what each library gets done, and what it refuses.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use aio_databases::{execute, fetchval};
use anyhow::{Result, ensure};
use sqlx::SqlitePool;
use tokio::runtime::Runtime;

use crate::{items::COUNT, sqlite, table};

const TASKS: u64 = 32;

#[derive(Default)]
struct Counts {
    reads: AtomicU64,
    writes: AtomicU64,
    busy: AtomicU64,
}

/// Measures, and prints, for how long each.
pub(crate) fn compare(runtime: &Runtime, url: &str, seconds: u64) -> Result<()> {
    let time = Duration::from_secs(seconds);
    let mut rows = vec![["", "reads a second", "writes a second", "busy"].map(str::to_owned).to_vec()];
    runtime.block_on(async {
        let db = sqlite::database(url).await?;
        let ours = run(time, move |writes, key| {
            let db = db.clone();
            async move {
                let done = match writes {
                    true => {
                        let query = execute!(db, "update items set age = age + 1 where id = ?", key);
                        query.await.map(drop)
                    }
                    false => fetchval!(db, "select age from items where id = ?", key).await.map(drop),
                };
                done.map_err(|error| error.to_string())
            }
        })
        .await?;
        ensure!(ours.busy.load(Ordering::Relaxed) == 0, "this library was busy");
        rows.push(row("this, database", &ours, time));
        let pool = SqlitePool::connect(url).await?;
        let peer = run(time, move |writes, key| {
            let pool = pool.clone();
            async move {
                let done = match writes {
                    true => {
                        let query = sqlx::query("update items set age = age + 1 where id = ?").bind(key);
                        query.execute(&pool).await.map(drop)
                    }
                    false => {
                        let query =
                            sqlx::query_scalar::<_, i64>("select age from items where id = ?").bind(key);
                        query.fetch_one(&pool).await.map(drop)
                    }
                };
                done.map_err(|error| error.to_string())
            }
        })
        .await?;
        rows.push(row("sqlx, pool", &peer, time));
        anyhow::Ok(())
    })?;
    println!("sqlite, {TASKS} tasks, half of them writing, {seconds} s each\n");
    println!("{}", table::columns(&rows));
    Ok(())
}

fn row(name: &str, counts: &Counts, time: Duration) -> Vec<String> {
    let rate =
        |count: &AtomicU64| format!("{:.0}", count.load(Ordering::Relaxed) as f64 / time.as_secs_f64());
    vec![
        name.to_owned(),
        rate(&counts.reads),
        rate(&counts.writes),
        counts.busy.load(Ordering::Relaxed).to_string(),
    ]
}

async fn run<F>(time: Duration, step: impl Fn(bool, i64) -> F + Clone + Send + 'static) -> Result<Arc<Counts>>
where
    F: Future<Output = Result<(), String>> + Send,
{
    let counts = Arc::new(Counts::default());
    let until = Instant::now() + time;
    let task = |number: u64| {
        let (counts, step) = (Arc::clone(&counts), step.clone());
        tokio::spawn(async move {
            let writes = number.is_multiple_of(2);
            let mut key = number as i64;
            while Instant::now() < until {
                key = (key + 7_919) % COUNT;
                match step(writes, key + 1).await {
                    Ok(()) if writes => counts.writes.fetch_add(1, Ordering::Relaxed),
                    Ok(()) => counts.reads.fetch_add(1, Ordering::Relaxed),
                    Err(error) if error.contains("locked") || error.contains("timed out") => {
                        counts.busy.fetch_add(1, Ordering::Relaxed)
                    }
                    Err(error) => return Err(anyhow::anyhow!(error)),
                };
            }
            Ok(())
        })
    };
    for task in (0..TASKS).map(task).collect::<Vec<_>>() {
        task.await??;
    }
    Ok(counts)
}
