//! Tables in `from` that have the same name, or no name.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn duplicate_alias(name: &str, span: Span) -> Diagnostic {
    error("duplicate-alias", format!("`{name}` appears in `from` twice"), span)
        .with_help(format!("give one of them an alias: `{name} as {name}2`"))
}

/// In MySQL: a subquery in `from` without an alias.
pub(crate) fn derived_without_alias(span: Span) -> Diagnostic {
    error("duplicate-alias", "a subquery in `from` needs an alias", span).with_help("write `(…) as t`")
}
