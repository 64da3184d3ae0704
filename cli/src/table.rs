//! Answers for people.

use std::io::{self, Write};

use aio_databases_analyzer::{Access, Analysis, Catalog, Column, Nullability, Param, Rows};
use aio_databases_sql::Template;

use crate::json::{reason, statement, type_name};

/// Writes the parameters and columns of a statement.
pub(crate) fn answer(
    out: &mut dyn Write,
    catalog: &Catalog,
    template: &Template,
    analysis: &Analysis,
) -> io::Result<()> {
    let access = match analysis.access {
        Access::Read => "reads",
        Access::Write => "writes",
    };
    let rows = match analysis.rows {
        Rows::None => "no rows",
        Rows::One => "one row",
        Rows::AtMostOne => "at most one row",
        Rows::Many => "any number of rows",
    };
    writeln!(out, "{}: {access}, {rows}", statement(analysis.statement))?;
    let params = analysis.params.iter().zip(template.params());
    let params = params.map(|(param, slot)| {
        let name = slot.spans.first().map_or("?", |span| span.of(template.sql()));
        [name.to_owned(), named(param.ty.as_ref(), catalog), takes_null(param).to_owned()]
    });
    grid(out, ["parameter", "type", "null"], params.collect())?;
    let columns = analysis.columns.iter().map(|column| {
        [
            column.name.clone(),
            named(column.ty.as_ref(), catalog),
            gives_null(column, template),
            column.origin.clone().unwrap_or_default(),
            reason(column).unwrap_or_default().to_owned(),
        ]
    });
    grid(out, ["column", "type", "null", "origin", "why null"], columns.collect())
}

fn named(ty: Option<&aio_databases_analyzer::Type>, catalog: &Catalog) -> String {
    ty.map_or_else(|| "unknown".to_owned(), |ty| type_name(ty, catalog))
}

fn takes_null(param: &Param) -> &'static str {
    if param.nullable { "yes" } else { "no" }
}

fn gives_null(column: &Column, template: &Template) -> String {
    if column.nullable != Nullability::NotNull {
        return "yes".to_owned();
    }
    let params = column.not_null_if.iter().filter_map(|&index| template.params().get(index)?.spans.first());
    let params: Vec<_> = params.map(|span| span.of(template.sql())).collect();
    if params.is_empty() { "no".to_owned() } else { format!("only with {}", params.join(", ")) }
}

/// Writes rows under their headings. Each column is as wide as its contents. Empty columns, and a table without rows,
/// are left out.
fn grid<const N: usize>(out: &mut dyn Write, headings: [&str; N], rows: Vec<[String; N]>) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let widths: [usize; N] = std::array::from_fn(|at| {
        let widest = rows.iter().map(|row| row[at].chars().count()).max().unwrap_or_default();
        if widest == 0 { 0 } else { widest.max(headings[at].chars().count()) }
    });
    writeln!(out)?;
    for row in std::iter::once(headings.map(str::to_owned)).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths).filter(|(_, width)| *width > 0) {
            line.push_str(&format!("  {cell:width$}"));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
