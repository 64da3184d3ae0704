//! The command `aio-databases`. It checks SQL and describes its parameters and columns, without a running database.
//!
//! ```text
//! args ─ target: dialects, schema ─┬─ describe ─ table | json      one query or many
//!        input: statements         └─ check    ─ problem | json    folders of `.sql` files
//!                    ask: the analyzer's answer to one statement
//! ```
//!
//! Answers go to standard output. Problems with the schema, the settings and the arguments go to standard error. The
//! exit code is 0, 1 if a query is rejected, or 2 if the command itself failed.

mod args;
mod ask;
mod check;
mod describe;
mod input;
mod json;
mod problem;
mod table;
mod target;

use std::{
    io::{self, ErrorKind, Write},
    process::ExitCode,
};

use clap::Parser as _;

use crate::args::{Args, Command};

/// Why the command failed.
#[derive(Debug)]
enum Failure {
    /// A message for the user.
    Told(String),
    /// Standard output can't be written to.
    Output(io::Error),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Failure::Told(message)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Output(error)
    }
}

/// The outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// No failure.
    Fine,
    /// A query was rejected.
    Refused,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let verdict = match args.command {
        Command::Describe(args) => describe::run(&args, &mut out),
        Command::Check(args) => check::run(&args, &mut out),
    };
    match verdict.and_then(|verdict| Ok(out.flush().map(|()| verdict)?)) {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Refused) => ExitCode::from(1),
        // The reader closed the pipe, as `| head` does.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => told(&format!("can't write the answer: {error}")),
        Err(Failure::Told(message)) => told(&message),
    }
}

fn told(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::from(2)
}
