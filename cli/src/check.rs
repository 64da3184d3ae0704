//! `aio-databases check`: mistakes in files of SQL.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use aio_databases_analyzer::Severity;
use aio_databases_sql::Dialect;

use crate::{
    Failure, Verdict,
    args::Check,
    ask::{Problem, ask},
    describe::{UNKNOWN_TABLE, tell_without_schema},
    input::{self, Text},
    json, problem,
    target::{self, Target, reason, shown},
};

/// Runs the command.
pub(crate) fn run(args: &Check, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let targets = target::targets(&args.against)?;
    let mut tally = Tally::default();
    for path in files(&args.paths, &targets)? {
        let text = input::file(&path)?;
        tally.files += 1;
        for found in problems(&targets, &text, &mut tally) {
            tally.count(&found.problem);
            write(args, out, &targets, &text, &found)?;
        }
    }
    out.flush()?;
    if !args.json {
        eprintln!("{}", tally.sentence());
    }
    if tally.misses {
        targets.iter().for_each(tell_without_schema);
    }
    let refused = tally.errors > 0 || args.deny_warnings && tally.warnings > 0;
    Ok(if refused { Verdict::Refused } else { Verdict::Fine })
}

/// What was looked at and found.
#[derive(Default)]
struct Tally {
    files: usize,
    statements: usize,
    errors: usize,
    warnings: usize,
    /// Whether there was a table missing.
    misses: bool,
}

impl Tally {
    fn count(&mut self, problem: &Problem) {
        match problem.severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
        self.misses |= problem.code == UNKNOWN_TABLE;
    }

    fn sentence(&self) -> String {
        let number = |number: usize, what: &str| match number {
            1 => format!("1 {what}"),
            _ => format!("{number} {what}s"),
        };
        let checked = format!("{} in {}", number(self.statements, "statement"), number(self.files, "file"));
        match (self.errors, self.warnings) {
            (0, 0) => format!("{checked}: nothing is wrong"),
            (errors, 0) => format!("{checked}: {}", number(errors, "error")),
            (0, warnings) => format!("{checked}: {}", number(warnings, "warning")),
            (errors, warnings) => {
                format!("{checked}: {}, {}", number(errors, "error"), number(warnings, "warning"))
            }
        }
    }
}

/// The files to check: those that are named, and the `.sql` files of the folders that are, in the order of their
/// names. The schema's are left out, unless one is named.
fn files(paths: &[PathBuf], targets: &[Target]) -> Result<Vec<PathBuf>, Failure> {
    let schema = targets.iter().flat_map(|target| &target.located.files);
    let schema: Vec<PathBuf> = schema.filter_map(|path| path.canonicalize().ok()).collect();
    let mut files = Vec::new();
    for path in paths {
        let failure =
            |error: io::Error| Failure::Told(format!("can't read {}: {}", shown(path), reason(path, &error)));
        if fs::metadata(path).map_err(failure)?.is_file() {
            files.push(path.clone());
            continue;
        }
        let mut below = Vec::new();
        walk(path, &mut below).map_err(failure)?;
        below.retain(|file| file.canonicalize().is_ok_and(|file| !schema.contains(&file)));
        if below.is_empty() {
            let message = format!("there are no `.sql` files in {}, but for the schema's", shown(path));
            return Err(message.into());
        }
        below.sort();
        files.extend(below);
    }
    Ok(files)
}

/// Finds the `.sql` files below a folder. Hidden folders, what Cargo builds, and links to folders are passed over.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && !path.join("CACHEDIR.TAG").exists() {
                walk(&path, files)?;
            }
        } else if name.ends_with(".sql") && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

/// A problem, and the dialects that have it.
struct Found {
    problem: Problem,
    dialects: Vec<Dialect>,
}

/// What is wrong in a text, in the order of the places.
fn problems(targets: &[Target], text: &Text, tally: &mut Tally) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    let mut statements = 0;
    for target in targets {
        let spans = text.statements(target.dialect);
        statements = statements.max(spans.len());
        for problem in spans.into_iter().flat_map(|at| ask(&target.schema, &text.sql, at).problems) {
            match all.iter_mut().find(|known| known.problem == problem) {
                Some(known) => known.dialects.push(target.dialect),
                None => all.push(Found { problem, dialects: vec![target.dialect] }),
            }
        }
    }
    tally.statements += statements;
    all.sort_by_key(|found| found.problem.span);
    all
}

fn write(
    args: &Check,
    out: &mut dyn Write,
    targets: &[Target],
    text: &Text,
    found: &Found,
) -> io::Result<()> {
    let file = text.file.as_deref();
    if args.json {
        let file = file.unwrap_or_default();
        return json::problem(out, file, &text.sql, &found.dialects, &found.problem);
    }
    let mut shown = found.problem.clone();
    if found.dialects.len() < targets.len() {
        let titles: Vec<_> = found.dialects.iter().map(|dialect| dialect.title()).collect();
        shown.message = format!("{}: {}", titles.join(" and "), shown.message);
    }
    problem::write(out, file, &text.sql, &shown)?;
    writeln!(out)
}
