//! What the command is called with.

use std::path::PathBuf;

use aio_databases_project::postgres_version;
use aio_databases_sql::{Dialect, did_you_mean};
use clap::{Args as ClapArgs, Parser, Subcommand};

/// What SQL takes and gives, and what is wrong with it, with no database running.
#[derive(Debug, Parser)]
#[command(name = "aio-databases", version, after_help = EXIT_CODES, term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str =
    "It ends with 0; with 1 where a query is refused; with 2 where it can't do what it was asked.
Without --dialect and --schema, the settings of the crate in the current folder hold.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Says what queries take and give: parameters, columns, nulls, rows.
    Describe(Describe),
    /// Looks for mistakes in files of SQL.
    Check(Check),
}

/// Against what a query is held.
#[derive(Debug, ClapArgs)]
pub(crate) struct Against {
    /// The dialect: sqlite, postgres or mysql (which MariaDB is, too).
    #[arg(long, value_name = "NAME", value_parser = dialect)]
    pub(crate) dialect: Option<Dialect>,
    /// The schema: a file, or a folder of migrations, which may have a folder for each dialect.
    #[arg(long, value_name = "FILE|FOLDER")]
    pub(crate) schema: Option<PathBuf>,
    /// The major version of PostgreSQL that the queries run on: what it has not is refused.
    #[arg(long, value_name = "NUMBER", value_parser = version)]
    pub(crate) postgres_version: Option<u8>,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "It ends with 0; with 1 where a query is refused (with --batch, 0 even then); with 2 where it can't do what it was asked."
)]
pub(crate) struct Describe {
    /// Queries, one an argument; `-`, or nothing, is standard input.
    #[arg(value_name = "SQL")]
    pub(crate) sql: Vec<String>,
    /// A file of queries, each ended by `;`.
    #[arg(long = "file", short = 'f', value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) against: Against,
    /// Writes a JSON object a query, each on a line of its own.
    #[arg(long)]
    pub(crate) json: bool,
    /// Reads a JSON string, or an object with `sql`, a line, and writes a JSON object for each.
    #[arg(long, conflicts_with = "sql")]
    pub(crate) batch: bool,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "It ends with 0; with 1 where a query is refused; with 2 where it can't do what it was asked."
)]
pub(crate) struct Check {
    /// Folders, of which all `.sql` files are checked, and files. Those of the schema are left out.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) against: Against,
    /// Writes a JSON object a problem, each on a line of its own.
    #[arg(long)]
    pub(crate) json: bool,
    /// Takes warnings for errors.
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

fn version(text: &str) -> Result<u8, String> {
    postgres_version(text).ok_or_else(|| "it is a major version, 15 or a later one".to_owned())
}

fn dialect(name: &str) -> Result<Dialect, String> {
    name.to_lowercase().parse().map_err(|_| {
        did_you_mean(name, ["sqlite", "postgres", "postgresql", "mysql", "mariadb"])
            .unwrap_or_else(|| "there are `sqlite`, `postgres` and `mysql`".to_owned())
    })
}
