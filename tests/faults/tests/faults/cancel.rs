//! Futures dropped at random places.

use aio_databases::Backend;

use crate::{
    bank::Bank,
    for_backends,
    load::{Conditions, Load},
    plan::{Plan, server},
};

for_backends! { dropped_futures: sqlite = Sqlite, postgres = Postgres, mysql = Mysql }

fn dropped_futures(backend: Backend) {
    let Some(server) = server(backend) else { return };
    let plan = Plan::new();
    let conditions = Conditions { drops: 50, ..Conditions::default() };
    let way = server.clone();
    let load = Load::start(
        "dropped futures",
        backend,
        plan,
        conditions,
        Bank::open(backend, &server, &way, |_, new| new),
    );
    load.watch(plan.time);
    load.goes_on();
    load.finish();
}
