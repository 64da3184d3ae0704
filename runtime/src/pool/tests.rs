use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use aio_databases_sql::Dialect;
use tokio::time::{sleep, timeout};

use super::Pool;
use crate::{
    Arguments, Database, Error, Result, Value,
    backend::fake::Fake,
    backend::sink::Discard,
    backend::transaction::Mode,
    options::Options,
    pool::endpoint::Endpoint,
    pool::endpoints::Endpoints,
    pool::lease::{Lease, Opener},
    statement::command::Request,
    statement::command::{Command, Text},
    url::DatabaseUrl,
};

/// A pool over a fake database.
struct Bench {
    fake: Arc<Fake>,
    pool: Arc<Pool>,
    options: Arc<Options>,
}

impl Bench {
    fn new(change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options::new(crate::Backend::Postgres);
        options.acquire_timeout = Duration::from_millis(100);
        change(&mut options);
        let (fake, options) = (Arc::new(Fake::default()), Arc::new(options));
        let pool = Pool::new(Arc::new(Arc::clone(&fake)), Arc::clone(&options), "fake:".to_owned());
        Bench { fake, pool, options }
    }

    async fn lease_for(&self, file: &'static str, line: u32) -> Result<Lease> {
        let (session, slot) = self.pool.acquire((file, line), Some(0)).await?;
        Ok(Lease::new(session, Arc::clone(&self.options), Some(slot)))
    }

    /// A database over the same, with a pool of its own.
    fn database(&self) -> Database {
        let (url, _) = DatabaseUrl::parse("sqlite::memory:").unwrap();
        let (options, fake) = (Arc::clone(&self.options), Arc::new(Arc::clone(&self.fake)));
        let none: [fn(&Weak<Endpoints>) -> Endpoint; 0] = [];
        Database::from_endpoints(Endpoints::new(|_| Endpoint::new(url, options, fake), none))
    }

    async fn lease(&self) -> Lease {
        self.lease_for("a.rs", 1).await.unwrap()
    }
}

async fn run(lease: &mut Lease, sql: &'static str) -> Result<()> {
    let args = Arguments::Positional(Vec::new());
    let request = Request::Dynamic { sql: Text::Static(sql), args, file: "a.rs", line: 7 };
    let command = Command::new(request, Dialect::Postgres)?;
    lease.run(Arc::new(command), Box::new(Discard)).await.map(|_| ())
}

#[tokio::test]
async fn a_connection_that_was_given_back_is_used_again() {
    let bench = Bench::new(|_| {});
    for _ in 0..3 {
        run(&mut bench.lease().await, "select 1").await.unwrap();
    }
    assert_eq!((bench.fake.opened(), bench.fake.closed()), (1, 0));
}

#[tokio::test]
async fn an_idle_connection_answers_first_if_that_is_asked() {
    for test_before_acquire in [false, true] {
        let bench = Bench::new(|options| options.test_before_acquire = test_before_acquire);
        for _ in 0..2 {
            run(&mut bench.lease().await, "select 7").await.unwrap();
        }
        let expected = match test_before_acquire {
            false => &["1: select 7", "1: select 7"][..],
            true => &["1: select 7", "1: select 1", "1: select 7"],
        };
        assert_eq!(bench.fake.sent(), expected);
    }
}

#[tokio::test]
async fn the_connection_used_last_is_taken_first() {
    let bench = Bench::new(|_| {});
    let (mut first, mut second) = (bench.lease().await, bench.lease().await);
    run(&mut first, "select 1").await.unwrap();
    run(&mut second, "select 2").await.unwrap();
    drop(second);
    drop(first);
    run(&mut bench.lease().await, "select 3").await.unwrap();
    assert_eq!(bench.fake.sent(), ["1: select 1", "2: select 2", "1: select 3"]);
}

#[tokio::test]
async fn a_time_out_tells_who_has_the_connections() {
    let bench = Bench::new(|options| options.max_size = 2);
    let _first = bench.lease_for("src/slow.rs", 12).await.unwrap();
    let _second = bench.lease_for("src/other.rs", 34).await.unwrap();
    let Err(Error::PoolTimedOut(error)) = bench.lease_for("src/waits.rs", 1).await.map(drop) else {
        panic!("a third connection")
    };
    assert_eq!((error.max_size, error.size, error.idle, error.waiting), (2, 2, 0, 0));
    let text = error.to_string();
    for part in ["2 of at most 2 are open, 0 idle", "src/slow.rs:12", "src/other.rs:34", "max_size"] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn who_waits_longest_is_served_first() {
    let bench = Arc::new(Bench::new(|options| {
        options.max_size = 1;
        options.acquire_timeout = Duration::from_secs(10);
    }));
    let held = bench.lease().await;
    let served = Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for number in 0..5 {
        let (bench, served) = (Arc::clone(&bench), Arc::clone(&served));
        tasks.push(tokio::spawn(async move {
            let lease = bench.lease().await;
            served.lock().unwrap().push(number);
            drop(lease);
        }));
        tokio::task::yield_now().await;
    }
    drop(held);
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*served.lock().unwrap(), [0, 1, 2, 3, 4]);
    assert_eq!(bench.fake.opened(), 1);
}

