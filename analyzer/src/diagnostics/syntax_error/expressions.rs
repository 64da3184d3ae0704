//! Syntax errors within expressions.

use aio_databases_sql::Span;

use super::syntax;
use crate::Diagnostic;

/// `extract(… from …)` of a field that SQLite or PostgreSQL does not have.
pub(crate) fn unknown_field(field: &str, known: &[&str], span: Span) -> Diagnostic {
    syntax(format!("`extract` has no field `{field}`"), span)
        .with_help(format!("the fields are {}", known.join(", ")))
}

/// `extract(select from …)`
pub(crate) fn keyword_as_field(word: &str, span: Span) -> Diagnostic {
    syntax(format!("`{word}` isn't a field of a date or time"), span)
        .with_help("use `year`, `month`, `day`, `epoch`, …")
}

/// `cast(… as text)`, in MySQL.
pub(crate) fn no_cast_to_text(ty: &str, span: Span) -> Diagnostic {
    syntax(format!("MySQL can't cast to `{ty}`"), span).with_help("cast to `char` or `binary`")
}

/// `[1, 2]`
pub(crate) fn bare_array(span: Span) -> Diagnostic {
    syntax("an array needs the keyword `array`", span).with_help("write `array[…]`")
}

/// `json_value(… default a on empty)`
pub(crate) fn variable_default(span: Span) -> Diagnostic {
    syntax("the `default` must be a constant here", span)
}

/// A JSON constructor with other arguments than it accepts, such as "one value".
pub(crate) fn wrong_json_arguments(name: &str, wanted: &str, span: Span) -> Diagnostic {
    syntax(format!("`{name}` takes {wanted}"), span)
}

/// `select * a`, which the parser reads as a call.
pub(crate) fn no_comma_after_star(span: Span) -> Diagnostic {
    syntax("a comma is missing after `*`", span)
}

/// `main.lower(…)`, in SQLite.
pub(crate) fn function_with_schema(name: &str, span: Span) -> Diagnostic {
    syntax(format!("SQLite's function `{name}` can't have a schema"), span).with_help("remove the schema")
}

/// `first_value(a) ignore nulls`
pub(crate) fn null_treatment(span: Span) -> Diagnostic {
    syntax("`ignore nulls` and `respect nulls` are not supported", span)
        .with_help("remove it; nulls are always included")
}

/// `current_date()`
pub(crate) fn called_keyword(name: &str, span: Span) -> Diagnostic {
    syntax(format!("`{name}` has no parentheses"), span)
}

/// `lower(a) filter (…)`: a clause of aggregates, on another function.
pub(crate) fn clause_of_aggregates(name: &str, clause: &str, span: Span) -> Diagnostic {
    syntax(format!("`{clause}` requires an aggregate; `{name}` isn't one"), span)
}

/// `count(distinct *)`
pub(crate) fn clauses_with_star(name: &str, span: Span) -> Diagnostic {
    syntax(format!("`{name}(*)` can't have `distinct` or `order by`"), span)
}

/// `max(distinct a)`, in SQLite: a clause that this aggregate does not accept.
pub(crate) fn no_such_clause(name: &str, clause: &str, span: Span) -> Diagnostic {
    syntax(format!("`{name}` doesn't accept `{clause}` here"), span)
}

/// `count(distinct a, b)`
pub(crate) fn distinct_of_several(name: &str, span: Span) -> Diagnostic {
    syntax(format!("`{name}` with `distinct` takes one argument here"), span)
}

/// `count(distinct a) over ()`
pub(crate) fn distinct_over_window(name: &str, span: Span) -> Diagnostic {
    syntax(format!("`{name}` over a window can't have `distinct`"), span).with_help("count in a subquery")
}

/// `sum(a order by b) over ()`
pub(crate) fn order_over_window(name: &str, span: Span) -> Diagnostic {
    syntax(format!("`{name}` over a window can't have an `order by` of its own"), span)
        .with_help("write the order in `over (…)`")
}
