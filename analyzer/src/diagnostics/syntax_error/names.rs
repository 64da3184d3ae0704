//! Syntax errors about names, aliases and placeholders.

use aio_databases_sql::Span;

use super::syntax;
use crate::Diagnostic;

const QUOTES: &str = "use double quotes, or none";

/// `with 'a' as …`, `update 'a' …`
pub(crate) fn string_as_name(span: Span) -> Diagnostic {
    syntax("expected a name, found a string literal", span).with_help(QUOTES)
}

/// `select 1 as 'a'`
pub(crate) fn string_as_alias(span: Span) -> Diagnostic {
    syntax("expected an alias, found a string literal", span).with_help(QUOTES)
}

/// `update t u set …`, in SQLite.
pub(crate) fn alias_without_as(span: Span) -> Diagnostic {
    syntax("this alias needs `as` before it", span).with_help("write `as …`")
}

/// `from t as (a b, c)`: the alias `a` with the type `b`.
pub(crate) fn missing_comma(alias: &str, ty: &str, span: Span) -> Diagnostic {
    syntax(format!("a comma is missing between `{alias}` and `{ty}`"), span)
}

/// `returning with (old as a, old as b) …`
pub(crate) fn named_twice(table: &str, span: Span) -> Diagnostic {
    syntax(format!("`{table}` has two aliases here"), span).with_help("keep one of them")
}

/// A placeholder of the server that the template does not know.
pub(crate) fn not_a_parameter(text: &str, span: Span) -> Diagnostic {
    syntax(format!("`{text}` isn't a parameter"), span)
}
