//! A round: a database of its own, some operations while one reply is harmed, and then a look at what is left.

use std::{
    panic::AssertUnwindSafe,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use aio_databases::{Backend, Database, Trusted, executemany, fetchall};
use futures_util::FutureExt as _;
use tokio::time::{sleep, timeout};

use crate::{
    goods::{COUNT, Good, Wrong},
    harm::{Harm, Kind},
    operations::{Operation, Step, one},
    plan::{Plan, server},
    proxy::Proxy,
    tally::{Round, Tally},
    watch,
};

/// How long an operation may take, though its connection was harmed.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many operations a round has.
const STEPS: i64 = 4;

/// How many connections the pool has.
const PLACES: usize = 2;

/// Runs all rounds against a backend's server, and fails if anything was wrong in one.
pub(crate) fn all(backend: Backend) {
    // Memory and panics are the whole process's.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(server) = server(backend) else { return };
    let plan = Plan::new();
    watch::start();
    let address =
        server.split_once('@').and_then(|(_, rest)| rest.split_once('/')).map(|(address, _)| address);
    let address = address.and_then(|address| address.parse().ok()).expect("a server's URL has an address");
    let proxy = Proxy::to(address).expect("a proxy starts");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name(watch::WORKER)
        .enable_all()
        .build()
        .expect("a runtime starts");
    let rounds = async move {
        let arena =
            Arena::open(backend, &server, proxy).await.unwrap_or_else(|error| panic!("{backend}: {error}"));
        let tally = arena.rounds(&plan).await;
        arena.close().await.unwrap_or_else(|error| panic!("{backend}: {error}"));
        tally
    };
    // On a worker, as a program's tasks are: panics there are noted.
    let tally = runtime.block_on(runtime.spawn(rounds)).expect("what panics is caught");
    runtime.shutdown_timeout(Duration::from_secs(1));
    println!("{backend}: {tally}");
    assert!(tally.harmed() > 0, "{backend}: nothing was harmed");
    assert!(tally.faults() == 0, "{backend}: {} faults, see above", tally.faults());
}

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// The tables, and the ways to them.
struct Arena {
    /// The way that nothing happens on.
    admin: Database,
    proxy: Proxy,
    /// The URL of the other way.
    url: String,
    server: Database,
    remove: String,
}

impl Arena {
    async fn open(backend: Backend, url: &str, proxy: Proxy) -> Result<Self, Problem> {
        let name = format!("damage{}", std::process::id());
        let (login, rest) = url.split_once('@').ok_or("a server's URL has a user")?;
        let (address, database) = rest.split_once('/').ok_or("a server's URL has a database")?;
        // Encrypted, everything that is harmed would be found.
        let (create, remove, end) = match backend {
            Backend::Postgres => (
                format!("create schema {name}"),
                format!("drop schema {name} cascade"),
                format!("{database}?sslmode=disable&options=-csearch_path%3D{name}"),
            ),
            _ => (
                format!("create database {name}"),
                format!("drop database {name}"),
                format!("{name}?ssl-mode=disabled"),
            ),
        };
        let server = Database::open(url).await?;
        server.execute(Trusted(create), ()).await?;
        let admin = Database::open(&format!("{login}@{address}/{end}")).await?;
        admin.migrate(aio_databases::migrate!()).await?;
        let goods = (1..=COUNT).map(Good::new).map(|good| (good.id, good.name, good.amount, good.checksum));
        executemany!(admin, "insert into goods (id, name, amount, checksum) values ($1, $2, $3, $4)", goods)
            .await?;
        let url = format!("{login}@{}/{end}", proxy.address);
        Ok(Arena { admin, proxy, url, server, remove })
    }

    async fn close(self) -> Result<(), Problem> {
        self.admin.disconnect().await?;
        self.server.execute(Trusted(self.remove), ()).await?;
        Ok(())
    }

    async fn rounds(&self, plan: &Plan) -> Tally {
        // Each operation once, with nothing harmed. It also starts all threads.
        let mut random = plan.random(u64::MAX);
        let steps = Step::each(-1, &mut random);
        let (calm, sent) = self.round(-1, &steps, None).await;
        assert!(calm.wrong.is_empty() && !calm.failed, "nothing was harmed: {:?}", calm.wrong);
        // The same for each run of a round, whatever rounds are before it.
        let usual = sent * STEPS.unsigned_abs() / steps.len() as u64;
        let mut tally = Tally::default();
        for number in plan.rounds.clone() {
            let mut random = plan.random(number);
            let harm = Harm::random(usual, &mut random);
            let round = number.cast_signed();
            let steps: Vec<_> = (0..STEPS).map(|line| Step::random(round, line, &mut random)).collect();
            let before = watch::begin(number);
            let (mut round, _) = self.round(round, &steps, Some(harm)).await;
            round.wrong.extend(watch::end(&before));
            tally.add(round, &plan.again(number));
        }
        tally
    }

    /// Returns what it came to, and how much the server sent.
    async fn round(&self, number: i64, steps: &[Step], harm: Option<Harm>) -> (Round, u64) {
        let mut round = Round::default();
        let kind = harm.as_ref().map(|harm| harm.kind);
        self.proxy.arm(harm);
        let open = Database::builder(&self.url).max_size(PLACES).acquire_timeout(PATIENCE / 2).open();
        let db = in_time("opening", open, &mut round).await;
        let mut done = Vec::new();
        if let Some(Ok(db)) = &db {
            for step in steps {
                let what = format!("{:?}", step.operation);
                let outcome = in_time(&what, step.run(db), &mut round).await;
                if let Some(Ok(Ok(()))) = outcome {
                    done.push(step);
                }
                judge(&what, kind, outcome, &mut round);
            }
        }
        let (sent, all) = self.proxy.disarm();
        round.harmed = kind.filter(|_| all);
        match db {
            Some(Ok(db)) => self.recovers(db, &mut round).await,
            Some(Err(_)) => round.failed = true,
            None => {}
        }
        self.keeps(number, &done, &mut round).await;
        self.keeps_nothing_else(number, steps, &mut round).await;
        (round, sent)
    }

    /// Sees that the pool works again: each of its connections may have been harmed, and costs a query.
    async fn recovers(&self, db: Database, round: &mut Round) {
        for attempt in 0..=PLACES {
            match in_time("a query after the harm", one(&db, 1), round).await {
                Some(Ok(Ok(()))) => break,
                Some(Ok(Err(wrong))) => round.wrong.push(format!("{wrong:?} is wrong after the harm")),
                Some(Err(error)) if attempt == PLACES => {
                    round.wrong.push(format!("the pool does not work again: {}", kind_of(&error)));
                }
                Some(Err(_)) => {}
                None => break,
            }
        }
        if let Some(Err(error)) = in_time("disconnecting", db.disconnect(), round).await {
            round.wrong.push(format!("disconnecting fails: {}", kind_of(&error)));
        }
    }

    /// Sees that what was said to be done is done.
    async fn keeps(&self, number: i64, done: &[&Step], round: &mut Round) {
        let started = Instant::now();
        loop {
            let there = self.lines(number).await;
            if done.iter().flat_map(|step| step.lines()).all(|line| there.contains(&line)) {
                return;
            }
            if started.elapsed() > PATIENCE {
                round.wrong.push("what was said to be committed is not there".to_owned());
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sees that what is rolled back whatever happens is not there.
    async fn keeps_nothing_else(&self, number: i64, steps: &[Step], round: &mut Round) {
        let there = self.lines(number).await;
        let mut rolled_back = steps.iter().filter(|step| step.operation == Operation::RolledBack);
        if rolled_back.any(|step| there.contains(&step.line)) {
            round.wrong.push("what was rolled back is there".to_owned());
        }
    }

    /// The lines of `changes` that a round has made.
    async fn lines(&self, number: i64) -> Vec<i64> {
        let admin = &self.admin;
        let there = fetchall!(admin, "select line from changes where round = {number}").await;
        there.expect("nothing happens on this way").into_iter().map(|row| row.line).collect()
    }
}

/// Runs something to its end. `None` and a fault if that does not come, or if it panics.
async fn in_time<T>(what: &str, run: impl Future<Output = T>, round: &mut Round) -> Option<T> {
    match timeout(PATIENCE, AssertUnwindSafe(run).catch_unwind()).await {
        Ok(Ok(result)) => Some(result),
        // It was noted.
        Ok(Err(_)) => None,
        Err(_) => {
            round.wrong.push(format!("hang: {what} does not end"));
            None
        }
    }
}

/// Notes what an operation came to.
fn judge(
    what: &str,
    kind: Option<Kind>,
    outcome: Option<aio_databases::Result<Result<(), Wrong>>>,
    round: &mut Round,
) {
    match (outcome, kind) {
        (Some(Ok(Ok(()))) | None, _) => {}
        (Some(Err(_)), _) => round.failed = true,
        // The rest of a message that has a flipped bit is as it was.
        (Some(Ok(Err(Wrong::Value))), Some(Kind::Flip)) => round.unknowable = true,
        (Some(Ok(Err(wrong))), _) => round.wrong.push(format!("{wrong:?} is wrong: {what}")),
    }
}

fn kind_of(error: &aio_databases::Error) -> String {
    let debug = format!("{error:?}");
    debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
