//! The result of the analysis, as a constant.

use std::fmt::Write as _;

use aio_databases_analyzer::{Access, Rows};
use proc_macro2::Span;

use super::Context;
use crate::{dialect::Described, location};

/// Writes `&Statement { … }`. It is constant, so it lives as long as the program. A `static` would be one more item for
/// the compiler, so there is one only with the feature `verify`, which lists all queries.
pub(super) fn write(context: &Context<'_>, text: &mut String) {
    text.push('&');
    match cfg!(feature = "verify") {
        true => text.push_str("__STATEMENT"),
        false => literal(context, text),
    }
}

pub(super) fn literal(context: &Context<'_>, text: &mut String) {
    let Context { answers, checked, .. } = context;
    text.push_str("__p::Statement { sql: &[");
    for (answer, params) in answers.iter().zip(&checked.order) {
        let facts = answer.dialect.facts();
        let dialect = facts.variant;
        let rendered = answer.template.render();
        let order: Vec<usize> = rendered.order.iter().map(|slot| params[*slot]).collect();
        let sql = &*rendered.sql;
        let types = rendered.order.iter().map(|slot| {
            let ty = answer.analysis.params.get(*slot).and_then(|param| param.ty.as_ref());
            ty.map_or(0, facts.type_number)
        });
        // The server is asked for all of them or for none.
        let types = Some(types.collect::<Vec<_>>()).filter(|types| !types.contains(&0)).unwrap_or_default();
        let statements: Vec<_> = rendered.statements.iter().map(|span| (span.start, span.end)).collect();
        let _ = write!(
            text,
            "__p::Sql {{ dialect: __p::Dialect::{dialect}, text: {sql:?}, order: &{order:?}, types: &{types:?}, statements: &{statements:?} }},"
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
    let _ = match location::start(Span::call_site()) {
        Some(place) => write!(text, "file: {:?}, line: {} }}", place.file, place.line),
        None => write!(text, "file: ::core::file!(), line: ::core::line!() }}"),
    };
}
