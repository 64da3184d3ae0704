//! A table's name before a column, where no such table stands in `from`.

use super::{error, similar};
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn unknown_alias(name: &str, names: &[&str], span: Span) -> Diagnostic {
    error("unknown-alias", format!("no table `{name}` in `from`"), span)
        .maybe_help(similar(name, names.iter().copied()))
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
