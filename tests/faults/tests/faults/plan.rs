//! How long and how: `FAULTS=seconds:seed`, which `cargo xtask faults` sets.

use std::{env, time::Duration};

use aio_databases::Backend;

/// What a run is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) time: Duration,
    pub(crate) seed: u64,
}

impl Plan {
    /// That of the environment, or a short one.
    pub(crate) fn new() -> Self {
        let Ok(told) = env::var("FAULTS") else { return Plan { time: Duration::from_secs(1), seed: 1 } };
        let (seconds, seed) = told.split_once(':').expect("FAULTS=seconds:seed");
        Plan {
            time: Duration::from_secs(seconds.parse().expect("a number of seconds")),
            seed: seed.parse().expect("a seed is a number"),
        }
    }

    /// Random choices of one of several.
    pub(crate) fn random(&self, of: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ of)
    }
}

/// The URL of a backend's server; `None`, with a loud line, where there is none. SQLite needs none.
pub(crate) fn server(backend: Backend) -> Option<String> {
    let variable = match backend {
        Backend::Sqlite => return Some(String::new()),
        Backend::Postgres => "AIO_DATABASES_POSTGRES_URL",
        Backend::Mysql => "AIO_DATABASES_MYSQL_URL",
    };
    let url = env::var(variable).ok();
    if url.is_none() {
        eprintln!("NOT TESTED: {backend}: {variable} is not set; run `cargo xtask test`");
    }
    url
}
