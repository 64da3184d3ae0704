//! Tasks at work, and the thread that watches them: it is no task itself, so that it sees even a runtime that is held up.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use aio_databases::{Backend, Error};
use tokio::{
    runtime::Runtime,
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::{
    bank::{Bank, Problem},
    drop_after::DropAfter,
    ledger::{End, Fate, Ledger},
    operations::{Failure, Kind, Operation, is_of_load},
    plan::Plan,
};

/// How many tasks there are.
pub(crate) const TASKS: usize = 16;

/// How long all that is looked at in the end may take together.
const LAST_LOOK: Duration = Duration::from_secs(60);

/// Under what conditions the tasks work.
#[derive(Clone, Copy)]
pub(crate) struct Conditions {
    /// How many operations in a hundred are dropped at a random place.
    pub(crate) drops: u8,
    /// After how long a task drops what has not ended, as a program with time-outs of its own does.
    pub(crate) time_limit: Option<Duration>,
    /// How long an operation may take: longer is a hang.
    pub(crate) patience: Duration,
    /// Which errors may come, beside those of transactions that run into each other.
    pub(crate) tolerates: fn(Kind, &Error) -> bool,
}

impl Default for Conditions {
    fn default() -> Self {
        Conditions { drops: 0, time_limit: None, patience: Duration::from_secs(20), tolerates: |_, _| false }
    }
}

/// A load on a database.
pub(crate) struct Load {
    name: String,
    plan: Plan,
    conditions: Conditions,
    /// Gone when it is dropped.
    runtime: Option<Runtime>,
    bank: Arc<Bank>,
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

/// What the tasks and their watcher share.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    ledger: Ledger,
    /// What each task is at, and since when.
    at: Vec<Mutex<Option<(Kind, i64, Instant)>>>,
    wrong: Mutex<Vec<String>>,
}

impl Load {
    /// Opens the accounts and sets the tasks to work. `name` says in what test.
    pub(crate) fn start(
        name: &str,
        backend: Backend,
        plan: Plan,
        conditions: Conditions,
        open: impl Future<Output = Result<Bank, Problem>>,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime starts");
        let bank =
            Arc::new(runtime.block_on(open).unwrap_or_else(|error| panic!("{name}, {backend}: {error}")));
        let shared =
            Arc::new(Shared { at: (0..TASKS).map(|_| Mutex::default()).collect(), ..Shared::default() });
        let tasks = (0..TASKS).map(|task| {
            let worker = Worker { task, bank: Arc::clone(&bank), shared: Arc::clone(&shared), conditions };
            runtime.spawn(worker.work(plan.random(task as u64)))
        });
        let tasks = tasks.collect();
        Load {
            name: format!("{name}, {backend}"),
            plan,
            conditions,
            runtime: Some(runtime),
            bank,
            shared,
            tasks,
        }
    }

    pub(crate) fn bank(&self) -> &Bank {
        &self.bank
    }

    /// How much was committed.
    pub(crate) fn kept(&self) -> usize {
        self.shared.ledger.kept()
    }

    /// How often something was done.
    pub(crate) fn done(&self, kind: Kind) -> u64 {
        self.shared.ledger.done(kind)
    }

    /// Runs something on the tasks' runtime.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.as_ref().expect("it is there until it is dropped").block_on(future)
    }

    /// Watches the tasks for so long.
    pub(crate) fn watch(&self, time: Duration) {
        let started = Instant::now();
        loop {
            self.look();
            match time.checked_sub(started.elapsed()) {
                Some(left) if !left.is_zero() => thread::sleep(left.min(Duration::from_millis(20))),
                _ => return,
            }
        }
    }

    /// Sees that the work goes on.
    pub(crate) fn goes_on(&self) {
        let (before, started) = (self.kept(), Instant::now());
        while self.kept() < before + TASKS {
            self.watch(Duration::from_millis(20));
            if started.elapsed() > self.conditions.patience {
                self.fail(&format!("the work does not go on: {} transfers", self.kept() - before));
            }
        }
    }

    fn look(&self) {
        if let Some(wrong) = lock(&self.shared.wrong).first() {
            self.fail(wrong);
        }
        for (task, at) in self.shared.at.iter().enumerate() {
            if let Some((kind, number, since)) = *lock(at)
                && since.elapsed() > self.conditions.patience
            {
                self.fail(&format!("task {task} hangs in {kind:?} {number} for {:?}", since.elapsed()));
            }
        }
    }

    #[track_caller]
    fn fail(&self, problem: &str) -> ! {
        let Plan { time, seed } = self.plan;
        let book = self.shared.ledger.read();
        panic!("{} (FAULTS={}:{seed}): {problem}\n  {book}", self.name, time.as_secs())
    }

    /// Lets the tasks come to an end, and looks at all that must be true then.
    pub(crate) fn finish(mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let started = Instant::now();
        while self.tasks.iter().any(|task| !task.is_finished()) {
            self.watch(Duration::from_millis(5));
            assert!(started.elapsed() < self.conditions.patience * 2, "{}: a task does not end", self.name);
        }
        self.look();
        for task in std::mem::take(&mut self.tasks) {
            if let Err(error) = self.block_on(task) {
                self.fail(&format!("a task ended by itself: {error}"));
            }
        }
        let book = self.shared.ledger.read();
        let last_look = async {
            self.bank.has_all_places().await?;
            self.bank.balance(&book).await?;
            self.bank.is_quiet().await?;
            self.bank.close().await
        };
        let looked = self.block_on(async { timeout(LAST_LOOK, last_look).await });
        match looked {
            Ok(Ok(())) => {}
            Ok(Err(problem)) => self.fail(&problem.to_string()),
            Err(_) => self.fail("a last look at the accounts hangs"),
        }
        if book.of(Fate::Kept) < TASKS {
            self.fail("hardly anything was done");
        }
        let Plan { time, seed } = self.plan;
        println!("{} ({} s, seed {seed}): {book}", self.name, time.as_secs());
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // A task that hangs must not keep the test from failing.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// One task.
struct Worker {
    task: usize,
    bank: Arc<Bank>,
    shared: Arc<Shared>,
    conditions: Conditions,
}

impl Worker {
    async fn work(self, mut random: fastrand::Rng) {
        let first = (self.task as i64 + 1) * 1_000_000_000;
        for number in first.. {
            if self.shared.stop.load(Ordering::Relaxed) {
                return;
            }
            let operation = Operation::new(number, self.bank.is_replicated(), &mut random);
            let started = Instant::now();
            *lock(&self.shared.at[self.task]) = Some((operation.kind, number, started));
            let result = self.attempt(&operation, &mut random).await;
            *lock(&self.shared.at[self.task]) = None;
            let failed = matches!(result, Some(Err(_)));
            self.note(&operation, result, started.elapsed());
            match failed {
                // Nobody tries again at once for ever.
                true => sleep(Duration::from_millis(5)).await,
                // One that has nothing to wait for lets the others go on.
                false => tokio::task::yield_now().await,
            }
        }
    }

    /// Runs it to its end, or drops it: `None`.
    async fn attempt(
        &self,
        operation: &Operation,
        random: &mut fastrand::Rng,
    ) -> Option<Result<(), Failure>> {
        let limit = self.conditions.time_limit.unwrap_or(Duration::MAX);
        let run = timeout(limit, operation.run(&self.bank.db));
        let ended = match random.u8(..100) < self.conditions.drops {
            true if random.bool() => DropAfter::new(run, random.u32(..12)).await?,
            true => timeout(Duration::from_micros(random.u64(..6_000)), run).await.ok()?,
            false => run.await,
        };
        ended.ok()
    }

    fn note(&self, operation: &Operation, result: Option<Result<(), Failure>>, took: Duration) {
        let (fate, end) = match result {
            Some(Ok(())) => (Fate::Kept, End::Done),
            None => (Fate::Unknown, End::Dropped),
            Some(Err(Failure::Error(error))) => {
                let of_load = is_of_load(&error, self.bank.backend);
                if !of_load && !(self.conditions.tolerates)(operation.kind, &error) {
                    self.wrong(operation, &error.to_string());
                }
                let nothing = of_load
                    || matches!(error, Error::RolledBack { .. } | Error::PoolTimedOut(_) | Error::Connect(_));
                (if nothing { Fate::Gone } else { Fate::Unknown }, End::Failed(label(&error)))
            }
            Some(Err(Failure::Wrong(problem))) => {
                self.wrong(operation, &problem);
                (Fate::Unknown, End::Failed(problem))
            }
            Some(Err(Failure::Planned)) => unreachable!("an operation looks after what it plans"),
        };
        let fate = if operation.kind.keeps() { fate } else { Fate::Gone };
        self.shared.ledger.note(operation.kind, operation.number, fate, end, took);
    }

    fn wrong(&self, operation: &Operation, problem: &str) {
        let Operation { kind, number, .. } = operation;
        lock(&self.shared.wrong).push(format!("{kind:?} {number}: {problem}"));
    }
}

/// An error's kind.
fn label(error: &Error) -> String {
    let debug = format!("{error:?}");
    let kind = debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    match (error, error.code()) {
        (Error::Connect(error), _) => format!("{kind} {:?}", error.problem()),
        (_, Some(code)) => format!("{kind} {code}"),
        _ => kind.to_owned(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