#[tokio::test]
async fn what_was_done_to_a_connection_decides_whether_it_is_used_again() {
    for (statements, again) in [
        (&["select 1"][..], true),
        (&["begin", "insert into t values (1)", "commit"], true),
        (&["begin", "rollback"], true),
        (&["begin"], false),
        (&["begin", "rollback to savepoint a"], false),
        (&["set search_path = a"], false),
        (&["create temporary table t (a int)"], false),
        (&["select lost"], false),
        (&["select wrong"], false),
    ] {
        let bench = Bench::new(|_| {});
        let mut lease = bench.lease().await;
        for statement in statements {
            let _ = run(&mut lease, statement).await;
        }
        drop(lease);
        drop(bench.lease().await);
        assert_eq!(bench.fake.opened() == 1, again, "{statements:?}");
    }
}

#[tokio::test]
async fn a_connection_whose_statement_was_cancelled_recovers_in_the_background() {
    let bench = Bench::new(|options| options.max_size = 1);
    let mut lease = bench.lease().await;
    assert!(timeout(Duration::from_millis(10), run(&mut lease, "select hang")).await.is_err());
    drop(lease);
    run(&mut bench.lease().await, "select 1").await.unwrap();
    assert_eq!(bench.fake.sent(), ["1: select hang", "1: recover", "1: select 1"]);
    assert_eq!(bench.fake.opened(), 1);
}

#[tokio::test]
async fn a_guard_whose_statement_was_cancelled_recovers_before_the_next() {
    let bench = Bench::new(|_| {});
    let mut lease = bench.lease().await;
    assert!(timeout(Duration::from_millis(10), run(&mut lease, "select hang")).await.is_err());
    run(&mut lease, "select 1").await.unwrap();
    assert_eq!(bench.fake.sent(), ["1: select hang", "1: recover", "1: select 1"]);
}

#[tokio::test]
async fn a_place_is_not_lost_where_the_server_does_not_answer_to_a_rollback() {
    let bench = Bench::new(|options| options.max_size = 1);
    let mut lease = bench.lease().await;
    run(&mut lease, "begin").await.unwrap();
    bench.fake.silent.store(true, Ordering::SeqCst);
    drop(lease);
    // Who waits as long as a pool lets one wait has a place before that.
    let _ = bench.lease().await;
    assert_eq!((bench.fake.opened(), bench.fake.closed()), (2, 1));
}

#[tokio::test]
async fn a_place_is_not_lost_where_the_server_does_not_answer_to_a_dropped_transaction() {
    let bench = Bench::new(|options| options.max_size = 1);
    let db = bench.database();
    db.connect().await.unwrap();
    let mut connection = db.connection().await.unwrap();
    let tx = connection.transaction().await.unwrap();
    bench.fake.silent.store(true, Ordering::SeqCst);
    // It is rolled back while its connection is still in use.
    drop(tx);
    drop(connection);
    drop(db.connection().await.unwrap());
    assert_eq!(bench.fake.opened(), 2);
}

#[tokio::test]
async fn a_place_is_not_lost_where_the_server_cannot_be_told_to_stop() {
    let bench = Bench::new(|options| options.max_size = 1);
    let mut lease = bench.lease().await;
    bench.fake.silent.store(true, Ordering::SeqCst);
    assert!(timeout(Duration::from_millis(10), run(&mut lease, "select 1")).await.is_err());
    drop(lease);
    let _ = bench.lease().await;
    assert_eq!((bench.fake.opened(), bench.fake.closed()), (2, 1));
}

#[tokio::test]
async fn many_rows_are_all_or_nothing() {
    let many = |sql| {
        let request = Request::DynamicMany {
            sql: Text::Static(sql),
            rows: vec![Arguments::Positional(vec![Value::Int(1)])],
            file: "a.rs",
            line: 1,
        };
        Command::new(request, Dialect::Postgres).unwrap()
    };
    let bench = Bench::new(|_| {});
    let mut lease = bench.lease().await;
    lease.run(Arc::new(many("insert into t values ($1)")), Box::new(Discard)).await.unwrap();
    assert_eq!(bench.fake.sent(), ["1: begin", "1: insert into t values ($1)", "1: commit"]);

    // In a transaction that is open already.
    let bench = Bench::new(|_| {});
    let mut lease = bench.lease().await;
    run(&mut lease, "begin").await.unwrap();
    lease.run(Arc::new(many("insert into t values ($1)")), Box::new(Discard)).await.unwrap();
    let sent = bench.fake.sent();
    assert_eq!(sent[1], "1: savepoint aio_databases_1");
    assert_eq!(sent[3], "1: release savepoint aio_databases_1");
}

