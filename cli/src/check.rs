//! `aio-databases check`: finds mistakes in SQL files.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use aio_databases_analyzer::Severity;
use aio_databases_sql::{Dialect, named};

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

/// The files that were checked, and the problems found.
#[derive(Default)]
struct Tally {
    files: usize,
    statements: usize,
    errors: usize,
    warnings: usize,
    /// Whether a table was unknown.
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
            (0, 0) => format!("{checked}: no problems"),
            (errors, 0) => format!("{checked}: {}", number(errors, "error")),
            (0, warnings) => format!("{checked}: {}", number(warnings, "warning")),
            (errors, warnings) => {
                format!("{checked}: {}, {}", number(errors, "error"), number(warnings, "warning"))
            }
        }
    }
}

/// The files to check, sorted by name: the named files, and the `.sql` files of the named folders. Files of the schema
/// are left out unless they are named.
fn files(paths: &[PathBuf], targets: &[Target]) -> Result<Vec<PathBuf>, Failure> {
    let located = targets.iter().map(|target| &target.located);
    let schema = located.flat_map(|located| located.files.iter().chain(&located.folder));
    let schema: Vec<PathBuf> = schema.filter_map(|path| path.canonicalize().ok()).collect();
    let is_schema = |file: &Path| {
        file.canonicalize().is_ok_and(|file| {
            schema.iter().any(|of_schema| file == *of_schema || file.parent() == Some(of_schema))
        })
    };
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
        let some = !below.is_empty();
        below.retain(|file| !is_schema(file));
        if below.is_empty() {
            let but = if some { " except the schema's" } else { "" };
            return Err(format!("no `.sql` files in {}{but}", shown(path)).into());
        }
        below.sort();
        files.extend(below);
    }
    Ok(files)
}

/// Finds the `.sql` files below a folder. Hidden folders, Cargo's target folders, and links to folders are skipped.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let path = path.strip_prefix(".").unwrap_or(&path).to_owned();
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

/// The problems of a text, sorted by their places.
fn problems(targets: &[Target], text: &Text, tally: &mut Tally) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    let mut most = 0;
    for target in targets {
        let statements = text.statements(target.dialect);
        most = most.max(statements.len());
        for problem in statements.into_iter().flat_map(|it| ask(target, &text.sql, it.at).for_macros()) {
            match all.iter_mut().find(|known| known.problem == problem) {
                Some(known) => known.dialects.push(target.dialect),
                None => all.push(Found { problem, dialects: vec![target.dialect] }),
            }
        }
    }
    tally.statements += most;
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
        shown.message = named(&titles, &shown.message);
    }
    problem::write(out, file, &text.sql, &shown)?;
    writeln!(out)
}
