//! Queries and their answers as text, by feature and by dialect.
//!
//! A file has sections, each with a dialect and a schema, and cases:
//!
//! ```text
//! # postgres
//! create table users (id int primary key, name text);
//!
//! -- what is shown
//! select name from users where id = $1
//! > select, read, at most one row
//! > $1 int4
//! > name text null: column `name` of `users` may be null
//!
//! -- a mistake
//! select nmae from users
//!        ^^^^ unknown-column: no column `nmae`; did you mean `name`?
//! ```
//!
//! `FIXTURES=write cargo test -p aio-databases-analyzer --test fixtures` writes the answers as they are now.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use aio_databases_analyzer::{Access, Analysis, Diagnostic, Nullability, Rows, Schema, Severity};
use aio_databases_sql::{Dialect, Position, Span, Template};

#[test]
fn fixtures() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["tests/queries", "src/diagnostics"] {
        let entries = fs::read_dir(root.join(folder)).expect("the folder is there");
        files.extend(
            entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path: &PathBuf| is_fixture(path)),
        );
    }
    files.sort();
    assert!(!files.is_empty(), "there are no fixtures");
    let write = std::env::var("FIXTURES").is_ok_and(|value| value == "write");
    let wrong: Vec<String> = files.iter().filter_map(|file| check(file, write)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn is_fixture(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "txt")
}

/// What differs in a file; it is written anew instead, if `write` is set.
fn check(file: &Path, write: bool) -> Option<String> {
    let text = fs::read_to_string(file).expect("the fixture can be read");
    let answered = answer(&text);
    if answered == text {
        return None;
    }
    if write {
        fs::write(file, answered).expect("the fixture can be written");
        return None;
    }
    let mut told = format!("{}:\n", file.display());
    let (wanted, given): (Vec<&str>, Vec<&str>) =
        (text.split("\n-- ").collect(), answered.split("\n-- ").collect());
    for (wanted, given) in wanted.iter().zip(&given).filter(|(wanted, given)| wanted != given) {
        write!(told, "wanted:\n-- {wanted}\nbut the answer is:\n-- {given}\n").expect("a string takes all");
    }
    Some(told)
}

/// A file's text with the answers as they are.
fn answer(text: &str) -> String {
    let mut out = String::new();
    let mut schema: Option<Schema> = None;
    for (index, part) in text.split("\n-- ").enumerate() {
        if index > 0 {
            out.push_str("\n-- ");
        }
        let (case, next) = match part.split_once("\n# ") {
            Some((case, next)) => (case, Some(next)),
            None => (part, None),
        };
        match (index, &schema) {
            (0, _) => {
                schema = Some(section(case.trim_start_matches("# ")));
                out.push_str(case);
            }
            (_, Some(schema)) => out.push_str(&case_answer(schema, case)),
            (_, None) => unreachable!("the first part is a section"),
        }
        if let Some(next) = next {
            schema = Some(section(next));
            write!(out, "\n# {next}").expect("a string takes all");
        }
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// The schema of a section: its dialect (and PostgreSQL's release), then its text.
fn section(text: &str) -> Schema {
    let (head, ddl) = text.split_once('\n').unwrap_or((text, ""));
    let (dialect, release) = head.trim().split_once(' ').unzip();
    let dialect = dialect.unwrap_or(head.trim());
    let mut schema = Schema::new(dialect.parse().expect("a dialect follows `#`"));
    schema.set_release(release.map(|release| release.parse().expect("a release follows the dialect")));
    schema.apply("schema", ddl);
    assert!(schema.problems().is_empty(), "{:?} in\n{ddl}", schema.problems());
    schema
}

fn case_answer(schema: &Schema, case: &str) -> String {
    let (title, body) = case.split_once('\n').unwrap_or((case, ""));
    let query: Vec<&str> = body.lines().filter(|line| !is_answer(line)).collect();
    let query = query.join("\n");
    let query = query.trim_end();
    let end = if body.ends_with('\n') { "\n" } else { "" };
    format!("{title}\n{}{end}", answered(schema, query))
}

fn is_answer(line: &str) -> bool {
    line.starts_with("> ") || line.trim_start().starts_with('^')
}

/// A query with its answer below, and carets below what is wrong.
fn answered(schema: &Schema, query: &str) -> String {
    let dialect: Dialect = schema.catalog().dialect;
    let template = match Template::parse(query, dialect) {
        Ok(template) => template,
        Err(error) => return format!("{query}\n> {}", error.message),
    };
    let analysis = schema.analyze(&template);
    let mut out = String::new();
    let mut start = 0;
    for line in query.split('\n') {
        out.push_str(line);
        out.push('\n');
        for diagnostic in &analysis.diagnostics {
            if (start..=start + line.len()).contains(&diagnostic.span.start) {
                caret(&mut out, query, line, start, diagnostic);
            }
        }
        start += line.len() + 1;
    }
    if analysis.is_ok() {
        shape(&mut out, &analysis, query);
    }
    out.truncate(out.trim_end().len());
    out
}

fn caret(out: &mut String, query: &str, line: &str, start: usize, diagnostic: &Diagnostic) {
    let Span { start: from, end } = diagnostic.span;
    let end = end.min(start + line.len()).max(from);
    let indent = Position::of(query, from).column - 1;
    let width = query[from..end].chars().count().max(1);
    let severity = if diagnostic.severity == Severity::Warning { "warning: " } else { "" };
    let help = diagnostic.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
    writeln!(
        out,
        "{}{} {severity}{}: {}{help}",
        " ".repeat(indent),
        "^".repeat(width),
        diagnostic.code,
        diagnostic.message
    )
    .expect("a string takes all");
}

fn shape(out: &mut String, analysis: &Analysis, query: &str) {
    let statement = format!("{:?}", analysis.statement).to_lowercase();
    let access = match analysis.access {
        Access::Read => "read",
        Access::Write => "write",
    };
    let rows = match analysis.rows {
        Rows::None => "no rows",
        Rows::One => "one row",
        Rows::AtMostOne => "at most one row",
        Rows::Many => "many rows",
    };
    writeln!(out, "> {statement}, {access}, {rows}").expect("a string takes all");
    for param in &analysis.params {
        let ty = param.ty.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
        let name = param.spans.first().map_or("", |span| span.of(query));
        let null = if param.nullable { "" } else { " not null" };
        writeln!(out, "> {name} {ty}{null}").expect("a string takes all");
    }
    for column in &analysis.columns {
        let ty = column.ty.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
        let null = match &column.nullable {
            Nullability::NotNull => "not null".to_owned(),
            Nullability::Nullable(None) => "null".to_owned(),
            Nullability::Nullable(Some(reason)) => format!("null: {reason}"),
        };
        writeln!(out, "> {} {ty} {null}", column.name).expect("a string takes all");
    }
}
