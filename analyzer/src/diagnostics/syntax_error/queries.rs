//! Syntax errors about statements, `with`, `from`, grouping and frames.

use aio_databases_sql::Span;

use super::syntax;
use crate::Diagnostic;

/// A text without a statement.
pub(crate) fn no_statement() -> Diagnostic {
    syntax("the SQL is empty", Span::default()).with_help("write a statement")
}

/// `with c as (…) insert into t …`, in MySQL.
pub(crate) fn with_before_insert(span: Span) -> Diagnostic {
    syntax("`with` can't come before `insert` here", span)
        .with_help("write it after `insert into …`, before its `select`")
}

/// `with c as (update …) …`, outside of PostgreSQL.
pub(crate) fn change_in_with(span: Span) -> Diagnostic {
    syntax("only queries are supported in `with` here", span)
        .with_help("run the statement that changes rows on its own, in the same transaction")
}

/// `group by all`
pub(crate) fn group_by_all(span: Span) -> Diagnostic {
    syntax("`group by all` is not supported", span).with_help("name the columns to group by")
}

/// `full join`, in MySQL.
pub(crate) fn no_full_join(span: Span) -> Diagnostic {
    syntax("`full join` is not supported here", span)
        .with_help("combine a `left join` with the unmatched rows of a `right join` by `union all`")
}

/// `from a left join b`
pub(crate) fn join_without_condition(span: Span) -> Diagnostic {
    syntax("this join has no condition", span).with_help("add `on …`, or write `cross join`")
}

/// `using (id, id)`
pub(crate) fn repeated_using(column: &str, span: Span) -> Diagnostic {
    syntax(format!("`{column}` appears in `using` more than once"), span)
}

/// `over (… groups between …)`, in MySQL.
pub(crate) fn no_group_frames(span: Span) -> Diagnostic {
    syntax("MySQL doesn't support `groups` in a window's frame", span).with_help("use `rows` or `range`")
}
