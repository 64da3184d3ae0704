//! A conflict target that isn't a unique key.

use super::parts::{error, listed, similar};
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `keys` are the table's unique keys.
pub(crate) fn unknown_conflict_target(
    table: &str,
    columns: &[String],
    keys: &[String],
    span: Span,
) -> Diagnostic {
    let over = match columns {
        [expression] if expression.contains(' ') => expression.clone(),
        columns => format!("`{}`", columns.join(", ")),
    };
    let message = format!("`{table}` has no unique key on {over}");
    let listed: Vec<String> = keys.iter().map(|key| format!("`({key})`")).collect();
    let help = (!listed.is_empty()).then(|| format!("its unique keys are {}", listed.join(", ")));
    error("unknown-conflict-target", message, span).maybe_help(help)
}

/// `on conflict on constraint name` with an unknown name.
pub(crate) fn unknown_constraint(table: &str, name: &str, names: &[&str], span: Span) -> Diagnostic {
    let message = format!("`{table}` has no unique key named `{name}`");
    let help = similar(name, names.iter().copied()).or_else(|| listed(names.iter().copied()));
    error("unknown-conflict-target", message, span).maybe_help(help)
}

/// `on conflict do update` without a target.
pub(crate) fn no_conflict_target(span: Span) -> Diagnostic {
    error("unknown-conflict-target", "`do update` requires a conflict target", span)
        .with_help("write `on conflict (column) do update …`")
}
