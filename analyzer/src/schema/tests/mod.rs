//! Data definition and the resulting catalog, as a table of named cases.
//!
//! A catalog is printed in a line a thing: `users(id int4!=, name text) [users_pkey: id*] <lower_idx: >`, where `!` is
//! not null, `=` has a default, `#` is generated; `*` marks the primary key, `<…>` what is unique but no key, `…` what
//! could not be followed. Views stand as `view v(…)`.

use std::fmt::Write;

use aio_databases_sql::Dialect;

use super::Builder;
use crate::{Function, Key, Relation, RelationColumn, RelationKind, Returns, Type};

mod mysql;
mod postgres;
mod sqlite;

/// Name, statements, and the resulting catalog and problems.
type Case = (&'static str, &'static str, &'static str);

fn run(dialect: Dialect, cases: &[Case]) {
    let mut failures = String::new();
    for (name, ddl, want) in cases {
        let builder = built(dialect, &[ddl]);
        let got = print(&builder);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words(&got) != words(want) {
            let _ = writeln!(failures, "── {name}\nwant: {}\n got: {}\n", words(want), words(&got));
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// A catalog from files in order.
fn built(dialect: Dialect, files: &[&str]) -> Builder {
    let mut builder = Builder::new(dialect, &crate::query::ViewQueries);
    for (at, text) in files.iter().enumerate() {
        builder.apply(&format!("{}.sql", at + 1), text);
    }
    builder
}

fn print(builder: &Builder) -> String {
    let mut out = String::new();
    for relation in builder.catalog.relations.values() {
        out.push_str(&printed(relation));
        out.push('\n');
    }
    for ((schema, name), ty) in &builder.catalog.types {
        let _ = writeln!(out, "type {}{name} {}", prefix(schema), definition(ty));
    }
    for function in builder.catalog.functions.values().flatten() {
        let _ = writeln!(out, "{}", signature(function));
    }
    for extension in &builder.catalog.extensions {
        let _ = writeln!(out, "extension {extension}");
    }
    for problem in &builder.problems {
        let _ = writeln!(out, "{}:{} {}", problem.position.line, problem.position.column, problem.message);
    }
    out
}

fn prefix(schema: &str) -> String {
    if ["public", "main", ""].contains(&schema) { String::new() } else { format!("{schema}.") }
}

fn printed(relation: &Relation) -> String {
    let kind = match relation.kind {
        RelationKind::Table => "",
        RelationKind::View => "view ",
        RelationKind::MaterializedView => "materialized ",
        RelationKind::Virtual => "virtual ",
    };
    let more = if relation.complete { "" } else { "…" };
    let columns = columns(relation.columns.iter().filter(|column| !column.hidden));
    let mut out = format!("{kind}{}{}({columns}{more})", prefix(&relation.schema), relation.name);
    for key in &relation.keys {
        let _ = write!(out, " [{}]", printed_key(key));
    }
    for key in &relation.partial_keys {
        let _ = write!(out, " <{}>", printed_key(key));
    }
    out
}

fn printed_key(key: &Key) -> String {
    let primary = if key.primary { "*" } else { "" };
    format!("{}: {}{primary}", key.name.as_deref().unwrap_or("-"), key.columns.join(" "))
}

fn columns<'a>(columns: impl Iterator<Item = &'a RelationColumn>) -> String {
    let column = |c: &RelationColumn| {
        let flag = |on: bool, sign: &'static str| if on { sign } else { "" };
        format!(
            "{} {}{}{}{}",
            c.name,
            type_name(c.ty.as_ref()),
            flag(c.not_null, "!"),
            flag(c.has_default, "="),
            flag(c.generated, "#"),
        )
    };
    columns.map(column).collect::<Vec<_>>().join(", ")
}

fn type_name(ty: Option<&Type>) -> String {
    match ty {
        Some(Type::Enum { schema: None, name, labels }) => format!("{name}({})", labels.join("|")),
        Some(ty) => ty.to_string(),
        None => "?".to_owned(),
    }
}

fn definition(ty: &Type) -> String {
    match ty {
        Type::Enum { labels, .. } => format!("enum {}", labels.join("|")),
        Type::Domain { base, not_null, .. } => format!("domain {base}{}", if *not_null { "!" } else { "" }),
        Type::Composite { fields, .. } => {
            let fields: Vec<_> =
                fields.iter().map(|f| format!("{} {}", f.name, type_name(f.ty.as_ref()))).collect();
            format!("({})", fields.join(", "))
        }
        other => other.to_string(),
    }
}

fn signature(function: &Function) -> String {
    let arguments: Vec<_> = function.args.iter().map(|ty| type_name(ty.as_ref())).collect();
    let returns = match &function.returns {
        Returns::Value(ty) => type_name(ty.as_ref()),
        Returns::SetOf(ty) => format!("setof {}", type_name(ty.as_ref())),
        Returns::Table(rows) => format!("table({})", columns(rows.iter())),
        Returns::Nothing => "nothing".to_owned(),
    };
    let mut words =
        vec![format!("{}{}({})", prefix(&function.schema), function.name, arguments.join(", ")), returns];
    let flags = [
        (function.aggregate, "aggregate".to_owned()),
        (function.strict, "strict".to_owned()),
        (!function.volatile, "reads".to_owned()),
        (function.variadic, "variadic".to_owned()),
        (function.defaults > 0, format!("defaults {}", function.defaults)),
    ];
    words.extend(flags.into_iter().filter(|(on, _)| *on).map(|(_, word)| word));
    format!("function {}", words.join(" "))
}

/// Every text has a catalog: also what is cut off, or has a piece missing.
#[test]
fn broken_text() {
    let rooms = [
        (Dialect::Postgres, postgres::all()),
        (Dialect::Sqlite, sqlite::all()),
        (Dialect::Mysql, mysql::all()),
    ];
    for (dialect, cases) in rooms {
        for (_, ddl, _) in cases {
            let tokens: Vec<_> =
                aio_databases_sql::lex(ddl, dialect).into_iter().filter(|t| t.is_significant()).collect();
            for token in tokens.iter().step_by(3) {
                built(dialect, &[&ddl[..token.span.start]]);
                built(dialect, &[&format!("{}{}", &ddl[..token.span.start], &ddl[token.span.end..])]);
                built(dialect, &[&format!("{}){}", &ddl[..token.span.start], &ddl[token.span.end..])]);
            }
        }
    }
}
