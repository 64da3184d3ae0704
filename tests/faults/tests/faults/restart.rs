//! A server that is killed, or stopped, and started again.

use std::time::{Duration, Instant};

use aio_databases::{Backend, Database, Error};
use xtask::servers::{Server, of_its_own};

use crate::{
    bank::{Bank, PLACES},
    for_backends,
    load::{Conditions, Load},
    plan::{Plan, server},
};

for_backends! { restarts: postgres = Postgres, mysql = Mysql }

fn restarts(backend: Backend) {
    let Some(shared) = server(backend) else { return };
    drop(shared);
    // A server of the test's own; PostgreSQL's standby comes before it.
    let mut servers = of_its_own(&backend.to_string()).unwrap_or_else(|error| panic!("{backend}: {error:#}"));
    let server = servers.last_mut().expect("a server was started");
    for kills in [true, false] {
        costs_one_query_a_connection(backend, server, kills);
    }
    under_load(backend, server);
}

fn under_load(backend: Backend, server: &mut Server) {
    let plan = Plan::new();
    let mut random = plan.random(100);
    let url = server.url.clone();
    let patience = Duration::from_secs(60);
    let conditions = Conditions {
        drops: 10,
        patience,
        tolerates: |_, error| is_of_restart(error),
        ..Conditions::default()
    };
    let load =
        Load::start("restarts", backend, plan, conditions, Bank::open(backend, &url, &url, |_, new| new));
    let (started, mut kills) = (Instant::now(), random.bool());
    for round in 0.. {
        // Once each way, at least.
        if round >= 2 && started.elapsed() > plan.time {
            break;
        }
        load.watch(Duration::from_millis(random.u64(300..900)));
        end(server, kills);
        // Those who need a connection meanwhile are refused.
        load.watch(Duration::from_millis(random.u64(0..300)));
        server.start().unwrap_or_else(|error| panic!("{backend}: {error:#}"));
        load.goes_on();
        kills = !kills;
    }
    load.finish();
}

/// What a program sees of a restart: the connection is lost, or none can be made.
fn is_of_restart(error: &Error) -> bool {
    match error {
        Error::Io { .. } | Error::Connect(_) | Error::RolledBack { .. } | Error::Interrupted { .. } => true,
        // The server says that it shuts down, or that it is not ready.
        _ => matches!(error.code(), Some("57P01" | "57P02" | "57P03" | "1053" | "1927")),
    }
}

/// All connections are idle when the server goes: each costs one failed query, at most.
fn costs_one_query_a_connection(backend: Backend, server: &mut Server, kills: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let db = Database::builder(&server.url).max_size(PLACES).open().await.expect("the server is up");
        let mut idle = Vec::new();
        for _ in 0..PLACES {
            idle.push(db.connection().await.expect("a connection"));
        }
        drop(idle);
        end(server, kills);
        server.start().expect("the server starts again");
        let mut failed = 0;
        for query in 0..3 * PLACES {
            match db.fetchval::<i64>("select 42", ()).await {
                Ok(answer) => assert_eq!(answer, Some(42)),
                Err(error) if is_of_restart(&error) => failed += 1,
                Err(error) => panic!("{backend}, query {query}: {error}"),
            }
        }
        assert!(failed <= PLACES, "{backend}: {failed} queries failed, and there were {PLACES} connections");
        let how = if kills { "killed" } else { "stopped" };
        println!("{backend}, {how}: {failed} failed queries for {PLACES} idle connections");
        db.disconnect().await.expect("it ends");
    });
}

fn end(server: &mut Server, kills: bool) {
    match kills {
        true => server.kill().expect("a server that runs can be killed"),
        false => server.stop(),
    }
}
