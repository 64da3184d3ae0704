//! A comment that allows an unknown lint.

use super::parts::warning;
use crate::{
    Diagnostic,
    lints::{self, LintError},
};
use aio_databases_sql::Span;

pub(crate) fn unknown_lint(error: &LintError, span: Span) -> Diagnostic {
    warning(lints::UNKNOWN_LINT, error.to_string(), span)
}
