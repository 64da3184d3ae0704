//! `aio-databases describe`: describes the parameters and columns of queries.

use std::io::{self, BufRead as _, BufReader, Read, Write};

use aio_databases_analyzer::Severity;
use aio_databases_sql::Span;
use serde_json::Value;

use crate::{
    Failure, Verdict,
    args::Describe,
    ask::{Answer, Problem, ask},
    input::{self, Text},
    json, problem, table,
    target::{self, Target},
};

/// Runs the command.
pub(crate) fn run(args: &Describe, out: &mut dyn Write) -> Result<Verdict, Failure> {
    if args.batch {
        return batch(args, out);
    }
    let targets =
        if args.json { vec![target::only(&args.against)?] } else { target::targets(&args.against)? };
    let mut verdict = Verdict::Fine;
    let mut pages = Pages { out, heads: targets.len() > 1, first: true };
    let mut misses = vec![false; targets.len()];
    for text in input::texts(args)? {
        for (target, misses) in targets.iter().zip(&mut misses) {
            for statement in text.statements(target.dialect) {
                let answer = ask(target, &text.sql, statement.at);
                if !answer.is_ok() {
                    verdict = Verdict::Refused;
                }
                *misses |= answer.problems.iter().any(|problem| problem.code == UNKNOWN_TABLE);
                match args.json {
                    true => json::answer(pages.out, target.schema.catalog(), &text.sql, &answer)?,
                    false => pages.page(target, &text, statement.line, &answer)?,
                }
            }
        }
    }
    pages.out.flush()?;
    for (target, _) in targets.iter().zip(misses).filter(|(_, misses)| *misses) {
        tell_without_schema(target);
    }
    Ok(verdict)
}

/// The analyzer's code for an unknown table.
pub(crate) const UNKNOWN_TABLE: &str = "unknown-table";

/// Reports that there is no schema, if a table is unknown.
pub(crate) fn tell_without_schema(target: &Target) {
    if let Some(note) = target.without_schema() {
        eprintln!("note: {note}");
    }
}

/// Writes the answers for people, one below the other.
struct Pages<'a> {
    out: &'a mut dyn Write,
    /// Whether to name the dialect of each answer.
    heads: bool,
    first: bool,
}

impl Pages<'_> {
    fn page(&mut self, target: &Target, text: &Text, line: usize, answer: &Answer) -> io::Result<()> {
        if !std::mem::take(&mut self.first) {
            writeln!(self.out)?;
        }
        let place = text.file.as_ref().map(|file| format!("{file}:{line}"));
        let dialect = self.heads.then(|| target.dialect.title().to_owned());
        let head: Vec<_> = place.into_iter().chain(dialect).collect();
        if !head.is_empty() {
            writeln!(self.out, "-- {}", head.join(", "))?;
        }
        if let Some((template, analysis)) = answer.known.as_ref().filter(|_| answer.is_ok()) {
            table::answer(self.out, target.schema.catalog(), template, analysis)?;
            if !answer.problems.is_empty() {
                writeln!(self.out)?;
            }
        }
        for (index, found) in answer.problems.iter().enumerate() {
            if index > 0 {
                writeln!(self.out)?;
            }
            problem::write(self.out, text.file.as_deref(), &text.sql, found)?;
        }
        Ok(())
    }
}

/// Writes a JSON object for each line, in order. Each is flushed, because a program may wait for it before sending the
/// next line.
fn batch(args: &Describe, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let target = target::only(&args.against)?;
    if args.files.is_empty() {
        lines(&target, BufReader::new(io::stdin().lock()), out)?;
    }
    for path in &args.files {
        lines(&target, BufReader::new(input::open(path)?), out)?;
    }
    Ok(Verdict::Fine)
}

fn lines(target: &Target, mut input: BufReader<impl Read>, out: &mut dyn Write) -> Result<(), Failure> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.map_err(|error| Failure::Told(format!("can't read the queries: {error}")))? == 0 {
            return Ok(());
        }
        let (text, answer) = match query(&line) {
            Ok(sql) => {
                let answer = ask(target, &sql, Span::new(0, sql.len()));
                (sql, answer)
            }
            Err(message) => no_query(&line, message),
        };
        json::answer(out, target.schema.catalog(), &text, &answer)?;
        if input.buffer().is_empty() {
            out.flush()?;
        }
    }
}

/// The query in a line: a JSON string, or an object with `sql`.
fn query(line: &[u8]) -> Result<String, String> {
    if line.trim_ascii().is_empty() {
        return Err("the line is empty".to_owned());
    }
    match serde_json::from_slice(line) {
        Ok(Value::String(sql)) => Ok(sql),
        Ok(Value::Object(mut object)) => match object.remove("sql") {
            Some(Value::String(sql)) => Ok(sql),
            Some(_) => Err("`sql` is not a string".to_owned()),
            None => Err("the object has no `sql`".to_owned()),
        },
        Ok(_) => Err("the line is neither a string nor an object".to_owned()),
        Err(error) if error.is_eof() => Err("the line ends within the JSON".to_owned()),
        Err(error) => Err(format!("the line is not JSON from column {} on", error.column().max(1))),
    }
}

/// The answer to a line without a query.
fn no_query(line: &[u8], message: String) -> (String, Answer) {
    let text = String::from_utf8_lossy(line).trim_end().to_owned();
    let problem = Problem {
        severity: Severity::Error,
        code: "no-query",
        message,
        help: Some("write one JSON string per line, or an object with the key `sql`".to_owned()),
        advice: None,
        span: Span::new(0, text.len()),
    };
    (text, Answer { known: None, problems: vec![problem] })
}
