//! A value whose type does not fit its column.

use super::parts::error;
use crate::{Diagnostic, Type};
use aio_databases_sql::Span;

/// `column` is of type `ty`, the value of type `from`.
pub(crate) fn wrong_assignment(column: &str, ty: &Type, from: &Type, span: Span) -> Diagnostic {
    error("wrong-assignment", format!("column `{column}` is `{ty}`, but this is `{from}`"), span)
        .with_help(format!("cast it: `(…)::{ty}`"))
}

/// A literal that SQLite stores unconverted, so that it can't be read as the column's type.
pub(crate) fn stored_as_written(column: &str, ty: &Type, span: Span) -> Diagnostic {
    let message = format!("not a valid `{ty}`: SQLite would store it unconverted in `{column}`");
    error("wrong-assignment", message, span).with_help("use a number, or change the column's type")
}
