//! What a query costs, side by side with other libraries, in one run: `cargo xtask bench`.
//!
//! Contenders take turns, a batch each, round after round; what is told are medians, and ratios to the first of them.

mod args;
mod bars;
mod case;
mod cores;
mod held_up;
mod items;
mod memory;
mod mysql;
mod peer_diesel;
mod peer_diesel_sqlite;
mod postgres;
mod soak;
mod sqlite;
mod stream;
mod table;

use anyhow::Result;
use tokio::runtime::{Builder, Runtime};

use self::{
    args::{Args, Backend},
    case::{Outcome, Plan},
    cores::Cores,
};

fn main() -> Result<()> {
    let args = Args::read()?;
    if let Some(stream) = &args.stream {
        return memory::child(stream);
    }
    let cores = Cores::all()?;
    let mut outcomes = Vec::new();
    for &backend in &args.backends {
        let Some(url) = backend.url() else {
            println!(
                "{backend}: NOT MEASURED: {} is not set (`cargo xtask bench` starts servers)\n",
                backend.variable()
            );
            continue;
        };
        cores.use_one(backend)?;
        let alone = measure(
            &args,
            &format!("{backend}, one task on one core"),
            &current_thread()?,
            backend.alone(&url),
        )?;
        if args.wants("memory") {
            memory::compare(backend)?;
        }
        cores.use_all(backend)?;
        let title = format!("{backend}, 16 tasks on all cores");
        let together = measure(&args, &title, &multi_thread()?, backend.together(&url))?;
        outcomes.extend(alone.into_iter().chain(together).map(|outcome| (backend, outcome)));
        if backend == Backend::Sqlite {
            if args.wants("ticks") {
                held_up::compare(&current_thread()?, &url, args.seconds)?;
            }
            if args.wants("soak") {
                soak::compare(&multi_thread()?, &url, args.seconds)?;
            }
            args::remove_file(&url);
        }
    }
    bars::print(&outcomes);
    Ok(())
}

fn current_thread() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

fn multi_thread() -> Result<Runtime> {
    Ok(Builder::new_multi_thread().enable_all().build()?)
}

/// Measures the cases that are wanted, and prints their table.
fn measure(args: &Args, title: &str, runtime: &Runtime, plans: Vec<Plan>) -> Result<Vec<Outcome>> {
    let mut results = Vec::new();
    for plan in plans {
        if args.wants(&plan.name) {
            results.push(runtime.block_on(async { plan.case().await?.measure(args.rounds).await })?);
        }
    }
    table::print(title, args.rounds, &results);
    Ok(results)
}

impl Backend {
    /// The cases in which one task does one thing after the other.
    fn alone(self, url: &str) -> Vec<Plan> {
        match self {
            Backend::Sqlite => sqlite::alone(url),
            Backend::Postgres => postgres::alone(url),
            Backend::Mysql => mysql::alone(url),
        }
    }

    /// The cases in which many tasks do the same.
    fn together(self, url: &str) -> Vec<Plan> {
        match self {
            Backend::Sqlite => sqlite::together(url),
            Backend::Postgres => postgres::together(url),
            Backend::Mysql => mysql::together(url),
        }
    }
}
