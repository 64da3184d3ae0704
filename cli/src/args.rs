//! The arguments of the command.

use std::path::PathBuf;

use aio_databases_project::postgres_version;
use aio_databases_sql::{Dialect, did_you_mean};
use clap::{Args as ClapArgs, Parser, Subcommand};

/// Checks SQL and describes its parameters and columns, without a running database.
#[derive(Debug, Parser)]
#[command(name = "aio-databases", version, after_help = EXIT_CODES, term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "The exit code is 0, 1 if a query is rejected, or 2 if the command itself fails.
Without --dialect and --schema, the settings of the crate in the current folder hold.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Describes queries: parameters, columns, nullability, number of rows.
    Describe(Describe),
    /// Finds mistakes in SQL files.
    Check(Check),
}

/// The dialect and the schema that queries are checked against.
#[derive(Debug, ClapArgs)]
pub(crate) struct Against {
    /// The dialect: sqlite, postgres or mysql (also for MariaDB).
    #[arg(long, value_name = "NAME", value_parser = dialect)]
    pub(crate) dialect: Option<Dialect>,
    /// The schema: a file, or a folder of migrations, which can have a folder for each dialect.
    #[arg(long, value_name = "FILE|FOLDER")]
    pub(crate) schema: Option<PathBuf>,
    /// The major version of PostgreSQL that the queries run on. Features that it lacks are rejected.
    #[arg(long, value_name = "NUMBER", value_parser = version)]
    pub(crate) postgres_version: Option<u8>,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "The exit code is 0, 1 if a query is rejected (not with --batch), or 2 if the command itself fails."
)]
pub(crate) struct Describe {
    /// The queries, one per argument. `-`, or no argument, reads standard input.
    #[arg(value_name = "SQL")]
    pub(crate) sql: Vec<String>,
    /// A file of queries that are separated by `;`.
    #[arg(long = "file", short = 'f', value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) against: Against,
    /// Writes one JSON object per query, each on its own line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Reads a JSON string, or an object with `sql`, from each line, and writes a JSON object for each.
    #[arg(long, conflicts_with = "sql")]
    pub(crate) batch: bool,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "The exit code is 0, 1 if a query is rejected, or 2 if the command itself fails.")]
pub(crate) struct Check {
    /// The files to check, and folders whose `.sql` files to check. Files of the schema are left out.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) against: Against,
    /// Writes one JSON object per problem, each on its own line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Treats warnings as errors.
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

fn version(text: &str) -> Result<u8, String> {
    postgres_version(text).ok_or_else(|| "expected a major version, 15 or later".to_owned())
}

fn dialect(name: &str) -> Result<Dialect, String> {
    name.to_lowercase().parse().map_err(|_| {
        did_you_mean(name, ["sqlite", "postgres", "postgresql", "mysql", "mariadb"])
            .unwrap_or_else(|| "the backends are `sqlite`, `postgres` and `mysql`".to_owned())
    })
}
