//! Tokens that neither MySQL nor MariaDB supports.

use sqlparser::tokenizer::Token;

use super::{Neighbors, Quantifier, double_equals, not_null, of_postgres, quantifier};
use crate::syntax::tokens::is_word;

pub(in crate::syntax) fn unsupported(here: &Neighbors<'_>) -> Option<String> {
    let problem = star(here).map(str::to_owned).or_else(|| not_null(here));
    problem.or_else(|| {
        let other = double_equals(here).or_else(|| of_postgres(here)).or_else(|| of_others(here));
        other.or_else(|| quantified(here)).map(str::to_owned)
    })
}

/// `select a, *`
fn star(here: &Neighbors<'_>) -> Option<&'static str> {
    let last = matches!(here.after(1), None | Some(Token::Comma)) || here.is_before("from");
    (*here.token() == Token::Mul && here.before(1) == Some(&Token::Comma) && last)
        .then_some("`*` must be the first item here; write `*, …`, or `t.*` for each table")
}

fn of_others(here: &Neighbors<'_>) -> Option<&'static str> {
    if here.is("null") && here.is_after("limit") {
        return Some("`limit null` is only supported by PostgreSQL; remove it");
    }
    let called = here.before(1) == Some(&Token::RParen) && here.after(1) == Some(&Token::LParen);
    if here.is("filter") && called {
        return Some("`filter` is not supported here; write `sum(case when … then … end)`");
    }
    if here.is("on") && here.is_before("conflict") {
        return Some(
            "`on conflict` is not supported here; write `on duplicate key update …`, or `insert ignore`",
        );
    }
    if is_word(here.statement(), "update") && here.is("returning") && !here.is_name() {
        return Some("`update` can't return rows here; run a `select` after it, in the same transaction");
    }
    None
}

/// `= any (array)`
fn quantified(here: &Neighbors<'_>) -> Option<&'static str> {
    match quantifier(here)? {
        Quantifier::Any { of_query: false } | Quantifier::All { of_query: false } => {
            Some("`any`, `some` and `all` require a subquery here; write `in (…)`")
        }
        _ => None,
    }
}
