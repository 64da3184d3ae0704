//! A SQLite file that another process has locked.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use aio_databases::{Backend, Database, Error};

use crate::{
    bank::{Bank, Problem, ensure},
    load::{Conditions, Load},
    plan::Plan,
};

/// The file that `another_process` locks.
const FILE: &str = "FAULTS_LOCK";

/// What may come to a test late: the machine is busy with others.
const SLACK: Duration = Duration::from_secs(2);

/// Another process, which locks a file when it is told to.
struct Other {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Other {
    fn new(file: &Path) -> Result<Self, Problem> {
        let mut child = Command::new(env::current_exe()?)
            .args(["locked::another_process", "--exact", "--ignored", "--nocapture"])
            .env(FILE, file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let answers = BufReader::new(child.stdout.take().ok_or("it has an output")?);
        Ok(Other { child, answers })
    }

    /// Has it run a statement, and waits until it has.
    fn run(&mut self, sql: &str) -> Result<(), Problem> {
        let stdin = self.child.stdin.as_mut().ok_or("it has an input")?;
        writeln!(stdin, "{sql}")?;
        let mut answer = String::new();
        while !answer.ends_with("done\n") {
            answer.clear();
            let count = self.answers.read_line(&mut answer)?;
            ensure(count > 0, || format!("the other process ended at `{sql}`"))?;
        }
        Ok(())
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "it is the other process of these tests, and does nothing by itself"]
fn another_process() {
    let Ok(file) = env::var(FILE) else { return };
    let connection = rusqlite::Connection::open(file).expect("the file is there");
    connection.busy_timeout(Duration::from_secs(30)).expect("a time");
    for sql in std::io::stdin().lines() {
        connection.execute_batch(&sql.expect("a line")).expect("the statement runs");
        println!("done");
    }
}

/// While the file is locked, `journal_mode=wal` lets readers go on, and `delete` does not.
#[test]
fn shorter_and_longer_than_the_busy_timeout() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        for journal in ["wal", "delete"] {
            let way = format!("?busy_timeout=0.5&journal_mode={journal}");
            let bank = Bank::open(Backend::Sqlite, "", &way, |_, new| new).await.expect("a bank");
            if let Err(problem) = locked_for_a_while(&bank, journal == "delete").await {
                panic!("{journal}: {problem}");
            }
        }
    });
}

async fn locked_for_a_while(bank: &Bank, readers_wait: bool) -> Result<(), Problem> {
    const BUSY_TIMEOUT: Duration = Duration::from_millis(500);
    let db = &bank.db;
    let mut other = Other::new(&bank.file())?;
    let write = || db.execute("update accounts set balance = balance where id = 1", ());
    let read = || db.fetchval::<i64>("select count(*) from accounts", ());

    // Shorter: it is waited for, and the runtime goes on meanwhile.
    other.run("begin exclusive")?;
    let started = Instant::now();
    let unlock = async {
        tokio::time::sleep(BUSY_TIMEOUT / 4).await;
        let late = started.elapsed();
        other.run("commit")?;
        ensure(late < BUSY_TIMEOUT / 2, || format!("the runtime was held up for {late:?}"))
    };
    let (written, count, unlocked) = tokio::join!(write(), read(), unlock);
    unlocked?;
    ensure(written?.rows_affected == 1 && count?.is_some(), || "nothing was written".to_owned())?;

    // Longer: it is told, in time, and the connection is as good as before.
    other.run("begin exclusive")?;
    let started = Instant::now();
    let (written, count) = tokio::join!(write(), read());
    let took = started.elapsed();
    is_told(written)?;
    match readers_wait {
        true => is_told(count)?,
        false => ensure(count?.is_some(), || "a reader waits for the writer".to_owned())?,
    }
    is_told(db.transaction().immediate().await.map(drop))?;
    ensure(took >= BUSY_TIMEOUT && took < BUSY_TIMEOUT * 2 + SLACK, || {
        format!("it was told after {took:?}")
    })?;
    other.run("commit")?;
    ensure(write().await?.rows_affected == 1, || "nothing was written".to_owned())?;
    bank.has_all_places().await?;
    bank.is_quiet().await
}

fn is_told<T: std::fmt::Debug>(result: aio_databases::Result<T>) -> Result<(), Problem> {
    match result {
        Err(error) if is_busy(&error) && error.to_string().contains("busy_timeout") => Ok(()),
        other => Err(format!("{other:?} while the file is locked").into()),
    }
}

#[test]
fn under_load() {
    let plan = Plan::new();
    let mut random = plan.random(400);
    // The time-out is that of the queue of this process, too.
    let conditions = Conditions {
        drops: 10,
        tolerates: |_, error| is_busy(error) || matches!(error, Error::LockTimedOut(_)),
        ..Conditions::default()
    };
    let open = Bank::open(Backend::Sqlite, "", "?busy_timeout=0.2", |_, new| new);
    let load = Load::start("locked file", Backend::Sqlite, plan, conditions, open);
    let mut other = Other::new(&load.bank().file()).expect("another process");
    let started = Instant::now();
    while started.elapsed() < plan.time {
        load.watch(Duration::from_millis(random.u64(20..200)));
        other.run("begin exclusive").expect("it is locked");
        load.watch(Duration::from_millis(random.u64(10..500)));
        other.run("commit").expect("it is unlocked");
    }
    load.goes_on();
    load.finish();
}

/// Two pools, neither of which knows of the other, write to one file.
#[test]
fn two_pools_take_turns() {
    let plan = Plan::new();
    let load = Load::start(
        "two pools",
        Backend::Sqlite,
        plan,
        Conditions::default(),
        Bank::open(Backend::Sqlite, "", "", |_, new| new),
    );
    let url = format!("sqlite:{}", load.bank().file().display());
    let written: aio_databases::Result<u32> = load.block_on(async {
        let db = Database::builder(url).max_size(2).open().await?;
        let started = Instant::now();
        let mut writes = 0;
        while started.elapsed() < plan.time {
            db.execute("update accounts set balance = balance where id = 1", ()).await?;
            writes += 1;
        }
        db.disconnect().await?;
        Ok(writes)
    });
    let writes = written.unwrap_or_else(|error| panic!("{error}"));
    println!("{writes} writes of another pool");
    assert!(writes > 0);
    load.goes_on();
    load.finish();
}

fn is_busy(error: &Error) -> bool {
    matches!(error.code(), Some("5" | "517" | "261"))
}
