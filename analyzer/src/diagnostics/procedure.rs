//! A procedure called as a function.

use super::parts::error;
use crate::Diagnostic;
use aio_databases_sql::Span;

pub(crate) fn procedure(name: &str, span: Span) -> Diagnostic {
    error("procedure", format!("`{name}` is a procedure"), span).with_help(format!("write `call {name}(…)`"))
}

/// A function run by `call`.
pub(crate) fn no_procedure(name: &str, span: Span) -> Diagnostic {
    error("procedure", format!("`{name}` is a function, not a procedure"), span)
        .with_help(format!("write `select {name}(…)`"))
}
