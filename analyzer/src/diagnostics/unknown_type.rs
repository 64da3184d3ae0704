//! A type that does not exist.

use super::parts::{error, similar};
use crate::{Catalog, Diagnostic};
use aio_databases_sql::Span;

pub(crate) fn unknown_type(name: &str, catalog: &Catalog, span: Span) -> Diagnostic {
    let own = catalog.types.keys().map(|(_, name)| name.as_str());
    let known = [
        "bigint",
        "boolean",
        "bytea",
        "date",
        "integer",
        "interval",
        "jsonb",
        "numeric",
        "text",
        "timestamp",
        "timestamptz",
        "uuid",
        "varchar",
    ];
    error("unknown-type", format!("no type `{name}`"), span).maybe_help(similar(name, own.chain(known)))
}
