//! What a contributor runs: `cargo xtask <command>`.
//!
//! | command | does |
//! |---|---|
//! | `test [--require-all] [--require-newest] [-- ARGS]` | starts throw-away servers and runs every test against them: the installed releases, then the newest |
//! | `servers` | keeps such servers up until Ctrl-C, and prints the variables that point tests at them |
//! | `pg-catalog [URL…]` | writes the analyzer's tables of what PostgreSQL has built in, from a live server of each release |
//! | `expansion [COUNT] [BACKENDS]` | times what the macros add to `cargo check` of a crate with many queries |
//! | `mutants [--count N] [--seed S]` | breaks good queries, and holds the analyzer's verdicts against the servers' |
//! | `hostile [--count N] [--seed S]` | gives the analyzer texts that are no SQL |
//! | `generate [--backend B] [--count N] [--seed S]` | holds the analyzer against the servers over random schemas and queries |
//! | `faults [--seconds N] [--seed S] [--fault F] [--backend B]` | kills servers, cuts connections and fills disks under load |
//! | `damage [--rounds N] [--seed S] [--first N] [--backend B]` | damages what servers answer, and sees what becomes of it |
//! | `bench [ARGS]` | measures the run time beside its peers, against throw-away servers |
//! | `features` | checks each feature of `aio-databases` alone, and all together |
//!
//! Each command that starts servers takes `--postgres installed|16|17|18` and `--mysql mariadb|9`.

mod bench;
mod damage;
mod expansion;
mod faults;
mod features;
mod generate;
mod mutants;
mod pg_catalog;
mod pooler;
mod test;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};
use xtask::servers::{self, Releases};

const USAGE: &str = "usage: cargo xtask <command>

  test [--require-all] [--require-newest] [-- ARGS]
                                   start throw-away servers and run every test against them: first PostgreSQL and MariaDB as
                                   installed, then the newest PostgreSQL and MySQL; ARGS go to `cargo test`
                                   --require-all: an installed server that can't be tested against is a failure, not a warning
                                   --require-newest: so is one that is downloaded
  servers                          keep throw-away servers up until Ctrl-C
  pg-catalog [URL…]                write the analyzer's tables of what PostgreSQL has built in, from a server of each release
  expansion [COUNT] [BACKENDS]     time what the macros add to `cargo check`: of 1000 queries, for sqlite
  mutants [--count N] [--seed S]   break good queries, and hold the analyzer's verdicts against the servers'
  hostile [--count N] [--seed S]   give the analyzer texts that are no SQL: no panic, no hang, bounded memory
  generate [--backend B] [--count N] [--seed S] [--jobs N] [--details N]
                                   hold the analyzer against the servers over random schemas and queries
  faults [--seconds N] [--seed S] [--fault F] [--backend B]
                                   kill servers, cut connections, fill disks under load: 60 seconds for each
  damage [--rounds N] [--seed S] [--first N] [--backend B]
                                   damage what servers answer, and see what becomes of it: 10000 rounds for each
  bench [ARGS]                     measure the run time beside its peers; ARGS: postgres, mysql, --case TEXT, --rounds N
  features                         check each feature of aio-databases alone, and all together

Each command that starts servers takes --postgres installed|16|17|18 and --mysql mariadb|9, which `test` then tests against alone.";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let chosen = Releases::take(&mut args)?;
    let releases = chosen.map_or_else(Releases::from_env, Ok)?;
    let mut args = args.into_iter();
    match args.next().as_deref() {
        Some("test") => test::run(chosen, args),
        Some("servers") => servers::keep(releases),
        Some("pg-catalog") => pg_catalog::run(args),
        Some("expansion") => expansion::run(args),
        Some("mutants") => mutants::run(releases, args),
        Some("hostile") => mutants::hostile(args),
        Some("damage") => damage::run(releases, args),
        Some("faults") => faults::run(releases, args),
        Some("bench") => bench::run(releases, args),
        Some("features") => features::check(),
        Some("generate") => generate::run(releases, args),
        None | Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        Some(other) => bail!("no command `{other}`\n\n{USAGE}"),
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// The cargo that runs us.
fn cargo() -> std::process::Command {
    let mut cargo = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}
