//! A table that does not exist.

use super::parts::{error, listed, similar};
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn unknown_table(schema: Option<&str>, name: &str, names: &[String], span: Span) -> Diagnostic {
    let written = schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"));
    let known = || names.iter().map(String::as_str);
    error("unknown-table", format!("no table `{written}`"), span)
        .maybe_help(similar(name, known()).or_else(|| listed(known())))
}
