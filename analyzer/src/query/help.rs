//! Help for the parser: what it does not take is put, token by token, into words that it does, where that means the
//! same to names, types, nullability and rows.

use aio_databases_sql::Dialect;
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan, Word},
};

use super::mysql_words;
use super::parse::is_space;

mod conflict;
mod elements;
mod frames;
pub(crate) mod json;
mod merge;
mod recursion;
mod returning;
mod rows;
mod sqlite;
mod tables;

pub(crate) use self::{
    recursion::{Extra, extra_columns},
    returning::row_names,
};

/// The name that follows a column's in `set (column, …) = …` where an element is assigned to: `set column[1] = …`.
pub(crate) const ELEMENT: &str = "\u{1}element";
/// The same for a part of an array: `set column[1:2] = …`.
pub(crate) const SLICE: &str = "\u{1}slice";

/// The name that follows a column's in `set (column, …) = place` for each place within its brackets.
pub(crate) const INDEX: &str = "\u{1}index";

/// The name that `variadic` before an argument becomes.
pub(crate) const VARIADIC: &str = "\u{1}variadic";

/// The column that `overriding system value` becomes.
pub(crate) const OVERRIDING: &str = "\u{1}overriding";

/// An item before the first of `in ((select …), …)`, which the parser would take for `in (select …)`.
pub(crate) const ITEM: &str = "\u{1}item";

/// The function that `(row).*` becomes.
pub(crate) const FIELDS: &str = "\u{1}fields";

/// The function that `rows from` becomes.
pub(crate) const ROWS_FROM: &str = "\u{1}rows";

/// The time zone that `at local` becomes.
pub(crate) const LOCAL: &str = "\u{1}local";

/// The first words of queries.
const QUERIES: [&str; 8] = ["select", "with", "values", "insert", "update", "delete", "merge", "table"];

/// Words that the parser has for other dialects, or for other statements, and that are names in the queries of
/// PostgreSQL and SQLite.
const NAMES: [Keyword; 25] = [
    Keyword::ANTI,
    Keyword::ASOF,
    Keyword::CLUSTER,
    Keyword::CONNECT,
    Keyword::DISTRIBUTE,
    Keyword::EXPLAIN,
    Keyword::FORMAT,
    Keyword::GLOBAL,
    Keyword::MATCH_CONDITION,
    Keyword::MATCH_RECOGNIZE,
    Keyword::MINUS,
    Keyword::OPEN,
    Keyword::OUTPUT,
    Keyword::PIVOT,
    Keyword::PREWHERE,
    Keyword::QUALIFY,
    Keyword::SAMPLE,
    Keyword::SEMI,
    Keyword::SETTINGS,
    Keyword::SORT,
    Keyword::START,
    Keyword::STRUCT,
    Keyword::TOP,
    Keyword::UNPIVOT,
    Keyword::VIEW,
];

/// Statements that give no result, and the first words by which they are known where the parser refuses them.
const COMMANDS: [&[&str]; 15] = [
    &["refresh", "materialized", "view"],
    &["alter", "sequence"],
    &["alter", "materialized", "view"],
    &["vacuum"],
    &["reindex"],
    &["cluster"],
    &["checkpoint"],
    &["security", "label"],
    &["reassign", "owned"],
    &["create", "aggregate"],
    &["create", "rule"],
    &["create", "statistics"],
    &["import", "foreign", "schema"],
    &["optimize", "table"],
    &["do"],
];

