//! SQLite's writers, which queue for the lock.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use aio_databases::{Database, Error};

use crate::bench;

/// The databases of SQLite's with a table; a file, and one in memory.
async fn databases(option: &str) -> Vec<(&'static str, String, Database, Option<tempfile::TempDir>)> {
    let mut databases = Vec::new();
    for (name, url, folder) in bench::urls() {
        if url.starts_with("sqlite:") {
            let url = format!("{url}{option}");
            let db = Database::open(&url).await.unwrap();
            db.execute("create table accounts (id integer primary key, total integer not null)", ())
                .await
                .unwrap();
            db.executemany("insert into accounts values ($1, 100)", (1..=10).map(|id| (id,))).await.unwrap();
            databases.push((name, url, db, folder));
        }
    }
    databases
}

async fn sum(db: &Database) -> Option<i64> {
    db.fetchval("select sum(total) from accounts", ()).await.unwrap()
}

/// A file in a folder of its own.
async fn file() -> (tempfile::TempDir, String, Database) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let db = Database::open(&url).await.unwrap();
    db.execute("create table t (a integer)", ()).await.unwrap();
    (folder, url, db)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_a_lock_of_this_process() {
    for option in ["", "?journal_mode=delete", "?busy_timeout=20", "?in_place=0"] {
        for (name, url, db, _folder) in databases(option).await {
            // A file's queue is one for all that lead there.
            let other = if name == "memory" { db.clone() } else { Database::open(&url).await.unwrap() };
            let end = Instant::now() + Duration::from_secs(1);
            let done = AtomicU64::new(0);
            let task = async |number: u64| {
                let mut random = fastrand::Rng::with_seed(number);
                let db = if number.is_multiple_of(2) { &db } else { &other };
                while Instant::now() < end {
                    let (from, to) = (random.i64(1..=10), random.i64(1..=10));
                    let transfer = async {
                        db.execute("update accounts set total = total - 1 where id = $1", (from,)).await?;
                        db.execute("update accounts set total = total + 1 where id = $1", (to,)).await?;
                        Ok::<_, Error>(())
                    };
                    let result = match number % 8 {
                        0 => db.transaction().run(transfer).await,
                        1 => db
                            .execute("update accounts set total = total where id = $1", (from,))
                            .await
                            .map(drop),
                        2 => {
                            let rows = [(from,), (to,)];
                            db.executemany("update accounts set total = total where id = $1", rows)
                                .await
                                .map(drop)
                        }
                        3 => {
                            db.connection()
                                .run(async {
                                    db.execute("begin", ()).await?;
                                    let moved = transfer.await;
                                    db.execute(if moved.is_ok() { "commit" } else { "rollback" }, ()).await?;
                                    moved
                                })
                                .await
                        }
                        _ => db.fetchval::<i64>("select sum(total) from accounts", ()).await.map(|sum| {
                            assert_eq!(sum, Some(1_000), "{name}{option}");
                        }),
                    };
                    result.unwrap_or_else(|error| panic!("{name}{option} {number}: {error}"));
                    done.fetch_add(1, Ordering::Relaxed);
                }
            };
            futures_util::future::join_all((0..32).map(task)).await;
            assert_eq!(sum(&db).await, Some(1_000), "{name}{option}");
            assert!(done.into_inner() > 100, "{name}{option}");
        }
    }
}

#[tokio::test]
async fn a_timeout_names_the_holder_of_the_lock() {
    for (name, _, db, _folder) in databases("?acquire_timeout=0.05").await {
        let tx = db.transaction().await.unwrap();
        let line = line!() - 1;
        let error = db.execute("delete from accounts", ()).await.unwrap_err();
        let Error::LockTimedOut(told) = &error else { panic!("{name}: {error}") };
        assert_eq!((told.holders[0].file, told.holders[0].line), (file!(), line), "{name}");
        let message = error.to_string();
        assert!(
            message
                .starts_with("timed out after 50ms waiting for the SQLite write lock; 0 others are waiting"),
            "{message}"
        );
        assert!(message.contains("delete from accounts"), "{message}");
        assert!(matches!(db.transaction().await, Err(Error::LockTimedOut(_))), "{name}");
        tx.rollback().await.unwrap();
        db.execute("delete from accounts where id = 1", ()).await.unwrap();
    }
}

#[tokio::test]
async fn a_scope_that_would_wait_for_itself_is_an_error() {
    for (name, _, db, _folder) in databases("").await {
        let started = Instant::now();
        let error =
            db.transaction().run(async { db.transaction().separate().await.map(drop) }).await.unwrap_err();
        assert!(matches!(error, Error::Transaction { .. }), "{name}: {error}");
        assert!(started.elapsed() < Duration::from_secs(5), "{name}");
        db.execute("delete from accounts", ()).await.unwrap();
    }
}

