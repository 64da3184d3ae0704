//! A conflict target that is no unique key.

use super::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `keys` are the table's unique keys.
pub(crate) fn unknown_conflict_target(
    table: &str,
    columns: &[String],
    keys: &[String],
    span: Span,
) -> Diagnostic {
    let message = format!("`{table}` has no unique key over `{}`", columns.join(", "));
    let listed: Vec<String> = keys.iter().map(|key| format!("`({key})`")).collect();
    let help = (!listed.is_empty()).then(|| format!("its unique keys are {}", listed.join(", ")));
    error("unknown-conflict-target", message, span).maybe_help(help)
}
