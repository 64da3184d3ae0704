//! `(a, b)` where one value is required. SQLite ("Row Values") and MySQL ("Row Subqueries") can only compare rows.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn misplaced_row(span: Span) -> Diagnostic {
    error("misplaced-row", "a row of several values can only be compared with another row", span)
        .with_help("write `(a, b) = (c, d)` or `(a, b) in (…)`, or use only one of its values")
}
