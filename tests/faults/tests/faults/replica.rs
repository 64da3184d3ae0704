//! A replica that goes, and comes back.

use std::time::{Duration, Instant};

use aio_databases::{Backend, Database, Error};
use xtask::servers::{Server, of_its_own};

use crate::{
    bank::{ACCOUNTS, Bank, Problem, eventually},
    for_backends,
    load::{Conditions, Load, TASKS},
    operations::Kind,
    plan::{Plan, server},
    proxy::{Harm, Proxy},
};

for_backends! { replica_gone: postgres = Postgres, mysql = Mysql }

/// There are two replicas: one that goes, and the primary itself. PostgreSQL's is a standby, which is killed and stopped; MySQL's
/// is the same server by a way that is cut.
fn replica_gone(backend: Backend) {
    let Some(shared) = server(backend) else { return };
    let plan = Plan::new();
    let mut random = plan.random(600);
    let mut own = match backend {
        Backend::Postgres => of_its_own("postgres").unwrap_or_else(|error| panic!("{error:#}")),
        _ => Vec::new(),
    };
    let (primary, replica) = match &*own {
        [standby, primary] => (primary.url.clone(), standby.url.clone()),
        _ => (shared.clone(), shared),
    };
    let (proxy, way) = Proxy::to(&replica, plan.random(601)).expect("a proxy starts");
    let conditions = Conditions { tolerates: is_of_replica, ..Conditions::default() };
    let open = async {
        let mut bank = Bank::open(backend, &primary, &primary, |name, new| {
            let named = |way: &str| match backend {
                Backend::Postgres => format!("{way}?options=-csearch_path%3D{name}"),
                _ => format!("{}/{name}", way.rsplit_once('/').map_or(way, |(server, _)| server)),
            };
            new.replica(named(&way)).replica(named(&primary))
        })
        .await?;
        bank.has_replicas(2);
        if backend == Backend::Postgres {
            follows(&primary, &replica, bank.name()).await?;
        }
        Ok(bank)
    };
    let load = Load::start("replica gone", backend, plan, conditions, open);
    let started = Instant::now();
    for round in 0.. {
        if round >= 2 && started.elapsed() > plan.time {
            break;
        }
        load.watch(Duration::from_millis(random.u64(100..400)));
        let carried = proxy.carried();
        proxy.set(Harm::Gone);
        if let Some(standby) = own.first_mut() {
            match round % 2 {
                0 => standby.kill().expect("it can be killed"),
                _ => standby.stop(),
            }
        }
        // The work goes on, and so do the reads.
        load.goes_on();
        reads_go_on(&load);
        own.first_mut().map_or(Ok(()), Server::start).expect("it starts again");
        proxy.set(Harm::None);
        is_read_again(&load, || proxy.carried() > carried);
    }
    println!("{} connections to the replica", proxy.carried());
    load.finish();
}

/// Only a read from a replica may fail, for the connection was lost under it; none for there is no other replica.
fn is_of_replica(kind: Kind, error: &Error) -> bool {
    let lost = matches!(error, Error::Io { .. } | Error::Interrupted { .. }) || error.code() == Some("57P01");
    kind == Kind::Replica && lost
}

fn reads_go_on(load: &Load) {
    let (before, started) = (load.done(Kind::Replica), Instant::now());
    while load.done(Kind::Replica) < before + TASKS as u64 {
        load.watch(Duration::from_millis(20));
        assert!(started.elapsed() < Duration::from_secs(20), "nobody reads from the other replica");
    }
}

/// One that is back is found soon: it is tried again after a second, then two, and so on.
fn is_read_again(load: &Load, again: impl Fn() -> bool) {
    let started = Instant::now();
    while !again() {
        load.watch(Duration::from_millis(20));
        assert!(started.elapsed() < Duration::from_secs(30), "the replica is not read from again");
    }
}

/// Waits until the standby has the accounts, on its disk too: after it was killed it must not go back to before.
async fn follows(primary: &str, standby: &str, name: &str) -> Result<(), Problem> {
    Database::unpooled(primary)?.execute("checkpoint", ()).await?;
    let standby = &Database::unpooled(format!("{standby}?options=-csearch_path%3D{name}"))?;
    eventually(|| async move {
        let count: Option<i64> = standby.fetchval("select count(*) from accounts", ()).await?;
        crate::bank::ensure(count == Some(ACCOUNTS), || "the standby does not follow".to_owned())
    })
    .await?;
    standby.execute("checkpoint", ()).await?;
    Ok(())
}
