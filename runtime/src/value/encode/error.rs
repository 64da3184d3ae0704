//! What can be wrong with an argument.

use std::{borrow::Cow, error::Error, fmt};

/// An argument that cannot be sent as the type that the server wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError {
    /// The argument's index, from 0.
    pub param: usize,
    /// The type that the server wants, by its name of it.
    pub wanted: Cow<'static, str>,
    /// What was given: `text`, or the value where it is out of range.
    pub given: Cow<'static, str>,
    /// What is wrong.
    pub problem: EncodeProblem,
}

/// What is wrong with an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeProblem {
    /// It is of another type.
    WrongType,
    /// It is a number, date or text that the server's type does not hold.
    OutOfRange,
    /// This library does not know how to send such a thing yet; with what to do.
    Unsupported(Cow<'static, str>),
    /// The Rust value has no SQL value, with the reason.
    Invalid(String),
    /// Fewer or more arguments than the statement has parameters; the numbers are `wanted` and `given`.
    Count,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { param, wanted, given, problem } = self;
        let number = param + 1;
        match problem {
            EncodeProblem::WrongType => {
                write!(f, "parameter {number}: the query wants `{wanted}`, {given} was given")?;
                match postgres_type(given) {
                    Some(ty) => write!(f, ": convert it, or cast the parameter, `…::{ty}`"),
                    None if *given == "array" => f.write_str(": `= any(…)` takes an array"),
                    None => Ok(()),
                }
            }
            EncodeProblem::OutOfRange => {
                write!(f, "parameter {number}: {given} does not fit into `{wanted}`")
            }
            EncodeProblem::Unsupported(what) => write!(f, "parameter {number}: not supported yet: {what}"),
            EncodeProblem::Invalid(reason) => write!(f, "parameter {number}: {reason}"),
            EncodeProblem::Count => write!(f, "the query takes {wanted} arguments, {given} were given"),
        }
    }
}

/// What a parameter may be cast to for such a value; only PostgreSQL's parameters have types.
fn postgres_type(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "boolean" => "bool",
        "bytes" => "bytea",
        "date" => "date",
        "float" => "float8",
        "integer" => "int8",
        "interval" => "interval",
        "json" => "jsonb",
        "numeric" | "unsigned integer" => "numeric",
        "text" => "text",
        "time" => "time",
        "timestamp" => "timestamp",
        "timestamp with time zone" => "timestamptz",
        "uuid" => "uuid",
        _ => return None,
    })
}

impl Error for EncodeError {}
