//! Text that the parser rejects, and syntax that the dialect does not support.

mod changes;
mod expressions;
mod names;
mod queries;

use super::parts::error;
use crate::Diagnostic;
use crate::dialect::Described;
use aio_databases_sql::{Dialect, Span};

pub(crate) use self::changes::{
    assigned_row, conflict_of_defaults, delete_of_tables, from_before_set, misplaced_merge_action,
    no_default, no_overriding, row_keyword, value_keyword,
};
pub(crate) use self::expressions::{
    bare_array, called_keyword, clause_of_aggregates, clauses_with_star, distinct_of_several,
    distinct_over_window, function_with_schema, keyword_as_field, no_cast_to_text, no_comma_after_star,
    no_such_clause, null_treatment, order_over_window, unknown_field, variable_default, wrong_json_arguments,
};
pub(crate) use self::names::{
    alias_without_as, missing_comma, named_twice, not_a_parameter, string_as_alias, string_as_name,
};
pub(crate) use self::queries::{
    change_in_with, group_by_all, join_without_condition, no_full_join, no_group_frames, no_statement,
    repeated_using, with_before_insert,
};

/// A syntax error with a message of our own.
fn syntax(message: impl Into<String>, span: Span) -> Diagnostic {
    error("syntax-error", message, span)
}

/// `problem` is the parser's message. `words` are the words at the place and before it, one of which may be mistyped.
pub(crate) fn unparsed(problem: &str, words: &[&str], span: Span, dialect: Dialect) -> Diagnostic {
    if !dialect.facts().names.backquotes && problem.ends_with("found: `") {
        return error("syntax-error", "PostgreSQL doesn't support backquotes", span)
            .with_help("use double quotes for names: `\"name\"`");
    }
    if problem.ends_with("found: {") {
        return syntax_error(problem, span, dialect).with_help(
            "a placeholder contains only a name: write `{value}`, and pass `value = …` as an argument",
        );
    }
    if problem.starts_with("No infix parser") {
        return no_operator(words.first().unwrap_or(&"this"), span, dialect);
    }
    let expects = problem.starts_with("Expected");
    let mistyped = words.iter().filter(|_| expects).find_map(|word| Some((*word, keyword(word)?)));
    let help = mistyped.map(|(word, meant)| format!("did you mean `{meant}` instead of `{word}`?"));
    syntax_error(problem, span, dialect).maybe_help(help)
}

/// A word between two values, such as an operator of another dialect.
fn no_operator(word: &str, span: Span, dialect: Dialect) -> Diagnostic {
    let help = match word.to_lowercase().as_str() {
        "div" => Some("use `/`, which truncates when it divides integers"),
        "glob" | "match" => Some("write `… like …`"),
        _ => None,
    };
    let message = format!("{} has no operator `{word}`", dialect.title());
    error("syntax-error", message, span).maybe_help(help.map(str::to_owned))
}

/// `problem` is the parser's message.
pub(crate) fn syntax_error(problem: &str, span: Span, dialect: Dialect) -> Diagnostic {
    error("syntax-error", readable(problem, dialect), span)
}

/// The keyword that a word was probably meant to be, if it isn't a keyword itself.
fn keyword(word: &str) -> Option<&'static str> {
    /// Words that are similar to a keyword, but correct.
    const WORDS: [&str; 1] = ["int"];
    const KEYWORDS: [&str; 34] = [
        "select",
        "insert",
        "update",
        "delete",
        "create",
        "alter",
        "drop",
        "from",
        "where",
        "group",
        "order",
        "having",
        "limit",
        "offset",
        "join",
        "inner",
        "left",
        "outer",
        "values",
        "into",
        "set",
        "returning",
        "union",
        "distinct",
        "between",
        "exists",
        "like",
        "case",
        "then",
        "else",
        "with",
        "using",
        "table",
        "column",
    ];
    if WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)) {
        return None;
    }
    let near = aio_databases_sql::similar(word, KEYWORDS)?;
    let found = KEYWORDS.into_iter().find(|keyword| *keyword == near)?;
    (!word.eq_ignore_ascii_case(found)).then_some(found)
}

/// Rewrites the parser's message as a sentence: "Expected: an expression, found: FROM".
fn readable(problem: &str, dialect: Dialect) -> String {
    let rest = problem.strip_prefix("Expected: ").or_else(|| problem.strip_prefix("Expected "));
    let Some((expected, found)) = rest.and_then(|rest| rest.rsplit_once(", found: ")) else {
        return lower_first(problem.trim_start_matches("sql parser error: "));
    };
    let expected = match expected {
        "an SQL statement" => format!("a {} statement", dialect.title()),
        "end of statement" => "the end of the query".to_owned(),
        sign if sign.len() < 3 => format!("`{sign}`"),
        word if word.chars().all(|c| c.is_ascii_uppercase()) => format!("`{}`", word.to_lowercase()),
        other => lower_words(other),
    };
    match found {
        "EOF" => format!("expected {expected}, but the query ends here"),
        found => format!("expected {expected}, but found `{found}`"),
    }
}

/// Starts a sentence in lowercase, but leaves keywords unchanged.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// Writes keywords in lowercase, as most queries do.
fn lower_words(text: &str) -> String {
    let lower = |word: &str| {
        let keyword = word.len() > 1 && word.chars().all(|c| !c.is_lowercase());
        if keyword { word.to_lowercase() } else { word.to_owned() }
    };
    text.split(' ').map(lower).collect::<Vec<_>>().join(" ")
}
