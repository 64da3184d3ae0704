//! Answers as JSON.

use std::io::{self, Write};

use aio_databases_analyzer::{Access, Catalog, Column, Nullability, Rows, Severity, Statement, Type};
use aio_databases_sql::{Dialect, Position};
use serde::Serialize;

use crate::ask::{Answer, Problem};

/// The description of a query. Fields are null if nothing is known.
#[derive(Serialize)]
struct Object<'a> {
    ok: bool,
    statement: Option<&'static str>,
    access: Option<&'static str>,
    rows: Option<&'static str>,
    params: Vec<ParamObject>,
    columns: Vec<ColumnObject<'a>>,
    diagnostics: Vec<DiagnosticObject<'a>>,
}

#[derive(Serialize)]
struct ParamObject {
    r#type: Option<String>,
    nullable: bool,
}

#[derive(Serialize)]
struct ColumnObject<'a> {
    name: &'a str,
    r#type: Option<String>,
    nullable: bool,
    reason: Option<&'a str>,
    origin: Option<&'a str>,
}

#[derive(Serialize)]
struct DiagnosticObject<'a> {
    severity: &'static str,
    code: &'a str,
    message: &'a str,
    line: usize,
    column: usize,
    length: usize,
    help: Option<&'a str>,
}

/// A problem in a file.
#[derive(Serialize)]
struct FileObject<'a> {
    file: &'a str,
    dialects: Vec<&'static str>,
    #[serde(flatten)]
    diagnostic: DiagnosticObject<'a>,
}

/// Writes the answer to the query `text` as a line.
pub(crate) fn answer(out: &mut dyn Write, catalog: &Catalog, text: &str, answer: &Answer) -> io::Result<()> {
    let analysis = answer.known.as_ref().map(|(_, analysis)| analysis);
    let params = analysis.into_iter().flat_map(|analysis| &analysis.params);
    let columns = analysis.into_iter().flat_map(|analysis| &analysis.columns);
    line(
        out,
        &Object {
            ok: answer.is_ok(),
            statement: analysis.map(|analysis| statement(analysis.statement)),
            access: analysis.map(|analysis| access(analysis.access)),
            rows: analysis.map(|analysis| rows(analysis.rows)),
            params: params
                .map(|param| ParamObject {
                    r#type: param.ty.as_ref().map(|ty| type_name(ty, catalog)),
                    nullable: param.nullable,
                })
                .collect(),
            columns: columns
                .map(|column| ColumnObject {
                    name: &column.name,
                    r#type: column.ty.as_ref().map(|ty| type_name(ty, catalog)),
                    nullable: column.nullable != Nullability::NotNull,
                    reason: reason(column),
                    origin: column.origin.as_deref(),
                })
                .collect(),
            diagnostics: answer.problems.iter().map(|problem| diagnostic(text, problem)).collect(),
        },
    )
}

/// Writes a problem of a file, with its place, as a line.
pub(crate) fn problem(
    out: &mut dyn Write,
    file: &str,
    text: &str,
    dialects: &[Dialect],
    problem: &Problem,
) -> io::Result<()> {
    let dialects = dialects.iter().map(|dialect| dialect.name()).collect();
    line(out, &FileObject { file, dialects, diagnostic: diagnostic(text, problem) })
}

fn line(out: &mut dyn Write, object: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    out.write_all(b"\n")
}

fn diagnostic<'a>(text: &str, problem: &'a Problem) -> DiagnosticObject<'a> {
    let Position { line, column } = Position::of(text, problem.span.start);
    DiagnosticObject {
        severity: severity(problem.severity),
        code: problem.code,
        message: &problem.message,
        line,
        column,
        length: problem.span.of(text).chars().count(),
        help: problem.help.as_deref(),
    }
}

/// Why the value can be null, if that is known.
pub(crate) fn reason(column: &Column) -> Option<&str> {
    match &column.nullable {
        Nullability::Nullable(reason) => reason.as_deref(),
        Nullability::NotNull => None,
    }
}

/// A type's name. It includes the schema if the name alone would not be found.
pub(crate) fn type_name(ty: &Type, catalog: &Catalog) -> String {
    match ty {
        Type::Array(element) => format!("{}[]", type_name(element, catalog)),
        Type::Enum { schema: Some(schema), name, .. }
        | Type::Domain { schema: Some(schema), name, .. }
        | Type::Composite { schema: Some(schema), name, .. }
            if !is_found(catalog, schema, name) =>
        {
            format!("{schema}.{name}")
        }
        other => other.to_string(),
    }
}

/// Whether a type is found by its name without the schema.
fn is_found(catalog: &Catalog, schema: &str, name: &str) -> bool {
    let has = |place: &str| {
        let key = (place.to_owned(), name.to_owned());
        catalog.types.contains_key(&key) || catalog.relations.contains_key(&key)
    };
    catalog.search_path.iter().find(|place| has(place)).is_none_or(|place| place == schema)
        && (has(schema) && catalog.search_path.iter().any(|place| place == schema))
}

pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

pub(crate) fn statement(statement: Statement) -> &'static str {
    match statement {
        Statement::Select => "select",
        Statement::Insert => "insert",
        Statement::Update => "update",
        Statement::Delete => "delete",
        Statement::Merge => "merge",
        Statement::Ddl => "ddl",
        Statement::Other => "other",
    }
}

fn access(access: Access) -> &'static str {
    match access {
        Access::Read => "read",
        Access::Write => "write",
    }
}

fn rows(rows: Rows) -> &'static str {
    match rows {
        Rows::None => "none",
        Rows::One => "one",
        Rows::AtMostOne => "at-most-one",
        Rows::Many => "many",
    }
}
