//! What is known of the query, as a constant.

use std::fmt::Write as _;

use aio_databases_analyzer::{Access, Catalog, Nullability, Relation, RelationKind, Rows, Type};
use aio_databases_sql::Dialect;
use proc_macro2::Span;

use super::Context;
use crate::{check::Answer, place, project::Project};

/// `&Statement { … }`: all of it is constant, so that it lives as long as the program. A `static` would be an item more
/// for the compiler to keep track of: there is one only where it stands in a list of all queries.
pub(super) fn write(context: &Context<'_>, text: &mut String) {
    text.push('&');
    match cfg!(feature = "verify") {
        true => text.push_str("__STATEMENT"),
        false => literal(context, text),
    }
}

/// The statement in the list of all queries, with what the analyzer said of it, where the crate has such a list.
pub(super) fn item(context: &Context<'_>, project: &Project, text: &mut String) {
    if !cfg!(feature = "verify") {
        return;
    }
    text.push_str("static __STATEMENT: __p::Statement = ");
    literal(context, text);
    text.push_str("; __p::submit! { __p::Checked { statement: &__STATEMENT, said: &[");
    for answer in context.answers {
        let (backend, said) =
            (backend(answer.dialect), said(answer, project.schema(answer.dialect).catalog()));
        let _ = write!(text, "(__p::Backend::{backend}, {said:?}),");
    }
    text.push_str("] } }");
}

/// Lines as `aio_databases::__private::Checked` has them.
fn said(answer: &Answer, catalog: &Catalog) -> String {
    let mut said = String::new();
    let name = |ty: &Option<Type>| ty.as_ref().map_or_else(String::new, |ty| ty.underlying().to_string());
    for slot in &answer.template.render().order {
        let ty = answer.analysis.params.get(*slot).map_or_else(String::new, |param| name(&param.ty));
        let _ = writeln!(said, "p\t{ty}");
    }
    for column in &answer.analysis.columns {
        let (ty, origin) = (name(&column.ty), column.origin.as_deref());
        // The names that servers make of expressions are their own affair.
        let own = if column.aliased || origin.is_some() { &*column.name } else { "" };
        // Such a name would be taken for more than one part.
        let own = if own.contains(['\t', '\n', '\r']) { "" } else { own };
        let (table, of) = origin.and_then(|origin| origin.rsplit_once('.')).unwrap_or_default();
        let not_null = column.nullable == Nullability::NotNull && is_not_null(catalog, table, of);
        let _ = writeln!(said, "c\t{own}\t{ty}\t{}\t{table}\t{of}", if not_null { "!" } else { "" });
    }
    said
}

/// Whether a table's column is not null by itself.
fn is_not_null(catalog: &Catalog, table: &str, column: &str) -> bool {
    let tables = || {
        catalog
            .relations
            .values()
            .filter(|relation| relation.name == table && relation.kind == RelationKind::Table)
    };
    let column_of =
        |relation: &Relation| relation.columns.iter().any(|known| known.name == column && known.not_null);
    tables().next().is_some() && tables().all(|relation| column_of(relation))
}

fn backend(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "Sqlite",
        Dialect::Postgres => "Postgres",
        Dialect::Mysql => "Mysql",
    }
}

fn literal(context: &Context<'_>, text: &mut String) {
    let Context { answers, checked, .. } = context;
    text.push_str("__p::Statement { sql: &[");
    for (answer, params) in answers.iter().zip(&checked.order) {
        let backend = backend(answer.dialect);
        let rendered = answer.template.render();
        let order: Vec<usize> = rendered.order.iter().map(|slot| params[*slot]).collect();
        let sql = &*rendered.sql;
        let statements: Vec<_> = rendered.statements.iter().map(|span| (span.start, span.end)).collect();
        let _ = write!(
            text,
            "__p::Sql {{ backend: __p::Backend::{backend}, text: {sql:?}, order: &{order:?}, statements: &{statements:?} }},"
        );
    }
    let access = match checked.access {
        Access::Read => "Read",
        Access::Write => "Write",
    };
    let rows = match checked.rows {
        Rows::None => "None",
        Rows::One => "One",
        Rows::AtMostOne => "AtMostOne",
        Rows::Many => "Many",
    };
    let columns: Vec<&str> = checked.columns.iter().map(|column| column.name.as_str()).collect();
    let _ = write!(text, "], access: __p::Access::{access}, rows: __p::Rows::{rows}, columns: &{columns:?},");
    let _ = match place::start(Span::call_site()) {
        Some(place) => write!(text, "file: {:?}, line: {} }}", place.file, place.line),
        None => write!(text, "file: ::core::file!(), line: ::core::line!() }}"),
    };
}