/// The tokens with such parts rewritten.
pub(crate) fn rewrite(tokens: Vec<TokenWithSpan>, dialect: Dialect) -> Vec<TokenWithSpan> {
    let tokens = if dialect == Dialect::Mysql { mysql_words::rewrite(tokens) } else { tokens };
    let postgres = dialect == Dialect::Postgres;
    let tokens = if postgres { merge::rewrite(json::rewrite(tokens)) } else { tables::rewrite(tokens) };
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len() + 8);
    let mut at = 0;
    let names = dialect != Dialect::Mysql
        && tokens.iter().find(|token| !is_space(&token.token)).is_some_and(is_query);
    let mut assigning: Option<i32> = None;
    let mut depth = 0;
    while at < tokens.len() {
        let token = &tokens[at].token;
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        // Whatever is rewritten begins with a word, but for MySQL's `!`, `.*` and numbers in base 16.
        if !matches!(token, Token::Word(_) | Token::ExclamationMark | Token::Period) {
            let number = sqlite::hex_number(&tokens[at]).filter(|_| dialect == Dialect::Sqlite);
            out.push(number.unwrap_or_else(|| tokens[at].clone()));
            at += 1;
            continue;
        }
        if let (true, Token::Word(word)) = (names, token)
            && NAMES.contains(&word.keyword)
        {
            let name = Token::Word(Word { keyword: Keyword::NoKeyword, ..word.clone() });
            out.push(TokenWithSpan { token: name, span: tokens[at].span });
            at += 1;
            continue;
        }
        if is_word(token, "set") {
            assigning = Some(depth);
        } else if ["where", "from", "returning"].iter().any(|end| is_word(token, end))
            && assigning.is_some_and(|own| depth <= own)
        {
            assigning = None;
        }
        if is_trim_side(token)
            && significant(&tokens[at + 1..]).next().is_some_and(|(_, t)| is_word(t, "from"))
        {
            // `trim(leading from x)` trims spaces.
            let blank =
                TokenWithSpan { token: Token::SingleQuotedString(" ".to_owned()), span: tokens[at].span };
            out.extend([tokens[at].clone(), blank]);
            at += 1;
            continue;
        }
        if postgres && is_word(token, "for") {
            out.push(tokens[at].clone());
            at += 1 + lock_words(&tokens[at + 1..]);
            continue;
        }
        if postgres
            && is_word(token, "returning")
            && let Some(length) = returning::rewrite(&tokens[at..], &mut out)
        {
            at += length;
            continue;
        }
        let distinct = postgres && ["distinct", "all"].iter().any(|word| is_word(token, word));
        if distinct && is_group_by(&out) {
            at += 1;
            continue;
        }
        if postgres
            && is_word(token, "at")
            && let Some(length) = at_local(&tokens[at..])
        {
            let zone = [word("at"), word("time"), word("zone"), Token::Word(marker(LOCAL))];
            out.extend(zone.map(|token| TokenWithSpan { token, span: tokens[at].span }));
            at += length;
            continue;
        }
        if postgres && (is_word(token, "symmetric") || is_only(&tokens, at)) {
            at += 1;
            continue;
        }
        if postgres && is_word(token, "variadic") {
            out.push(TokenWithSpan { token: Token::Word(marker(VARIADIC)), span: tokens[at].span });
            out.push(TokenWithSpan { token: Token::RArrow, span: tokens[at].span });
            at += 1;
            continue;
        }
        if postgres && is_word(token, "overriding") {
            at += 1 + overriding(&tokens[at + 1..], &mut out);
            continue;
        }
        if postgres && is_word(token, "table") && starts_query(&out) {
            out.extend(
                [word("select"), Token::Mul, word("from")]
                    .map(|token| TokenWithSpan { token, span: tokens[at].span }),
            );
            at += 1;
            continue;
        }
        if dialect == Dialect::Mysql && *token == Token::ExclamationMark {
            out.push(TokenWithSpan { token: word("not"), span: tokens[at].span });
            at += 1;
            continue;
        }
        if dialect == Dialect::Mysql && is_modulo(&tokens, at) {
            out.push(TokenWithSpan { token: Token::Mod, span: tokens[at].span });
            at += 1;
            continue;
        }
        if dialect != Dialect::Mysql && is_word(token, "exclude") {
            let words = frames::excluded(&tokens[at + 1..], &mut out);
            if words > 0 {
                at += 1 + words;
                continue;
            }
        }
        if dialect == Dialect::Sqlite
            && let Some(length) = sqlite::sqlite_words(&tokens[at..], &mut out)
        {
            at += length;
            continue;
        }
        if is_word(token, "in")
            && let Some(length) = list_of_subqueries(&tokens[at..], &mut out)
        {
            depth += 1;
            at += length;
            continue;
        }
        if postgres
            && *token == Token::Period
            && let Some(length) = rows::all_fields(&tokens[at..], &mut out)
        {
            at += length;
            continue;
        }
        if postgres
            && is_word(token, "as")
            && let Some(alias) = rows::nameless_columns(&tokens[at..], &out)
        {
            out.extend([tokens[at].clone(), alias]);
            at += 1;
            continue;
        }
        if postgres
            && is_word(token, "rows")
            && let Some(length) = rows::rows_from(&tokens[at..], &out)
        {
            out.push(TokenWithSpan { token: Token::Word(marker(ROWS_FROM)), span: tokens[at].span });
            at += length;
            continue;
        }
        if postgres
            && out
                .iter()
                .rev()
                .find(|token| !is_space(&token.token))
                .is_some_and(|t| t.token == Token::RParen)
            && let Some(length) = recursion::rewrite(&tokens[at..], &mut out)
        {
            at += length;
            continue;
        }
        if is_word(token, "conflict") {
            conflict::end_select(&mut out);
            out.push(tokens[at].clone());
            at += 1 + super::conflict::rewrite(&tokens[at + 1..], &mut out);
            continue;
        }
        if postgres
            && assigning == Some(depth)
            && let Some(length) = elements::element_target(&tokens[at..], &mut out)
        {
            at += length;
            continue;
        }
        out.push(tokens[at].clone());
        at += 1;
    }
    out
}

/// Whether a text that the parser refuses is a statement without a result, none of whose parts are of interest.
pub(crate) fn is_command(tokens: &[TokenWithSpan]) -> bool {
    let words: Vec<&Token> =
        tokens.iter().map(|token| &token.token).filter(|token| !is_space(token)).take(3).collect();
    let is_first = |command: &[&str]| words.first().is_some_and(|token| is_word(token, command[0]));
    COMMANDS.iter().filter(|command| is_first(command)).any(|command| {
        command.len() <= words.len() && command.iter().zip(&words).all(|(word, token)| is_word(token, word))
    })
}

