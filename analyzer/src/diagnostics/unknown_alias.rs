//! A table's name before a column, where no such table stands in `from`.

use super::parts::{error, listed, similar};
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `hidden` is the alias that stands for a table of this name.
pub(crate) fn unknown_alias(name: &str, names: &[&str], hidden: Option<&str>, span: Span) -> Diagnostic {
    let help = match hidden {
        Some(alias) => Some(format!("it is called `{alias}` here")),
        None => similar(name, names.iter().copied()).or_else(|| listed(names.iter().copied())),
    };
    error("unknown-alias", format!("no table `{name}` in `from`"), span).maybe_help(help)
}

/// A table or column of a query around, in a clause that sees only the tables of its own: SQLite's `order by` and `group by`.
pub(crate) fn only_own_level(name: &str, clause: &str, span: Span) -> Diagnostic {
    let message =
        format!("{clause} sees only the tables of its own query, not `{name}` of the one around it");
    error("unknown-alias", message, span).with_help("name it in the select list, and use that name")
}

/// A table that stands in `from`, but out of sight.
pub(crate) fn unreachable_table(name: &str, span: Span) -> Diagnostic {
    error(
        "unknown-alias",
        format!("`{name}` cannot be named here: it stands beside this join, not in it"),
        span,
    )
    .with_help("write `cross join` for the comma before it, or move the condition to `where`")
}
