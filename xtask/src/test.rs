//! `cargo xtask test`: every test, against real servers.

use anyhow::{Context, Result, bail, ensure};

use crate::{
    cargo, pooler,
    servers::{Releases, Servers},
};

/// Tests that say nothing more with another release of the servers: those of SQLite, and those of the analyzer alone.
const ONCE: [&str; 3] = ["sqlite", "broken_texts", "shapes"];

/// Tests that MySQL does not pass yet, and why. They are printed as not tested.
const NOT_ON_MYSQL: [(&str, &str); 3] = [
    (
        "resolve::mysql::tests::live",
        "the analyzer knows the types of MariaDB's expressions, not those of MySQL's",
    ),
    ("a_login_that_is_rejected", "sqlx is built without its feature `mysql-rsa`, so its error is another"),
    ("tests::mysql", "the web example uses `returning`, which MySQL does not have"),
];

/// Packages without a test that talks to a server: they are tested once.
const WITHOUT_SERVERS: [&str; 10] = [
    "aio-databases-sql",
    "aio-databases-project",
    "aio-databases-macros",
    "aio-databases-cli",
    "aio-databases-ui-tests",
    "aio-databases-hygiene",
    "aio-databases-benches",
    "beside-sqlx",
    "quickstart",
    "xtask",
];

/// The tests of the run time that other passes run again: on smol, the other async runtime, and behind poolers.
pub(crate) const CASES: [&str; 12] = [
    "connections",
    "copy",
    "copy_rows",
    "dialects",
    "dynamic",
    "errors",
    "execute",
    "executemany",
    "placeholders",
    "records",
    "streams",
    "transactions",
];

/// What the command line says.
#[derive(Default)]
struct Args {
    /// What the system's packages have must be tested.
    require_all: bool,
    /// What is downloaded must be tested, too.
    require_newest: bool,
    /// What `cargo test` gets.
    rest: Vec<String>,
}

/// Tests against the installed servers and then against the newest ones, or only against those that were chosen, and says loudly
/// what was not tested.
pub(crate) fn run(chosen: Option<Releases>, args: impl Iterator<Item = String>) -> Result<()> {
    let args = Args::read(args)?;
    let passes = match chosen {
        Some(releases) => vec![releases],
        None => vec![Releases::default(), Releases::NEWEST],
    };
    let mut report = Vec::new();
    let mut failed = Vec::new();
    for (number, releases) in passes.into_iter().enumerate() {
        let (passed, said) = pass(releases, number > 0, &args)?;
        let how = if passed { "tests passed" } else { "TESTS FAILED" };
        report.push(format!("xtask: {how} with {releases}"));
        report.extend(said);
        if !passed {
            failed.push(releases.to_string());
        }
    }
    println!("{}", report.join("\n"));
    ensure!(failed.is_empty(), "tests failed with {}", failed.join(" and with "));
    Ok(())
}

/// Runs the tests against servers of these releases: those that need none only the first time. Returns whether they passed, and what
/// was tested and what was not.
fn pass(releases: Releases, again: bool, args: &Args) -> Result<(bool, Vec<String>)> {
    let servers = Servers::start(releases)?;
    let required: Vec<&str> = match (args.require_all, args.require_newest) {
        (_, true) => servers.missing().collect(),
        (true, false) => servers.not_installed().collect(),
        (false, false) => Vec::new(),
    };
    ensure!(
        required.is_empty(),
        "every server is required, and these can't be tested against:\n{}",
        required.join("\n")
    );
    let mut test = cargo();
    test.args(["test", "--all-features", "--no-fail-fast"]);
    let mut skipped = Vec::new();
    // cargo ignores the packages that someone names beside `--workspace`.
    if !args.names_packages() {
        test.arg("--workspace");
        test.args(WITHOUT_SERVERS.iter().filter(|_| again).flat_map(|package| ["--exclude", package]));
    }
    if again {
        test.arg("--tests");
        skipped.extend(ONCE);
    }
    if releases.is_mysql() {
        skipped.extend(NOT_ON_MYSQL.iter().map(|(test, _)| *test));
    }
    let status = test
        .args(&args.rest)
        .args((!skipped.is_empty() && !args.rest.iter().any(|arg| arg == "--")).then_some("--"))
        .args(skipped.iter().flat_map(|test| ["--skip", test]))
        .envs(servers.variables())
        .envs(releases.variables())
        .status()
        .context("running cargo test")?;
    let on_smol = again || args.is_narrowed() || passes_on_smol(&servers, releases, &skipped)?;
    let (pooled, through) = match again || args.is_narrowed() {
        true => (true, Vec::new()),
        false => pooler::run(&servers)?,
    };
    let tested = servers.names().map(|name| format!("xtask:   tested against {name}"));
    let missing = servers.missing().map(|missing| format!("xtask:   NOT TESTED: {missing}"));
    let not_yet = NOT_ON_MYSQL.iter().filter(|_| releases.is_mysql());
    let not_yet = not_yet.map(|(test, why)| format!("xtask:   NOT TESTED on MySQL: {test}: {why}"));
    let passed = status.success() && on_smol && pooled;
    Ok((passed, tested.chain(through).chain(missing).chain(not_yet).collect()))
}

/// Runs the tests of the run time once more, on smol.
fn passes_on_smol(servers: &Servers, releases: Releases, skipped: &[&str]) -> Result<bool> {
    println!("xtask: tests on smol");
    // All packages are named, so that they are not built with other features.
    let status = cargo()
        .args(["test", "--workspace", "--all-features", "--no-fail-fast"])
        .args(CASES.iter().chain(&["listen"]).flat_map(|test| ["--test", test]))
        .arg("--")
        .args(skipped.iter().flat_map(|test| ["--skip", test]))
        .env("AIO_DATABASES_TEST_RUNTIME", "smol")
        .envs(servers.variables())
        .envs(releases.variables())
        .status()
        .context("running cargo test")?;
    Ok(status.success())
}

impl Args {
    /// Whether `cargo test` is told what to test.
    fn is_narrowed(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Whether `cargo test` is told which packages to test.
    fn names_packages(&self) -> bool {
        let mut options = self.rest.iter().take_while(|arg| *arg != "--");
        options.any(|arg| arg.starts_with("-p") || arg.starts_with("--package"))
    }

    fn read(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut args = Args::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--require-all" => args.require_all = true,
                "--require-newest" => args.require_newest = true,
                "--" => args.rest.extend(words.by_ref()),
                other => bail!(
                    "`test` takes --postgres, --mysql, --require-all, --require-newest and `-- ARGS`, not `{other}`"
                ),
            }
        }
        Ok(args)
    }
}
