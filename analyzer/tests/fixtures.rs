//! Queries and their answers as text, by feature and by dialect.
//!
//! A file has one feature, and a test of its own. It has sections, each with a dialect and a schema, and cases:
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

use std::{fmt::Write, fs, path::Path};

use aio_databases_analyzer::{Access, Analysis, Diagnostic, Nullability, Rows, Schema, Severity};
use aio_databases_sql::{Dialect, Position, Span, Template};

/// One test for each file.
macro_rules! fixtures {
    ($($name:ident = $path:literal,)*) => {
        const FILES: &[&str] = &[$($path),*];

        $(#[test]
        fn $name() {
            let write = std::env::var("FIXTURES").is_ok_and(|value| value == "write");
            if let Some(wrong) = check(&root().join($path), write) {
                panic!("\n{wrong}");
            }
        })*
    };
}

fixtures! {
    calls = "tests/queries/calls.txt",
    change = "tests/queries/change.txt",
    dialects = "tests/queries/dialects.txt",
    mysql_bytes_and_text = "tests/queries/mysql/bytes_and_text.txt",
    mysql_changes = "tests/queries/mysql/changes.txt",
    mysql_dates = "tests/queries/mysql/dates.txt",
    mysql_from = "tests/queries/mysql/from.txt",
    mysql_functions = "tests/queries/mysql/functions.txt",
    mysql_names = "tests/queries/mysql/names.txt",
    mysql_numbers = "tests/queries/mysql/numbers.txt",
    mysql_operators = "tests/queries/mysql/operators.txt",
    mysql_parameters = "tests/queries/mysql/parameters.txt",
    mysql_uuids = "tests/queries/mysql/uuids.txt",
    mysql_windows_and_groups = "tests/queries/mysql/windows_and_groups.txt",
    nulls = "tests/queries/nulls.txt",
    postgres = "tests/queries/postgres.txt",
    postgres_releases = "tests/queries/postgres_releases.txt",
    select = "tests/queries/select.txt",
    sqlite = "tests/queries/sqlite.txt",
    message_ambiguous_column = "src/diagnostics/ambiguous_column.txt",
    message_cross_join = "src/diagnostics/cross_join.txt",
    message_delete_without_where = "src/diagnostics/delete_without_where.txt",
    message_different_widths = "src/diagnostics/different_widths.txt",
    message_duplicate_alias = "src/diagnostics/duplicate_alias.txt",
    message_duplicate_name = "src/diagnostics/duplicate_name.txt",
    message_empty_array = "src/diagnostics/empty_array.txt",
    message_equals_null = "src/diagnostics/equals_null.txt",
    message_generated_column = "src/diagnostics/generated_column.txt",
    message_insert_arity = "src/diagnostics/insert_arity.txt",
    message_invalid_literal = "src/diagnostics/invalid_literal.txt",
    message_left_out = "src/diagnostics/left_out.txt",
    message_lost_rows = "src/diagnostics/lost_rows.txt",
    message_mismatch = "src/diagnostics/mismatch.txt",
    message_misplaced_aggregate = "src/diagnostics/misplaced_aggregate.txt",
    message_misplaced_lock = "src/diagnostics/misplaced_lock.txt",
    message_misplaced_row = "src/diagnostics/misplaced_row.txt",
    message_misplaced_window = "src/diagnostics/misplaced_window.txt",
    message_missing_group_by = "src/diagnostics/missing_group_by.txt",
    message_newer_release = "src/diagnostics/newer_release.txt",
    message_not_a_condition = "src/diagnostics/not_a_condition.txt",
    message_not_grouped = "src/diagnostics/not_grouped.txt",
    message_not_in_null = "src/diagnostics/not_in_null.txt",
    message_not_one_column = "src/diagnostics/not_one_column.txt",
    message_nothing_to_select = "src/diagnostics/nothing_to_select.txt",
    message_null_into_not_null = "src/diagnostics/null_into_not_null.txt",
    message_procedure = "src/diagnostics/procedure.txt",
    message_quoted_text = "src/diagnostics/quoted_text.txt",
    message_reserved_word = "src/diagnostics/reserved_word.txt",
    message_syntax_error = "src/diagnostics/syntax_error.txt",
    message_too_deep = "src/diagnostics/too_deep.txt",
    message_too_many_columns = "src/diagnostics/too_many_columns.txt",
    message_unknown_alias = "src/diagnostics/unknown_alias.txt",
    message_unknown_column = "src/diagnostics/unknown_column.txt",
    message_unknown_conflict_target = "src/diagnostics/unknown_conflict_target.txt",
    message_unknown_lint = "src/diagnostics/unknown_lint.txt",
    message_unknown_table = "src/diagnostics/unknown_table.txt",
    message_unknown_type = "src/diagnostics/unknown_type.txt",
    message_unsupported = "src/diagnostics/unsupported.txt",
    message_untyped_column = "src/diagnostics/untyped_column.txt",
    message_untyped_param = "src/diagnostics/untyped_param.txt",
    message_update_without_where = "src/diagnostics/update_without_where.txt",
    message_value_as_table = "src/diagnostics/value_as_table.txt",
    message_wrong_assignment = "src/diagnostics/wrong_assignment.txt",
    message_wrong_call = "src/diagnostics/wrong_call.txt",
    message_wrong_cast = "src/diagnostics/wrong_cast.txt",
    message_wrong_operands = "src/diagnostics/wrong_operands.txt",
    message_wrong_ordinal = "src/diagnostics/wrong_ordinal.txt",
}

#[test]
fn every_file_has_a_test() {
    let mut folders = vec![root().join("tests/queries"), root().join("src/diagnostics")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the entry can be read").path();
            let shown = path.strip_prefix(root()).expect("it is below").to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else if shown.ends_with(".txt") {
                assert!(FILES.contains(&shown.as_str()), "{shown} is not in the list above");
            }
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
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