#[tokio::test]
async fn old_connections_are_closed() {
    for (name, change) in [
        ("idle", (|options| options.idle_timeout = Some(Duration::from_millis(60))) as fn(&mut Options)),
        ("age", |options| options.max_lifetime = Some(Duration::from_millis(60))),
    ] {
        let bench = Bench::new(change);
        run(&mut bench.lease().await, "select 1").await.unwrap();
        sleep(Duration::from_millis(70)).await;
        run(&mut bench.lease().await, "select 2").await.unwrap();
        assert_eq!(bench.fake.sent(), ["1: select 1", "2: select 2"], "{name}");
        // Nobody takes one now: the reaper closes it.
        sleep(Duration::from_millis(200)).await;
        assert_eq!(bench.fake.closed(), 2, "{name}");
    }
}

#[tokio::test]
async fn the_smallest_number_of_connections_is_kept() {
    let bench = Bench::new(|options| {
        options.min_size = 3;
        options.max_lifetime = Some(Duration::from_millis(60));
    });
    bench.pool.fill(1).await.unwrap();
    assert_eq!(bench.fake.opened(), 3);
    sleep(Duration::from_millis(150)).await;
    assert!(bench.fake.closed() >= 3, "the old ones are closed");
    assert!(bench.fake.opened() - bench.fake.closed() >= 2, "and new ones opened");
}

#[tokio::test]
async fn closing_ends_the_waiting_and_closes_what_comes_back() {
    let bench = Arc::new(Bench::new(|options| {
        options.max_size = 1;
        options.acquire_timeout = Duration::from_secs(10);
    }));
    let mut held = bench.lease().await;
    let waiting = tokio::spawn({
        let bench = Arc::clone(&bench);
        async move { bench.lease_for("a.rs", 1).await.map(drop) }
    });
    sleep(Duration::from_millis(10)).await;
    bench.pool.close().await;
    assert!(matches!(waiting.await.unwrap(), Err(Error::PoolClosed)));
    run(&mut held, "select 1").await.unwrap();
    drop(held);
    sleep(Duration::from_millis(10)).await;
    assert_eq!(bench.fake.closed(), 1);
    assert!(matches!(bench.lease_for("a.rs", 1).await, Err(Error::PoolClosed)));
}

#[tokio::test]
async fn a_place_is_not_lost_where_no_connection_can_be_made() {
    let bench = Bench::new(|options| options.max_size = 1);
    bench.fake.down.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        assert!(matches!(bench.lease_for("a.rs", 1).await, Err(Error::Io { .. })));
    }
    bench.fake.down.store(false, Ordering::SeqCst);
    run(&mut bench.lease().await, "select 1").await.unwrap();
}

#[tokio::test]
async fn after_one_was_found_closed_the_idle_ones_are_looked_at() {
    let bench = Bench::new(|_| {});
    let (mut first, mut second, third) = (bench.lease().await, bench.lease().await, bench.lease().await);
    run(&mut first, "select 1").await.unwrap();
    drop(third);
    drop(first);
    assert!(run(&mut second, "select lost").await.is_err());
    drop(second);
    // The round trip is made once for each, and a new one needs none.
    let (mut first, mut third, mut new) = (bench.lease().await, bench.lease().await, bench.lease().await);
    run(&mut first, "select a").await.unwrap();
    run(&mut third, "select b").await.unwrap();
    run(&mut new, "select c").await.unwrap();
    drop(first);
    run(&mut bench.lease().await, "select d").await.unwrap();
    let sent = bench.fake.sent();
    assert_eq!(sent[..4], ["1: select 1", "2: select lost", "1: select 1", "3: select 1"]);
    assert_eq!(sent[4..], ["1: select a", "3: select b", "4: select c", "1: select d"]);
}

#[tokio::test]
async fn a_transaction_begins_on_a_new_connection_where_the_idle_one_was_closed() {
    let bench = Bench::new(|_| {});
    run(&mut bench.lease().await, "select 1").await.unwrap();
    bench.fake.cut.store(1, Ordering::SeqCst);
    let mut lease = bench.lease().await;
    let (level, _) = lease.begin(&Mode::default(), Opener::Guard).await.unwrap();
    lease.finish(level, true).await.unwrap();
    assert_eq!(bench.fake.sent(), ["1: select 1", "1: begin", "2: begin", "2: commit"]);

    // What was not checked may write, and is not run twice; the connection is used no more.
    drop(lease);
    bench.fake.cut.store(2, Ordering::SeqCst);
    assert!(matches!(run(&mut bench.lease().await, "select f()").await, Err(Error::Io { .. })));
    run(&mut bench.lease().await, "select 2").await.unwrap();
    assert_eq!(bench.fake.sent()[4..], ["2: select f()", "3: select 2"]);
}
