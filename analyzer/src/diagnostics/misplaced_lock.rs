//! `for update` and similar locks on a query without rows of a table.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `what` is the part of the query that prevents the lock.
pub(crate) fn misplaced_lock(lock: &str, what: &str, span: Span) -> Diagnostic {
    let diagnostic =
        error("misplaced-lock", format!("`{lock}` can't lock the rows of a query with {what}"), span);
    match what {
        "`values`" => diagnostic.with_help("remove it; these rows are not in a table"),
        _ => diagnostic.with_help(within(lock)),
    }
}

/// A lock on an arm of a set operation.
pub(crate) fn lock_of_arm(lock: &str, span: Span) -> Diagnostic {
    error(
        "misplaced-lock",
        format!("`{lock}` can't be used in a query of a `union`, `intersect` or `except`"),
        span,
    )
    .with_help(within(lock))
}

/// A lock on the rows of a subquery in `from` that contains `what`.
pub(crate) fn unlockable_table(lock: &str, table: &str, what: &str, span: Span) -> Diagnostic {
    error("misplaced-lock", format!("`{lock}` can't lock the rows of `{table}`, a query with {what}"), span)
        .with_help(format!("name the tables to lock: `{lock} of …`"))
}

fn within(lock: &str) -> String {
    format!("lock the rows in a subquery in `from`: `from (select … {lock}) as locked`")
}

/// `for update of schema.table`
pub(crate) fn lock_with_schema(table: &str, span: Span) -> Diagnostic {
    error("misplaced-lock", "the table after `of` can't have a schema", span)
        .with_help(format!("write `of {table}`"))
}
