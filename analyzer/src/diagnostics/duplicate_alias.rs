//! Two tables of one name in `from`.

use super::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn duplicate_alias(name: &str, span: Span) -> Diagnostic {
    error("duplicate-alias", format!("`{name}` stands in `from` twice"), span)
        .with_help(format!("give one of them another name: `{name} as {name}2`"))
}