#[tokio::test]
async fn a_lock_is_released_however_it_ends() {
    for (name, _, db, _folder) in databases("?acquire_timeout=5").await {
        let slow = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000000)
                    insert into accounts select i + 1000, 0 from n";
        // Dropped, cancelled while it runs and while it waits, failed, and after a panic.
        drop(db.transaction().await.unwrap());
        let cancelled = tokio::time::timeout(Duration::from_millis(30), db.execute(slow, ())).await;
        assert!(cancelled.is_err(), "{name}");
        let tx = db.transaction().await.unwrap();
        let waiting =
            tokio::time::timeout(Duration::from_millis(30), db.execute("delete from accounts", ())).await;
        assert!(waiting.is_err(), "{name}");
        tx.execute("insert into accounts values (1, 1)", ()).await.unwrap_err();
        let cancelled = tokio::time::timeout(Duration::from_millis(30), tx.execute(slow, ())).await;
        assert!(cancelled.is_err(), "{name}");
        drop(tx);
        let panics = db.clone();
        let panicked = tokio::spawn(async move {
            let _tx = panics.transaction().await.unwrap();
            panic!("on purpose");
        });
        assert!(panicked.await.is_err());
        let conn = db.connection().await.unwrap();
        conn.execute("begin immediate", ()).await.unwrap();
        drop(conn);
        db.execute("update accounts set total = 1", ())
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(sum(&db).await, Some(10), "{name}");
    }
}

#[tokio::test]
async fn reading_beside_a_writer_waits_for_nobody() {
    let (_folder, _, db) = file().await;
    let tx = db.transaction().await.unwrap();
    tx.execute("insert into t values (1)", ()).await.unwrap();
    assert_eq!(db.fetchval::<i64>("select count(*) from t", ()).await.unwrap(), Some(0));
    let reading = db.transaction().read_only().await.unwrap();
    assert_eq!(reading.fetchval::<i64>("select count(*) from t", ()).await.unwrap(), Some(0));
    // A statement that SQLite says only reads needs no lock, whatever its first keyword is.
    assert_eq!(db.fetchval::<i64>("pragma user_version", ()).await.unwrap(), Some(0));
    tx.commit().await.unwrap();
    assert_eq!(reading.fetchval::<i64>("select count(*) from t", ()).await.unwrap(), Some(0));
    drop(reading);
    assert_eq!(db.fetchval::<i64>("select count(*) from t", ()).await.unwrap(), Some(1));
}

#[tokio::test]
async fn a_transaction_that_read_before_others_wrote_is_told_to_try_again() {
    let (_folder, _, db) = file().await;
    let conn = db.connection().await.unwrap();
    conn.execute("begin", ()).await.unwrap();
    assert_eq!(conn.fetchval::<i64>("select count(*) from t", ()).await.unwrap(), Some(0));
    db.execute("insert into t values (1)", ()).await.unwrap();
    let error = conn.execute("insert into t values (2)", ()).await.unwrap_err();
    assert!(error.is_serialization_failure(), "{error}");
    conn.execute("rollback", ()).await.unwrap();
    conn.execute("insert into t values (2)", ()).await.unwrap();
}