/// `for no key update` is a lock as `for update` is, `for key share` as `for share`: how many tokens to pass over.
fn lock_words(tokens: &[TokenWithSpan]) -> usize {
    let next: Vec<(usize, &Token)> = significant(tokens).take(3).collect();
    match next.as_slice() {
        [(_, no), (_, key), (last, update)]
            if is_word(no, "no") && is_word(key, "key") && is_word(update, "update") =>
        {
            *last
        }
        [(_, key), (last, share), ..] if is_word(key, "key") && is_word(share, "share") => *last,
        _ => 0,
    }
}

/// Whether `group by` stands before: `distinct` behind it changes neither types nor nulls.
fn is_group_by(before: &[TokenWithSpan]) -> bool {
    matches!(before, [.., group, by] if is_word(&group.token, "group") && is_word(&by.token, "by"))
}

/// Whether `only` stands before a table here, and not behind `fetch first row`: without its children it has the same columns.
fn is_only(tokens: &[TokenWithSpan], at: usize) -> bool {
    let behind_rows = at > 0 && ["row", "rows"].iter().any(|word| is_word(&tokens[at - 1].token, word));
    is_word(&tokens[at].token, "only")
        && !behind_rows
        && tokens.get(at + 1).is_some_and(|next| matches!(next.token, Token::Word(_)))
}

/// `at local`: how many tokens it is.
fn at_local(tokens: &[TokenWithSpan]) -> Option<usize> {
    let (local, token) = significant(&tokens[1..]).next()?;
    is_word(token, "local").then_some(local + 2)
}

/// `in ((select …), …)`: a marker comes before the first item.
fn list_of_subqueries(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    let mut next = significant(&tokens[1..]);
    let (open, Token::LParen) = next.next()? else { return None };
    let (_, Token::LParen) = next.next()? else { return None };
    let (mut depth, mut query) = (1, false);
    for (_, token) in next {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            Token::Comma if depth == 0 && query => {
                out.extend_from_slice(&tokens[..open + 2]);
                let span = tokens[open + 1].span;
                out.push(TokenWithSpan { token: Token::Word(marker(ITEM)), span });
                out.push(TokenWithSpan { token: Token::Comma, span });
                return Some(open + 2);
            }
            _ if depth == 0 => return None,
            token if !query && depth > 0 && (is_word(token, "select") || is_word(token, "with")) => {
                query = true
            }
            _ if !query => return None,
            _ => {}
        }
    }
    None
}

/// MySQL's `a mod b`, not its function.
fn is_modulo(tokens: &[TokenWithSpan], at: usize) -> bool {
    let after = significant(&tokens[at + 1..]).next();
    let value =
        tokens[..at].iter().rev().map(|token| &token.token).find(|token| !is_space(token)).is_some_and(
            |token| {
                matches!(token, Token::Word(_) | Token::Number(..) | Token::RParen | Token::Placeholder(_))
            },
        );
    is_word(&tokens[at].token, "mod")
        && value
        && !matches!(after, None | Some((_, Token::LParen | Token::Period)))
}

/// `(a, b) overriding system value`: a column more, that says so; how many tokens to pass over.
fn overriding(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> usize {
    let close = out.iter().rposition(|token| !is_space(&token.token));
    if let Some(at) = close.filter(|at| out[*at].token == Token::RParen) {
        let span = out[at].span;
        let more = [Token::Comma, Token::Word(marker(OVERRIDING))].map(|token| TokenWithSpan { token, span });
        out.splice(at..at, more);
    }
    significant(tokens).take(2).last().map_or(0, |(last, _)| last + 1)
}

/// Whether a statement that starts so is a query.
fn is_query(first: &TokenWithSpan) -> bool {
    first.token == Token::LParen || QUERIES.iter().any(|word| is_word(&first.token, word))
}

/// Whether a query may start behind these tokens.
fn starts_query(before: &[TokenWithSpan]) -> bool {
    match before.iter().rev().map(|token| &token.token).find(|token| !is_space(token)) {
        None | Some(Token::LParen) => true,
        Some(token) => ["union", "except", "intersect", "all"].iter().any(|word| is_word(token, word)),
    }
}

pub(super) fn word(text: &str) -> Token {
    Token::make_word(text, None)
}

pub(super) fn marker(name: &str) -> Word {
    Word { value: name.to_owned(), quote_style: Some('"'), keyword: Keyword::NoKeyword }
}

fn is_trim_side(token: &Token) -> bool {
    ["leading", "trailing", "both"].iter().any(|side| is_word(token, side))
}

/// The tokens that are no space, with their places.
pub(super) fn significant(tokens: &[TokenWithSpan]) -> impl Iterator<Item = (usize, &Token)> {
    tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| !is_space(&token.token))
        .map(|(at, token)| (at, &token.token))
}

pub(crate) fn is_word(token: &Token, wanted: &str) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted))
}
