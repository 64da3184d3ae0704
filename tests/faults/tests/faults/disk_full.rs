//! A full disk, under SQLite.

use std::{
    env, fs,
    io::{ErrorKind, Write as _},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use aio_databases::{Backend, Database, Error};

use crate::{
    bank::{Bank, Problem, ensure},
    load::{Conditions, Load},
    plan::Plan,
};

/// The folder on a small disk, in the process that has it.
const DISK: &str = "FAULTS_DISK";

/// `max_page_count` is SQLite's own full disk.
#[test]
fn no_more_pages() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let done: Result<(), Problem> = runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite:{}", folder.path().join("full.db").display());
        let db = Database::builder(url).pragma("max_page_count", 20).max_size(2).open().await?;
        db.execute("create table t (a integer primary key, b text)", ()).await?;
        fills_up_and_goes_on(&db).await?;
        Ok(db.disconnect().await?)
    });
    done.unwrap_or_else(|problem| panic!("{problem}"));
}

/// Inserts until it is told that the disk is full; what was told to be there is there, and all goes on once there is room.
async fn fills_up_and_goes_on(db: &Database) -> Result<(), Problem> {
    let long = "x".repeat(3_000);
    let insert = |a: i64| db.execute("insert into t values ($1, $2)", (a, long.clone()));
    let mut there = 0;
    let error = loop {
        match insert(there).await {
            Ok(_) => there += 1,
            Err(error) => break error,
        }
        ensure(there < 10_000, || "it is never full".to_owned())?;
    };
    ensure(is_full(&error) && error.to_string().contains("full"), || {
        format!("a full disk is told as: {error}")
    })?;
    let count = || db.fetchval::<i64>("select count(*) from t", ());
    ensure(count().await? == Some(there), || "what was inserted is not there".to_owned())?;
    // In a transaction: nothing of it stays, and its end tells so.
    let tx = db.transaction().await?;
    tx.execute("delete from t where a = 0", ()).await?;
    let mut failed = None;
    for a in there..there + 10 {
        if let Err(error) = tx.execute("insert into t values ($1, $2)", (a, long.clone())).await {
            failed = Some(error);
            break;
        }
    }
    ensure(failed.as_ref().is_some_and(is_full), || format!("{failed:?} in a transaction"))?;
    tx.rollback().await?;
    ensure(count().await? == Some(there), || "some of a transaction stayed".to_owned())?;
    let many =
        db.executemany("insert into t values ($1, $2)", (there..there + 10).map(|a| (a, long.clone()))).await;
    ensure(many.as_ref().is_err_and(is_full), || format!("{many:?} of many rows"))?;
    ensure(count().await? == Some(there), || "some of many rows stayed".to_owned())?;
    // There is room again.
    db.execute("delete from t where a < 3", ()).await?;
    insert(there).await?;
    ensure(count().await? == Some(there - 2), || "a row is missing".to_owned())
}

fn is_full(error: &Error) -> bool {
    error.code() == Some("13")
}

/// A small disk that others fill up, and clear again, under load.
#[test]
fn small_disk() {
    match env::var(DISK) {
        Ok(disk) => under_load(Path::new(&disk)),
        Err(_) => on_a_small_disk(),
    }
}

/// Runs the same test in a process that has such a disk, where the system lets it.
fn on_a_small_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let mount = "mount -t tmpfs -o size=64m,mode=777 none \"$FAULTS_DISK\"";
    let run = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", script, "sh"]);
        command
            .arg(env::current_exe().expect("this program"))
            .env(DISK, folder.path())
            .env("TMPDIR", folder.path());
        command.status()
    };
    if !run(mount).is_ok_and(|status| status.success()) {
        eprintln!("NOT TESTED: a full disk: no file system can be mounted here");
        return;
    }
    let status = run(&format!("{mount} && exec \"$1\" disk_full::small_disk --exact --nocapture"));
    assert!(status.is_ok_and(|status| status.success()), "it failed on the small disk");
}

fn under_load(disk: &Path) {
    let plan = Plan::new();
    let mut random = plan.random(500);
    let ballast = disk.join("ballast");
    let conditions =
        Conditions { drops: 10, tolerates: |_, error| is_of_full_disk(error), ..Conditions::default() };
    // Temporary folders are on it.
    let load = Load::start(
        "full disk",
        Backend::Sqlite,
        plan,
        conditions,
        Bank::open(Backend::Sqlite, "", "", |_, new| new),
    );
    let started = Instant::now();
    while started.elapsed() < plan.time {
        load.watch(Duration::from_millis(random.u64(20..200)));
        fill(&ballast).expect("the disk can be written to until it is full");
        load.watch(Duration::from_millis(random.u64(50..300)));
        fs::remove_file(&ballast).expect("it is there");
        load.goes_on();
    }
    load.finish();
}

/// Takes all that is left, to the last byte.
fn fill(ballast: &Path) -> std::io::Result<()> {
    let mut file = fs::File::create(ballast)?;
    for size in [1 << 20, 1 << 12, 1] {
        loop {
            match file.write_all(&vec![0; size]) {
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                result => result?,
            }
        }
    }
    Ok(())
}

/// What SQLite says where it can't write: that the disk is full, or, of the index of its log, that it could not be made larger.
fn is_of_full_disk(error: &Error) -> bool {
    is_full(error) || error.code() == Some("4874")
}