#[tokio::test]
async fn statements_that_write_in_place_are_those_that_were_run() {
    let (_folder, _, db) = file().await;
    let tx = db.transaction().await.unwrap();
    for number in 0..50_i64 {
        let done = tx.execute("insert into t values ($1)", (number,)).await.unwrap();
        assert_eq!((done.rows_affected, done.last_insert_id), (1, Some(number + 1)));
        let changed = tx.execute("update t set a = a + 100 where rowid = $1", (number + 1,)).await.unwrap();
        assert_eq!(changed.rows_affected, 1);
    }
    tx.commit().await.unwrap();
    assert_eq!(db.fetchval::<i64>("select sum(a) from t", ()).await.unwrap(), Some((100..150).sum()));
    // A trigger makes it another program.
    let tx = db.transaction().await.unwrap();
    tx.execute("create table log (a integer)", ()).await.unwrap();
    tx.execute("create trigger log after insert on t begin insert into log values (new.a); end", ())
        .await
        .unwrap();
    for number in 0..5_i64 {
        tx.execute("insert into t values ($1)", (number,)).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(db.fetchval::<i64>("select count(*) from log", ()).await.unwrap(), Some(5));
}

#[tokio::test]
async fn busy_timeout_is_how_long_a_writer_waits() {
    for (option, at_least, at_most) in
        [("?busy_timeout=0.3", 300, 900), ("?busy_timeout=0", 0, 250), ("?acquire_timeout=0.3", 300, 900)]
    {
        for (name, _, db, _folder) in databases(option).await {
            let tx = db.transaction().await.unwrap();
            tx.execute("update accounts set total = 1", ()).await.unwrap();
            for separate in [false, true] {
                let started = Instant::now();
                let error = match separate {
                    false => db.execute("update accounts set total = 2", ()).await.unwrap_err(),
                    true => db.transaction().separate().await.unwrap_err(),
                };
                let waited = started.elapsed().as_millis();
                assert!(
                    matches!(error, Error::LockTimedOut(_)) && (at_least..at_most).contains(&waited),
                    "{name}{option}: {waited} ms, {error}"
                );
            }
            tx.commit().await.unwrap();
            assert_eq!(sum(&db).await, Some(10), "{name}{option}");
        }
    }
}

/// Other processes do not know our queue: the connection's thread waits for SQLite's own lock.
#[tokio::test]
async fn a_lock_of_another_process() {
    let (_folder, url, db) = file().await;
    let path = url.trim_start_matches("sqlite:");
    let mut other = lock_in_another_process(path);
    db.disconnect().await.unwrap();
    let db = Database::open(format!("{url}?busy_timeout=0.2")).await.unwrap();
    // Nobody else is held up meanwhile.
    let ticked = AtomicBool::new(false);
    let write = async {
        let error = db.execute("insert into t values (1)", ()).await.unwrap_err();
        assert_eq!(error.code(), Some("5"), "{error}");
        assert!(error.to_string().contains("busy_timeout"), "{error}");
        assert!(ticked.load(Ordering::Relaxed));
    };
    let tick = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        ticked.store(true, Ordering::Relaxed);
    };
    let started = Instant::now();
    tokio::join!(write, tick);
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert_eq!(db.fetchval::<i64>("select count(*) from t", ()).await.unwrap(), Some(0));
    other.end();
    db.execute("insert into t values (1)", ()).await.unwrap();
    assert_eq!(db.fetchval::<i64>("select count(*) from t", ()).await.unwrap(), Some(1));
}

#[tokio::test]
async fn a_disk_that_is_full() {
    for (name, _, db, _folder) in databases("?max_size=2").await {
        let conn = db.connection().await.unwrap();
        conn.execute("create table big (a blob)", ()).await.unwrap();
        let pages: Option<i64> = conn.fetchval("pragma page_count", ()).await.unwrap();
        let limit = aio_databases::Trusted(format!("pragma max_page_count = {}", pages.unwrap() + 4));
        conn.execute(limit, ()).await.unwrap();
        let error = conn.execute("insert into big values (zeroblob(1000000))", ()).await.unwrap_err();
        assert_eq!(error.code(), Some("13"), "{name}: {error}");
        assert!(error.to_string().contains("full"), "{name}: {error}");
        // Many rows: none of them.
        let error = conn
            .executemany("insert into big values (zeroblob($1))", [(10,), (1_000_000,)])
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some("13"), "{name}: {error}");
        assert_eq!(conn.fetchval::<i64>("select count(*) from big", ()).await.unwrap(), Some(0), "{name}");
        conn.execute("insert into big values (zeroblob(10))", ()).await.unwrap();
        drop(conn);
        db.execute("update accounts set total = 0", ()).await.unwrap();
        assert_eq!(sum(&db).await, Some(0), "{name}");
    }
}

#[tokio::test]
async fn a_file_that_is_only_read() {
    let (folder, url, db) = file().await;
    db.execute("insert into t values (1)", ()).await.unwrap();
    db.disconnect().await.unwrap();
    let db = Database::open(format!("{url}?mode=ro")).await.unwrap();
    let error = db.execute("insert into t values (2)", ()).await.unwrap_err();
    assert_eq!(error.code(), Some("8"), "{error}");
    assert!(error.to_string().contains("read-only"), "{error}");
    assert_eq!(db.fetchval::<i64>("select count(*) from t", ()).await.unwrap(), Some(1));
    drop(folder);
}

/// A process that holds the write lock of a file.
struct Locking(std::process::Child);

impl Locking {
    fn end(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Locking {
    fn drop(&mut self) {
        self.end();
    }
}

fn lock_in_another_process(path: &str) -> Locking {
    let sign = format!("{path}.locked");
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "locks::the_other_process", "--ignored", "--nocapture"])
        .env("LOCK_FILE", path)
        .spawn()
        .unwrap();
    let locking = Locking(child);
    let end = Instant::now() + Duration::from_secs(30);
    while !Path::new(&sign).exists() {
        assert!(Instant::now() < end, "the other process did not lock the file");
        std::thread::sleep(Duration::from_millis(5));
    }
    locking
}

#[tokio::test]
#[ignore = "is run by `a_lock_of_another_process`"]
async fn the_other_process() {
    let path = std::env::var("LOCK_FILE").expect("LOCK_FILE: the file to lock");
    let db = Database::open(format!("sqlite:{path}")).await.unwrap();
    let _tx = db.transaction().await.unwrap();
    std::fs::write(format!("{path}.locked"), "").unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
}
