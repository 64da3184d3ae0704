//! The long run: `cargo xtask generate`.

use std::{process::ExitCode, time::Duration};

use aio_databases_generate::run::{Options, run};
use aio_databases_sql::Dialect;
use anyhow::{Context as _, Result, bail};

fn main() -> Result<ExitCode> {
    let mut dialects = vec![Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql];
    let mut options = Options {
        dialect: Dialect::Sqlite,
        seed: 1,
        count: 100_000,
        failures: 100,
        time: None,
        refused: false,
        verbose: false,
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let mut details = 0;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().with_context(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--backend" => dialects = vec![value()?.parse()?],
            "--count" => options.count = value()?.parse()?,
            "--seed" => options.seed = value()?.parse()?,
            "--failures" => options.failures = value()?.parse()?,
            "--jobs" => options.jobs = value()?.parse()?,
            "--seconds" => options.time = Some(Duration::from_secs(value()?.parse()?)),
            "--details" => details = value()?.parse()?,
            "--refused" => options.refused = true,
            "--verbose" => options.verbose = true,
            other => bail!(
                "`generate` takes --backend NAME, --count QUERIES, --seed NUMBER, --failures NUMBER, --seconds NUMBER, \
                 --jobs NUMBER, --details LINES, --refused and --verbose, not `{other}`"
            ),
        }
    }
    let mut failed = false;
    for dialect in dialects {
        options.dialect = dialect;
        let Some(report) = run(&options)? else { continue };
        println!("{}{dialect}: {report}", report.details(details));
        failed |= report.unsound() > 0;
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
