//! An output column whose type is unknown.

use super::parts::error;
use crate::Diagnostic;
use crate::dialect::Described;
use aio_databases_sql::{Dialect, Span};

/// The column's `index` counts from 0.
pub(crate) fn untyped_column(name: &str, index: usize, dialect: Dialect, span: Span) -> Diagnostic {
    let cast = dialect.facts().values.text_cast.of_any;
    error("untyped-column", format!("the type of column {} (`{name}`) is unknown", index + 1), span)
        .with_help(format!("add a cast: `{cast}`"))
}
