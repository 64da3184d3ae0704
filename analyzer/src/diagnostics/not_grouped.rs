//! MySQL: a column that is neither grouped nor aggregated, which `only_full_group_by` rejects.

use super::parts::warning;
use crate::{Diagnostic, lints};
use aio_databases_sql::Span;

/// `grouped` says whether there is a `group by`.
pub(crate) fn not_grouped(table: &str, name: &str, grouped: bool, span: Span) -> Diagnostic {
    let column = if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") };
    let message = format!(
        "`{column}` is neither grouped nor aggregated; MySQL rejects this by default, and MariaDB uses any row's value"
    );
    let group =
        if grouped { format!("add `{column}` to `group by`") } else { format!("add `group by {column}`") };
    warning(lints::NOT_GROUPED, message, span)
        .with_help(format!("{group}, or choose a value with an aggregate: `min({column})`"))
}
