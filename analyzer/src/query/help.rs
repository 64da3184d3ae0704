//! Help for the parser: what it does not take is put, token by token, into words that it does, where that means the
//! same to names, types, nullability and rows.

use aio_databases_sql::Dialect;
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan, Word},
};

use super::parse::is_space;

mod recursion;

pub(crate) use self::recursion::{Extra, extra_columns};

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

/// The column that stands for a conflict target of expressions.
pub(crate) const EXPRESSIONS: &str = "\u{1}expressions";

/// An item before the first of `in ((select …), …)`, which the parser would take for `in (select …)`.
pub(crate) const ITEM: &str = "\u{1}item";

/// The function that `(row).*` becomes.
pub(crate) const FIELDS: &str = "\u{1}fields";

/// The function that `rows from` becomes.
pub(crate) const ROWS_FROM: &str = "\u{1}rows";

/// The first words of queries.
const QUERIES: [&str; 8] = ["select", "with", "values", "insert", "update", "delete", "merge", "table"];

/// Words that the parser has for other dialects, or for other statements, and that are names in PostgreSQL's queries.
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
const COMMANDS: [&[&str]; 14] = [
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
];

/// The tokens with such parts rewritten.
pub(crate) fn rewrite(tokens: Vec<TokenWithSpan>, dialect: Dialect) -> Vec<TokenWithSpan> {
    let postgres = dialect == Dialect::Postgres;
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len() + 8);
    let mut at = 0;
    let names = postgres && tokens.iter().find(|token| !is_space(&token.token)).is_some_and(is_query);
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
            let number = hex_number(&tokens[at]).filter(|_| dialect != Dialect::Mysql);
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
        if postgres && is_word(token, "for") {
            out.push(tokens[at].clone());
            at += 1 + lock_words(&tokens[at + 1..]);
            continue;
        }
        if postgres && is_word(token, "symmetric") {
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
        if dialect == Dialect::Sqlite
            && let Some(length) = sqlite_words(&tokens[at..], &mut out)
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
            && let Some(length) = all_fields(&tokens[at..], &mut out)
        {
            at += length;
            continue;
        }
        if postgres
            && is_word(token, "as")
            && let Some(alias) = nameless_columns(&tokens[at..], &out)
        {
            out.extend([tokens[at].clone(), alias]);
            at += 1;
            continue;
        }
        if postgres
            && is_word(token, "rows")
            && let Some(length) = rows_from(&tokens[at..])
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
            end_select(&mut out);
            out.push(tokens[at].clone());
            at += 1;
            at += conflict_target(&tokens[at..], &mut out);
            continue;
        }
        if postgres
            && assigning == Some(depth)
            && let Some(length) = element_target(&tokens[at..], &mut out)
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

