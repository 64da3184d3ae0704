//! Syntax errors about `insert`, `update`, `delete` and `merge`.

use aio_databases_sql::Span;

use super::syntax;
use crate::Diagnostic;

/// `insert into t overriding …`, outside of PostgreSQL.
pub(crate) fn no_overriding(span: Span) -> Diagnostic {
    syntax("`overriding` is only supported by PostgreSQL", span).with_help("remove it")
}

/// `insert into t default values on conflict …`, in SQLite.
pub(crate) fn conflict_of_defaults(span: Span) -> Diagnostic {
    syntax("`default values` can't be combined with `on conflict` here", span)
        .with_help("name a column and its value")
}

/// `insert into t value (1)`, outside of MySQL.
pub(crate) fn value_keyword(span: Span) -> Diagnostic {
    syntax("`value` is only supported by MySQL", span).with_help("write `values`")
}

/// `values row (1), row (2)`, outside of MySQL.
pub(crate) fn row_keyword(span: Span) -> Diagnostic {
    syntax("`row` before a row of values is only supported by MySQL", span)
        .with_help("write `values (…), (…)`")
}

/// `values (default)`, in SQLite.
pub(crate) fn no_default(span: Span) -> Diagnostic {
    syntax("`default` can't be used as a value here", span).with_help("leave the column out")
}

/// `set (a, b) = (1, 2)`, in MySQL.
pub(crate) fn assigned_row(span: Span) -> Diagnostic {
    syntax("several columns can't be assigned at once here", span).with_help("write `set a = …, b = …`")
}

/// `update t from u set …`
pub(crate) fn from_before_set(span: Span) -> Diagnostic {
    syntax("`from` must come after `set`", span)
}

/// `delete t from t …`, outside of MySQL.
pub(crate) fn delete_of_tables(span: Span) -> Diagnostic {
    syntax("only MySQL accepts table names between `delete` and `from`", span)
        .with_help("write `delete from …`")
}

/// `merge_action()`, elsewhere.
pub(crate) fn misplaced_merge_action(span: Span) -> Diagnostic {
    syntax("`merge_action()` can only be used in the `returning` of a `merge`", span)
}
