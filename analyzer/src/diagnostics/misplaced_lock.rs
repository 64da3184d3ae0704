//! `for update` and its like where there are no rows of a table to lock.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

/// `what` of the query keeps its rows from being locked.
pub(crate) fn misplaced_lock(lock: &str, what: &str, span: Span) -> Diagnostic {
    let diagnostic =
        error("misplaced-lock", format!("`{lock}` can't lock the rows of a query with {what}"), span);
    match what {
        "`values`" => diagnostic.with_help("remove it; these rows are not in a table"),
        _ => diagnostic.with_help(within(lock)),
    }
}

/// A lock on one of the queries that are put together.
pub(crate) fn lock_of_arm(lock: &str, span: Span) -> Diagnostic {
    error(
        "misplaced-lock",
        format!("`{lock}` can't be used in a query of a `union`, `intersect` or `except`"),
        span,
    )
    .with_help(within(lock))
}

/// A lock on the rows of a query in `from` that has `what`.
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
