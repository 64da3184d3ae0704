//! Connections that are cut in the middle of whatever is on them, or fall silent.

use std::time::{Duration, Instant};

use aio_databases::{Backend, Database, Error, Trusted};

use crate::{
    bank::Bank,
    load::{Conditions, Load},
    plan::{Plan, server},
    proxy::{Harm, Proxy},
};

/// How long the pool waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(1);

/// How old a connection becomes: nobody else finds out that an idle one has fallen silent.
const LIFETIME: Duration = Duration::from_secs(1);

/// How long a task waits for an operation.
const LIMIT: Duration = Duration::from_millis(1_500);

mod killed {
    use super::*;

    crate::for_backends! { sessions_killed_by_the_server: postgres = Postgres, mysql = Mysql }

    /// The server's administrator ends sessions, in transactions or not.
    fn sessions_killed_by_the_server(backend: Backend) {
        let Some(server) = server(backend) else { return };
        let plan = Plan::new();
        let mut random = plan.random(200);
        // One may be killed while it logs in.
        let tolerates = |_, error: &Error| is_lost(error) || matches!(error, Error::Connect(_));
        let conditions = Conditions { tolerates, ..Conditions::default() };
        let load = Load::start(
            "killed sessions",
            backend,
            plan,
            conditions,
            Bank::open(backend, &server, &server, |_, new| new),
        );
        let (started, mut killed) = (Instant::now(), 0);
        while started.elapsed() < plan.time {
            load.watch(Duration::from_millis(random.u64(20..120)));
            killed +=
                load.block_on(kill_one(&server, load.bank(), &mut random)).expect("a session is killed");
        }
        load.goes_on();
        println!("{killed} sessions were killed");
        assert!(killed > 0, "{backend}: no session was killed");
        load.finish();
    }

    async fn kill_one(server: &str, bank: &Bank, random: &mut fastrand::Rng) -> aio_databases::Result<usize> {
        let admin = Database::unpooled(server)?;
        let sessions = match bank.backend {
            Backend::Postgres => {
                "select pid from pg_stat_activity where application_name = $1 and state like $2"
            }
            _ => {
                "select p.id from information_schema.processlist p left join information_schema.innodb_trx t \
                  on t.trx_mysql_thread_id = p.id where p.db = $1 and (t.trx_id is not null or $2 = '%')"
            }
        };
        // Those in a transaction, more often than not.
        let state = if random.u8(..4) == 0 { "%" } else { "idle in %" };
        let sessions = admin.fetchall(sessions, (bank.name(), state)).await?;
        if sessions.is_empty() {
            return Ok(0);
        }
        let session: i64 = sessions[random.usize(..sessions.len())].get(0)?;
        let kill = match bank.backend {
            Backend::Postgres => format!("select pg_terminate_backend({session})"),
            _ => format!("kill {session}"),
        };
        match admin.execute(Trusted(kill), ()).await {
            // It has ended by itself.
            Err(error) if error.code() == Some("1094") => Ok(0),
            result => result.map(|_| 1),
        }
    }
}

mod proxied {
    use super::*;

    crate::for_backends! { cut_and_silent_connections: postgres = Postgres, mysql = Mysql }

    fn cut_and_silent_connections(backend: Backend) {
        let Some(server) = server(backend) else { return };
        let plan = Plan::new();
        let mut random = plan.random(300);
        let (proxy, way) = Proxy::to(&server, plan.random(301)).expect("a proxy starts");
        let conditions = Conditions {
            drops: 5,
            time_limit: Some(LIMIT),
            tolerates: |_, error| is_lost(error) || is_of_waiting(error),
            // A program drops what takes longer; nothing can take much longer, then.
            patience: 4 * LIMIT,
        };
        let open =
            Bank::open(backend, &server, &way, |_, new| new.acquire_timeout(ACQUIRE).max_lifetime(LIFETIME));
        let load = Load::start("cut connections", backend, plan, conditions, open);
        let started = Instant::now();
        let mut harms = [Harm::Cut, Harm::Stall, Harm::Gone].into_iter().cycle();
        while started.elapsed() < plan.time || proxy.harmed() == 0 {
            load.watch(Duration::from_millis(random.u64(50..200)));
            proxy.set(harms.next().unwrap_or(Harm::None));
            load.watch(Duration::from_millis(random.u64(200..900)));
            load.block_on(acquires_in_time(load.bank()));
            proxy.set(Harm::None);
            load.goes_on();
        }
        println!("{} connections were harmed", proxy.harmed());
        load.watch(LIFETIME);
        load.finish();
    }

    /// Whoever waits for a connection waits no longer than was said.
    async fn acquires_in_time(bank: &Bank) {
        let started = Instant::now();
        drop(bank.db.connection().await);
        let took = started.elapsed();
        assert!(took < 2 * ACQUIRE, "a connection was waited for {took:?}");
    }

    fn is_of_waiting(error: &Error) -> bool {
        matches!(error, Error::PoolTimedOut(_) | Error::Connect(_) | Error::Interrupted { .. })
    }
}

/// What a program sees of a lost connection.
fn is_lost(error: &Error) -> bool {
    match error {
        Error::Io { .. } | Error::RolledBack { .. } | Error::Interrupted { .. } => true,
        // The server says that it ends the session.
        _ => matches!(error.code(), Some("57P01" | "1927" | "1317")),
    }
}
