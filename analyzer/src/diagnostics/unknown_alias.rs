//! A table's name before a column, without such a table in `from`.

use super::parts::{error, listed, similar};
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `hidden` is the alias of a table with this name.
pub(crate) fn unknown_alias(name: &str, names: &[&str], hidden: Option<&str>, span: Span) -> Diagnostic {
    let help = match hidden {
        Some(alias) => Some(format!("its alias here is `{alias}`")),
        None => similar(name, names.iter().copied()).or_else(|| listed(names.iter().copied())),
    };
    error("unknown-alias", format!("no table `{name}` in `from`"), span).maybe_help(help)
}

/// A table or column of an outer query, in a clause that only sees tables of its own query: SQLite's `order by` and
/// `group by`.
pub(crate) fn only_own_level(name: &str, clause: &str, span: Span) -> Diagnostic {
    let message = format!("{clause} can only use tables of its own query, not `{name}` of the outer query");
    error("unknown-alias", message, span)
        .with_help("add it to the select list with an alias, and use the alias")
}

/// A table in `from` that isn't visible at the place.
pub(crate) fn unreachable_table(name: &str, span: Span) -> Diagnostic {
    error("unknown-alias", format!("`{name}` can't be used here, because it isn't part of this join"), span)
        .with_help("replace the comma before it with `cross join`, or move the condition to `where`")
}
