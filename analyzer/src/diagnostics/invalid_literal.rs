//! A quoted literal that isn't a valid value of its type.

use super::parts::{error, listed, similar};
use crate::{Diagnostic, Type};
use aio_databases_sql::Span;

/// An example of a literal of a type.
fn example(ty: &Type) -> Option<String> {
    let written = match ty.underlying() {
        Type::Array(_) => "'{a,b}'",
        Type::Base(name) => match &**name {
            "bool" | "boolean" => "true` or `false",
            "date" => "'2024-12-31'",
            "time" | "timetz" => "'23:59:59'",
            "timestamp" | "timestamptz" | "datetime" => "'2024-12-31 23:59:59'",
            "interval" => "'1 day 2 hours'",
            "uuid" => "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
            "json" | "jsonb" => "'{\"key\": 1}'",
            "int2" | "int4" | "int8" => "12",
            "numeric" | "float4" | "float8" => "1.5",
            _ => return None,
        },
        _ => return None,
    };
    Some(format!("write it like this: `{written}`"))
}

/// `problem` is the reason, if one is known.
pub(crate) fn invalid_literal(literal: &str, ty: &Type, problem: &str, span: Span) -> Diagnostic {
    let message = match ty {
        Type::Enum { name, .. } => format!("'{literal}' is not a label of the enum `{name}`"),
        _ => format!("'{literal}' is not a valid `{ty}`"),
    };
    let help = match ty {
        Type::Enum { labels, .. } => similar(literal, labels.iter().map(String::as_str))
            .or_else(|| listed(labels.iter().map(String::as_str))),
        // Only if the message does not already say it.
        _ if problem.is_empty() || problem.ends_with(&format!("is not a valid `{ty}`")) => example(ty),
        _ => Some(problem.to_owned()),
    };
    error("invalid-literal", message, span).maybe_help(help)
}

/// `like … escape 'ab'`
pub(crate) fn escape_of_several(span: Span) -> Diagnostic {
    error("invalid-literal", "`escape` requires a single character", span)
        .with_help("for example, write `escape '!'`")
}