/// `on conflict (lower(name)) where active do …`: of expressions only that there are some is kept, of a condition
/// nothing. How many tokens to pass over.
fn conflict_target(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> usize {
    let (mut depth, mut plain, mut condition) = (0, true, None);
    let mut before: Option<&Token> = None;
    for (index, token) in significant(tokens) {
        match token {
            Token::LParen => {
                plain &= depth == 0;
                depth += 1;
            }
            Token::RParen => depth -= 1,
            Token::Placeholder(_) => return 0,
            Token::Comma => {}
            token if depth == 0 && is_word(token, "do") => {
                let target = &tokens[..condition.unwrap_or(index)];
                return match (plain, condition) {
                    (true, None) => 0,
                    (true, Some(_)) => {
                        out.extend_from_slice(target);
                        index
                    }
                    (false, _) => {
                        let span =
                            target.iter().find(|token| !is_space(&token.token)).map(|token| token.span);
                        let parts = [Token::LParen, Token::Word(marker(EXPRESSIONS)), Token::RParen];
                        let span = span.unwrap_or(tokens[index].span);
                        out.extend(parts.map(|token| TokenWithSpan { token, span }));
                        index
                    }
                };
            }
            _ if condition.is_some() => {}
            // A collation or an operator class follows a column.
            Token::Word(_) if depth > 0 => plain &= !matches!(before, Some(Token::Word(_))),
            Token::Word(_) if is_word(token, "where") => condition = Some(index),
            Token::Word(_) if is_word(token, "on") => return 0,
            _ if depth == 0 && plain => return 0,
            _ => plain = false,
        }
        before = Some(token);
    }
    0
}

/// `insert into … select 1 on conflict …`: the parser would take `on` for an alias, so that something that changes
/// nothing is put before it.
fn end_select(out: &mut Vec<TokenWithSpan>) {
    const CLAUSES: [&str; 9] =
        ["from", "where", "group", "having", "window", "order", "limit", "offset", "fetch"];
    let Some(on) = out.iter().rposition(|token| !is_space(&token.token)) else { return };
    if !is_word(&out[on].token, "on") {
        return;
    }
    let mut depth = 0;
    for token in out[..on].iter().rev() {
        match &token.token {
            Token::RParen => depth += 1,
            Token::LParen if depth == 0 => return,
            Token::LParen => depth -= 1,
            token if depth == 0 && CLAUSES.iter().any(|clause| is_word(token, clause)) => return,
            token if depth == 0 && is_word(token, "select") => {
                let span = out[on].span;
                out.splice(on..on, [word("limit"), word("all")].map(|token| TokenWithSpan { token, span }));
                return;
            }
            _ => {}
        }
    }
}

/// `.*` behind parentheses: a name is put before these; how many tokens to pass over.
fn all_fields(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    let (star, Token::Mul) = significant(&tokens[1..]).next()? else { return None };
    let (open, mut behind) = opening(out)?;
    let starts = match behind.next().map(|(_, token)| &token.token) {
        Some(Token::Comma) => true,
        Some(token) => ["select", "distinct", "all", "returning"].iter().any(|word| is_word(token, word)),
        None => false,
    };
    if out[open].token != Token::LParen || !starts {
        return None;
    }
    drop(behind);
    let span = out[open].span;
    out.insert(open, TokenWithSpan { token: Token::Word(marker(FIELDS)), span });
    Some(star + 2)
}

/// `f(…) as (a int, b text)`: an alias, which the parser needs. It is the function's own name.
fn nameless_columns(tokens: &[TokenWithSpan], out: &[TokenWithSpan]) -> Option<TokenWithSpan> {
    let mut next = significant(&tokens[1..]).map(|(_, token)| token);
    let (Token::LParen, name @ Token::Word(_), Token::Word(_)) = (next.next()?, next.next()?, next.next()?)
    else {
        return None;
    };
    if QUERIES.iter().any(|query| is_word(name, query)) {
        return None;
    }
    let (open, mut behind) = opening(out)?;
    let (_, function) = behind.next()?;
    (out[open].token == Token::LParen && matches!(function.token, Token::Word(_))).then(|| function.clone())
}

/// Where the parentheses open that close last, and what stands before them, from the end.
fn opening(out: &[TokenWithSpan]) -> Option<(usize, impl Iterator<Item = (usize, &TokenWithSpan)>)> {
    let mut depth = 0;
    let mut behind = out.iter().enumerate().rev().filter(|(_, token)| !is_space(&token.token));
    let open = behind.find_map(|(at, token)| {
        match token.token {
            Token::RParen => depth += 1,
            Token::LParen => depth -= 1,
            _ => {}
        }
        (depth <= 0).then_some(at)
    })?;
    Some((open, behind))
}

/// `rows from (`: how many tokens the two words are.
fn rows_from(tokens: &[TokenWithSpan]) -> Option<usize> {
    let mut next = significant(&tokens[1..]);
    let (from, token) = next.next()?;
    (is_word(token, "from") && matches!(next.next(), Some((_, Token::LParen)))).then_some(from + 2)
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

/// SQLite's `is` and `is not` between any two values become `is [not] distinct from`, `isnull` `is null`; `indexed by …` is left out.
fn sqlite_words(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    if !["is", "isnull", "indexed", "materialized", "not"]
        .iter()
        .any(|first| is_word(&tokens[0].token, first))
    {
        return None;
    }
    const KNOWN: [&str; 8] = ["null", "true", "false", "distinct", "json", "unknown", "nfc", "normalized"];
    let known = |token: &Token| KNOWN.iter().any(|known| is_word(token, known));
    let next: Vec<(usize, &Token)> = significant(&tokens[1..]).take(2).collect();
    let insert = |out: &mut Vec<TokenWithSpan>, words: &[&str]| {
        out.push(tokens[0].clone());
        out.extend(words.iter().map(|text| TokenWithSpan { token: word(text), span: tokens[0].span }));
    };
    match (&tokens[0].token, next.as_slice()) {
        (is, [(not, first), (_, second), ..]) if is_word(is, "is") && is_word(first, "not") => {
            if known(second) {
                return None;
            }
            insert(out, &["distinct", "from"]);
            Some(not + 2)
        }
        (is, [(_, first), ..]) if is_word(is, "is") && !known(first) => {
            insert(out, &["not", "distinct", "from"]);
            Some(1)
        }
        // `a isnull`, where a value stands before it.
        (isnull, _) if is_word(isnull, "isnull") && ends_value(out) => {
            out.extend(["is", "null"].map(|text| TokenWithSpan { token: word(text), span: tokens[0].span }));
            Some(1)
        }
        (indexed, [(_, by), (name, _)]) if is_word(indexed, "indexed") && is_word(by, "by") => Some(name + 2),
        (not, [(indexed, word), ..]) if is_word(not, "not") && is_word(word, "indexed") => Some(indexed + 2),
        // `as [not] materialized (…)` says how, not what.
        (materialized, [(_, Token::LParen), ..])
            if is_word(materialized, "materialized") && last_is_word(out, "as") =>
        {
            Some(1)
        }
        (not, [(after, word), (_, Token::LParen)])
            if is_word(not, "not") && is_word(word, "materialized") && last_is_word(out, "as") =>
        {
            Some(after + 2)
        }
        // To types and nulls it is as `not like`.
        (not, [(glob, name), ..]) if is_word(not, "not") && is_word(name, "glob") && ends_value(out) => {
            out.push(tokens[0].clone());
            out.push(TokenWithSpan { token: word("like"), span: tokens[glob + 1].span });
            Some(glob + 2)
        }
        _ => None,
    }
}

fn last_is_word(before: &[TokenWithSpan], wanted: &str) -> bool {
    let last = before.iter().rev().map(|token| &token.token).find(|token| !is_space(token));
    last.is_some_and(|token| is_word(token, wanted))
}

/// `0x1f` is a number where `x'1f'` are bytes; to the parser both are the same.
fn hex_number(token: &TokenWithSpan) -> Option<TokenWithSpan> {
    let Token::HexStringLiteral(digits) = &token.token else { return None };
    let length = token.span.end.column.saturating_sub(token.span.start.column);
    (length == digits.len() as u64 + 2)
        .then(|| TokenWithSpan { token: Token::Number(format!("0x{digits}"), false), span: token.span })
}

/// Whether a value, and not a word such as `select`, stands last.
fn ends_value(before: &[TokenWithSpan]) -> bool {
    const WORDS: [&str; 12] =
        ["select", "distinct", "where", "and", "or", "not", "on", "by", "as", "when", "then", "else"];
    match before.iter().rev().map(|token| &token.token).find(|token| !is_space(token)) {
        Some(token @ Token::Word(_)) => !WORDS.iter().any(|word| is_word(token, word)),
        Some(Token::RParen | Token::Number(..) | Token::SingleQuotedString(_) | Token::Placeholder(_)) => {
            true
        }
        _ => false,
    }
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

fn word(text: &str) -> Token {
    Token::make_word(text, None)
}

fn marker(name: &str) -> Word {
    Word { value: name.to_owned(), quote_style: Some('"'), keyword: Keyword::NoKeyword }
}

/// `column[1] = ` as an item of `set`: its tokens, rewritten; how many there were.
fn element_target(tokens: &[TokenWithSpan], out: &mut Vec<TokenWithSpan>) -> Option<usize> {
    let Token::Word(_) = &tokens[0].token else { return None };
    let mut next = significant(&tokens[1..]);
    let (open, Token::LBracket) = next.next()? else { return None };
    let before = out.iter().rev().map(|token| &token.token).find(|token| !is_space(token))?;
    if !(is_word(before, "set") || *before == Token::Comma) {
        return None;
    }
    let (mut depth, mut slice, mut start) = (1, false, open + 1);
    let mut places = Vec::new();
    for (index, token) in next {
        // Places in `tokens`.
        let index = index + 1;
        match token {
            Token::LBracket if depth == 0 => (depth, start) = (1, index),
            Token::LBracket => depth += 1,
            Token::RBracket => {
                depth -= 1;
                if depth == 0 {
                    places.push(start..index);
                }
            }
            Token::Colon if depth == 1 => {
                slice = true;
                places.push(start..index);
                start = index;
            }
            Token::Eq if depth == 0 => {
                for place in places {
                    stored_at(tokens, place, out);
                }
                pair(&tokens[0], if slice { SLICE } else { ELEMENT }, out);
                return Some(index);
            }
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// `(column, index) = place,` for what stands behind the bracket or colon at the start of a range.
fn stored_at(tokens: &[TokenWithSpan], place: std::ops::Range<usize>, out: &mut Vec<TokenWithSpan>) {
    let inside = &tokens[place.start + 1..place.end];
    if significant(inside).next().is_none() {
        return;
    }
    let span = tokens[0].span;
    pair(&tokens[0], INDEX, out);
    out.push(TokenWithSpan { token: Token::Eq, span });
    out.extend_from_slice(inside);
    out.push(TokenWithSpan { token: Token::Comma, span });
}

/// `(column, marker)`
fn pair(column: &TokenWithSpan, name: &str, out: &mut Vec<TokenWithSpan>) {
    let token = |token: Token| TokenWithSpan { token, span: column.span };
    out.extend([
        token(Token::LParen),
        column.clone(),
        token(Token::Comma),
        token(Token::Word(marker(name))),
        token(Token::RParen),
    ]);
}

/// The tokens that are no space, with their places.
fn significant(tokens: &[TokenWithSpan]) -> impl Iterator<Item = (usize, &Token)> {
    tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| !is_space(&token.token))
        .map(|(at, token)| (at, &token.token))
}

pub(crate) fn is_word(token: &Token, wanted: &str) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted))
}
