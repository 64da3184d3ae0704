//! A value that its column does not take.

use super::error;
use crate::{Diagnostic, Type};
use aio_databases_sql::Span;

/// `column` is of type `ty`, the value of type `from`.
pub(crate) fn wrong_assignment(column: &str, ty: &Type, from: &Type, span: Span) -> Diagnostic {
    error("wrong-assignment", format!("column `{column}` is `{ty}`, but this is `{from}`"), span)
        .with_help(format!("cast it: `(…)::{ty}`"))
}
