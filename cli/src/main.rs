//! The command `aio-databases`: what SQL takes and gives, and what is wrong with it, with no database running.
//!
//! ```text
//! args ─ target: dialects, schema ─┬─ describe ─ table | json      one query or many
//!        input: statements         └─ check    ─ problem | json    folders of `.sql` files
//!                    ask: the analyzer's answer to one statement
//! ```
//!
//! Answers go to standard output; what is wrong with the schema, the settings and the command itself to standard
//! error. It ends with 0, with 1 where a query is refused, and with 2 where it could not do what it was asked.

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

/// Why the command can't do what it was asked.
#[derive(Debug)]
enum Failure {
    /// What to tell the user.
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

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing that is to be called a failure.
    Fine,
    /// A query is refused.
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
        // Who read the answers has seen enough: `| head`.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => told(&format!("can't write the answer: {error}")),
        Err(Failure::Told(message)) => told(&message),
    }
}

fn told(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::from(2)
}
