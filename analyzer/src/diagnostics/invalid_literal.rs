//! A quoted literal that is no value of its type.

use super::{error, listed, similar};
use crate::{Diagnostic, Type};
use aio_databases_sql::Span;

/// `problem` says why, where there is something to say.
pub(crate) fn invalid_literal(literal: &str, ty: &Type, problem: &str, span: Span) -> Diagnostic {
    let message = match ty {
        Type::Enum { name, .. } => format!("'{literal}' is no label of `{name}`"),
        _ => format!("'{literal}' is no `{ty}`"),
    };
    let help = match ty {
        Type::Enum { labels, .. } => similar(literal, labels.iter().map(String::as_str))
            .or_else(|| listed(labels.iter().map(String::as_str))),
        // Only what the message does not say already.
        _ => {
            (!problem.is_empty() && !problem.ends_with(&format!("is no `{ty}`"))).then(|| problem.to_owned())
        }
    };
    error("invalid-literal", message, span).maybe_help(help)
}
