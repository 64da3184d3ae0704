//! A parameter whose type nothing determines.

use super::parts::error;
use crate::dialect::Described;
use crate::{Diagnostic, Type};
use aio_databases_sql::{Dialect, Span};

/// `placeholder` is the parameter as written.
pub(crate) fn untyped_param(span: Span, placeholder: &str, dialect: Dialect) -> Diagnostic {
    let cast = dialect.facts().values.text_cast.of(placeholder);
    error("untyped-param", format!("the type of parameter `{placeholder}` is unknown"), span)
        .with_help(format!("add a cast: `{cast}`"))
}

/// A parameter that is used with two types in one expression.
pub(crate) fn inconsistent_param(placeholder: &str, first: &Type, second: &Type, span: Span) -> Diagnostic {
    let message = format!("parameter `{placeholder}` is used both as `{first}` and as `{second}`");
    error("untyped-param", message, span)
        .with_help(format!("add a cast at each place: `{placeholder}::{first}`"))
}
