//! An output column of no known type.

use super::error;
use crate::Diagnostic;
use aio_databases_sql::{Dialect, Span};

/// The column's `index` counts from 0.
pub(crate) fn untyped_column(name: &str, index: usize, dialect: Dialect, span: Span) -> Diagnostic {
    let cast = match dialect {
        Dialect::Postgres => "(…)::text",
        Dialect::Sqlite => "cast(… as text)",
        Dialect::Mysql => "cast(… as char)",
    };
    error("untyped-column", format!("the type of column {} (`{name}`) is not known", index + 1), span)
        .with_help(format!("write a cast: `{cast}`"))
}
