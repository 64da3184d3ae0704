//! Two result columns with the same name.

use super::parts::warning;
use crate::{Diagnostic, lints};
use aio_databases_sql::Span;

/// The columns by their numbers, from 1; `origin` is the table's column of the second one.
pub(crate) fn duplicate_name(
    name: &str,
    (first, second): (usize, usize),
    origin: Option<&str>,
    span: Span,
) -> Diagnostic {
    let help = match origin {
        Some(origin) => format!("give one an alias: `{origin} as {}`", origin.replace('.', "_")),
        None if name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
            format!("give one an alias: `… as other_{name}`")
        }
        None => "give one an alias: `… as name`".to_owned(),
    };
    warning(lints::DUPLICATE_NAME, format!("columns {first} and {second} are both named `{name}`"), span)
        .with_help(help)
}
