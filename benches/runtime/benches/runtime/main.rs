//! What a query costs, side by side with other libraries, in one run: `cargo xtask bench`.
//!
//! Contenders take turns, a batch each, round after round; what is told are medians, and ratios to the first of them.

mod args;
mod case;
mod held_up;
mod items;
mod memory;
mod mysql;
mod peer_diesel;
mod peer_diesel_sqlite;
mod postgres;
mod soak;
mod sqlite;
mod table;

use anyhow::Result;
use tokio::runtime::{Builder, Runtime};

use self::{
    args::{Args, Backend},
    case::Plan,
};

fn main() -> Result<()> {
    let args = Args::read()?;
    if let Some(stream) = &args.stream {
        return memory::child(stream);
    }
    for backend in &args.backends {
        let Some(url) = backend.url() else {
            println!(
                "{backend}: NOT MEASURED: {} is not set (`cargo xtask bench` starts servers)\n",
                backend.variable()
            );
            continue;
        };
        // A task that asks and a task that answers share a thread: no time is spent on waking another up.
        measure(&args, &format!("{backend}, on one thread"), &current_thread()?, backend.alone(&url))?;
        measure(
            &args,
            &format!("{backend}, 16 tasks on all cores"),
            &multi_thread()?,
            backend.together(&url),
        )?;
        if args.wants("memory") {
            memory::compare(*backend)?;
        }
        if *backend == Backend::Sqlite {
            if args.wants("ticks") {
                held_up::compare(&current_thread()?, &url, args.seconds)?;
            }
            if args.wants("soak") {
                soak::compare(&multi_thread()?, &url, args.seconds)?;
            }
            args::remove_file(&url);
        }
    }
    Ok(())
}

fn current_thread() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

fn multi_thread() -> Result<Runtime> {
    Ok(Builder::new_multi_thread().enable_all().build()?)
}

/// Measures the cases that are wanted, and prints their table.
fn measure(args: &Args, title: &str, runtime: &Runtime, plans: Vec<Plan>) -> Result<()> {
    let mut results = Vec::new();
    for plan in plans {
        if args.wants(&plan.name) {
            results.push(runtime.block_on(async { plan.case().await?.measure(args.rounds).await })?);
        }
    }
    table::print(title, args.rounds, &results);
    Ok(())
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
