//! How many rounds: `DAMAGE=rounds:seed:first`, which `cargo xtask damage` sets.

use std::{env, ops::Range};

/// What a run is made of.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) rounds: Range<u64>,
    pub(crate) seed: u64,
}

impl Plan {
    /// That of the environment, or a short one.
    pub(crate) fn new() -> Self {
        let Ok(text) = env::var("DAMAGE") else { return Plan { rounds: 0..200, seed: 1 } };
        let numbers: Vec<u64> = text.split(':').filter_map(|number| number.parse().ok()).collect();
        let [rounds, seed, first] = numbers[..] else { panic!("DAMAGE=rounds:seed:first, not {text:?}") };
        Plan { rounds: first..first + rounds, seed }
    }

    /// The random choices of one round.
    pub(crate) fn random(&self, round: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ round)
    }

    /// What runs a round again.
    pub(crate) fn again(&self, round: u64) -> String {
        format!("cargo xtask damage --seed {} --first {round} --rounds 1", self.seed)
    }
}

/// The URL of a backend's server; `None`, with a loud line, where there is none.
pub(crate) fn server(backend: aio_databases::Backend) -> Option<String> {
    let variable = match backend {
        aio_databases::Backend::Postgres => "AIO_DATABASES_POSTGRES_URL",
        _ => "AIO_DATABASES_MYSQL_URL",
    };
    let url = env::var(variable).ok();
    if url.is_none() {
        eprintln!("NOT TESTED: {backend}: {variable} is not set; run `cargo xtask damage`");
    }
    url
}
