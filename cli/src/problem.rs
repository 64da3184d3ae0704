//! Problems for people, as the macros show them.

use std::io::{self, Write};

use aio_databases_sql::{Position, snippet};

use crate::{ask::Problem, json::severity};

/// Writes a problem of `text`: the message, the line with a caret, a suggestion, and the place.
pub(crate) fn write(
    out: &mut dyn Write,
    file: Option<&str>,
    text: &str,
    problem: &Problem,
) -> io::Result<()> {
    let severity = severity(problem.severity);
    let indent = " ".repeat(severity.len() + 2);
    let mut lines = problem.message.lines();
    writeln!(out, "{severity}: {}", lines.next().unwrap_or_default())?;
    for line in lines {
        writeln!(out, "{indent}{line}")?;
    }
    writeln!(out)?;
    for line in snippet(text, problem.span) {
        writeln!(out, "{indent}{line}")?;
    }
    writeln!(out)?;
    for help in problem.help.iter().chain(&problem.advice) {
        writeln!(out, "{indent}help: {}", help.replace('\n', &format!("\n{indent}")))?;
    }
    let Position { line, column } = Position::of(text, problem.span.start);
    match file {
        Some(file) => writeln!(out, "{indent}at {file}:{line}:{column}"),
        None => writeln!(out, "{indent}at {line}:{column}"),
    }
}
