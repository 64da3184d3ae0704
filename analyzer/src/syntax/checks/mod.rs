//! Checks the tokens for syntax that the parser accepts but the dialect rejects.

use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

use aio_databases_sql::Dialect;

use super::{
    Refusal,
    grammar::{Grammar, grammar},
    tokens::{self, is_any_word, is_space, is_word},
};
use crate::dialect::{Described, Names, ReservedFound};

pub(super) mod mysql;
pub(super) mod postgres;
pub(super) mod sqlite;
mod statements;

pub(super) use self::statements::{
    MYSQL as MYSQL_STATEMENTS, POSTGRES as POSTGRES_STATEMENTS, SQLITE as SQLITE_STATEMENTS,
    check as statement,
};

/// The most operators in a chain without a comma. Each one is a level of the syntax tree, which is walked and dropped
/// recursively.
const CHAIN: usize = 2000;
/// The same for casts and subscripts.
const POSTFIX_CHAIN: usize = 100;
/// The most joins that wait for their condition. The parser nests each one in the one before it.
const OPEN_JOINS: usize = 60;

/// Finds a chain of operators that is too long to be walked.
pub(super) fn too_long(tokens: &[TokenWithSpan]) -> Option<Refusal> {
    let (mut chain, mut postfix, mut joins) = (0, 0, 0_usize);
    let mut before = Keyword::NoKeyword;
    for token in tokens {
        if let Token::Word(word) = &token.token {
            match word.keyword {
                Keyword::JOIN if !matches!(before, Keyword::CROSS | Keyword::NATURAL) => joins += 1,
                Keyword::ON | Keyword::USING => joins = joins.saturating_sub(1),
                Keyword::UNION => joins = 0,
                _ => {}
            }
            before = word.keyword;
        }
        match &token.token {
            Token::Comma | Token::SemiColon => (chain, postfix, joins) = (0, 0, 0),
            Token::DoubleColon | Token::LBracket | Token::Period => postfix += 1,
            token if is_link(token) => {
                chain += 1;
                postfix = 0;
            }
            _ => {}
        }
        if chain > CHAIN || postfix > POSTFIX_CHAIN || joins > OPEN_JOINS {
            let span = tokens::span(token.span).unwrap_or_default();
            return Some(Refusal { message: "this is nested too deeply".to_owned(), span });
        }
    }
    None
}

/// Whether a token is an operator between two values.
fn is_link(token: &Token) -> bool {
    use Keyword::{
        AND, AT, BETWEEN, COLLATE, EXCEPT, ILIKE, IN, INTERSECT, IS, JOIN, LIKE, NOT, OR, UNION, XOR,
    };
    match token {
        Token::Word(word) => matches!(
            word.keyword,
            AND | AT
                | NOT
                | OR
                | XOR
                | UNION
                | EXCEPT
                | INTERSECT
                | IS
                | IN
                | LIKE
                | ILIKE
                | BETWEEN
                | JOIN
                | COLLATE
        ),
        Token::Number(..) | Token::Placeholder(_) | Token::LParen | Token::RParen | Token::RBracket => false,
        token => !is_space(token) && !is_string(token),
    }
}

/// The first unsupported token of a query.
pub(super) fn query(tokens: &[TokenWithSpan], dialect: Dialect) -> Option<Refusal> {
    let statement = &tokens.first()?.token;
    if !is_query(statement) {
        return None;
    }
    let names = &dialect.facts().names;
    let unsupported = grammar(dialect).unsupported;
    (0..tokens.len()).find_map(|at| {
        let here = Neighbors { tokens, at };
        let message = joined(&here, names)
            .or_else(|| reserved(&here, names))
            .or_else(|| everywhere(&here, names))
            .or_else(|| unsupported(&here))?;
        Some(Refusal { message, span: tokens::span(tokens[at].span).unwrap_or_default() })
    })
}

/// A token among those beside it.
pub(super) struct Neighbors<'t> {
    tokens: &'t [TokenWithSpan],
    at: usize,
}

impl Neighbors<'_> {
    fn token(&self) -> &Token {
        &self.tokens[self.at].token
    }

    /// The first token of the statement.
    fn statement(&self) -> &Token {
        &self.tokens[0].token
    }

    /// The token `count` places before.
    fn before(&self, count: usize) -> Option<&Token> {
        self.at.checked_sub(count).map(|at| &self.tokens[at].token)
    }

    /// The token `count` places after.
    fn after(&self, count: usize) -> Option<&Token> {
        self.tokens.get(self.at + count).map(|token| &token.token)
    }

    fn is(&self, word: &str) -> bool {
        is_word(self.token(), word)
    }

    fn is_after(&self, word: &str) -> bool {
        self.before(1).is_some_and(|token| is_word(token, word))
    }

    fn is_before(&self, word: &str) -> bool {
        self.after(1).is_some_and(|token| is_word(token, word))
    }

    /// Whether a word is certainly a name.
    fn is_name(&self) -> bool {
        self.before(1) == Some(&Token::Period) || self.after(1) == Some(&Token::Period) || self.is_after("as")
    }

    /// Whether a word is an item of a list.
    fn is_listed(&self) -> bool {
        self.before(1) == Some(&Token::Comma) || self.after(1) == Some(&Token::Comma)
    }
}

fn is_query(token: &Token) -> bool {
    matches!(token, Token::LParen)
        || is_any_word(token, &["select", "with", "insert", "update", "delete", "values", "merge", "replace"])
}

/// A number or a placeholder right before a word: `1a`, `$1and`.
fn joined(here: &Neighbors<'_>, names: &Names) -> Option<String> {
    if let Token::Placeholder(text) = here.token()
        && let Some(rest) = text.strip_prefix('$')
    {
        let word = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        if !word.is_empty() && rest.len() > word.len() {
            let number = &text[..text.len() - word.len()];
            return Some(format!("a space is missing between `{number}` and `{word}`"));
        }
    }
    let number = matches!(here.token(), Token::Number(..) | Token::Placeholder(_));
    let Some(Token::Word(word)) = here.after(1).filter(|_| number && !names.start_with_digit) else {
        return None;
    };
    let place = |at: usize| tokens::span(here.tokens[at].span);
    let touches = place(here.at).map(|own| own.end) == place(here.at + 1).map(|next| next.start);
    (touches && word.quote_style.is_none())
        .then(|| format!("a space is missing between `{}` and `{}`", here.token(), word.value))
}

/// `null.id` and `as null`: a reserved keyword in the place of a name.
fn reserved(here: &Neighbors<'_>, names: &Names) -> Option<String> {
    let Token::Word(word) = here.token() else { return None };
    if names.reserved_found == ReservedFound::Tree
        || word.quote_style.is_some()
        || here.before(1) == Some(&Token::Period)
    {
        return None;
    }
    let alias = !names.any_word_after_as
        && here.is_after("as")
        && !is_any_word(here.token(), &["select", "values", "with", "not"]);
    let table = here.after(1) == Some(&Token::Period);
    ((table || alias) && names.is_reserved(&word.value)).then(|| {
        let quoted = format!("{0}{1}{0}", names.quote, word.value);
        format!("`{}` is a reserved keyword; quote it to use it as a name: {quoted}", word.value)
    })
}

/// Syntax that no dialect, or only one, accepts.
fn everywhere(here: &Neighbors<'_>, names: &Names) -> Option<String> {
    let (token, before, after) = (here.token(), here.before(1), here.after(1));
    let alone = *token == Token::Mul && before == Some(&Token::LParen) && after == Some(&Token::RParen);
    if alone && here.before(2).is_some_and(|first| is_any_word(first, &["select", "distinct"])) {
        return Some("`*` can't be in parentheses".to_owned());
    }
    if *token == Token::Comma
        && after.is_some_and(|after| is_any_word(after, &["from", "where", "order", "group"]))
    {
        return Some("unexpected comma; remove it".to_owned());
    }
    if is_string(token) {
        if after == Some(&Token::Period) || before == Some(&Token::Period) {
            return Some("expected a name, found a string literal; use double quotes or none".to_owned());
        }
        if !names.string_is_alias && here.is_after("as") {
            return Some("expected an alias, found a string literal; use double quotes or none".to_owned());
        }
    }
    if here.is("top") && here.is_after("select") && matches!(after, Some(Token::Number(..))) {
        return Some("`top` is not supported; write `limit …` at the end".to_owned());
    }
    None
}

/// `insert ignore`, and `insert` without `into`.
fn insert(here: &Neighbors<'_>) -> Option<String> {
    if here.is("ignore") && here.is_after("insert") && here.is_before("into") {
        return Some(
            "`insert ignore` is only supported by MySQL; write `… on conflict do nothing`".to_owned(),
        );
    }
    let after = here.after(1)?;
    let into = !here.is("insert")
        || is_any_word(after, &["ignore", "into", "or"])
        || here.is_after("then")
        || here.is_after("before");
    (!into && matches!(after, Token::Word(_))).then(|| format!("Expected: INTO, found: {after}"))
}

/// `a not null`, which the parser reads as `a is not null`.
fn not_null(here: &Neighbors<'_>) -> Option<String> {
    let alone = here.is("not") && here.is_before("null") && !here.is_after("is") && !here.is_after("set");
    alone.then(|| "`not null` requires `is` before it".to_owned())
}

/// PostgreSQL syntax that MySQL and SQLite do not support.
fn of_postgres(here: &Neighbors<'_>) -> Option<&'static str> {
    if here.is("all") && here.is_after("limit") {
        return Some("`limit all` is only supported by PostgreSQL; remove it");
    }
    if *here.token() == Token::DoubleColon {
        return Some("the cast `::` is only supported by PostgreSQL; write `cast(… as …)`");
    }
    if here.is("ilike") && !here.is_name() && !here.is_listed() {
        return Some("`ilike` is only supported by PostgreSQL; write `lower(…) like lower(…)`");
    }
    if here.is("distinct") && here.is_after("select") && here.is_before("on") {
        return Some(
            "`distinct on` is only supported by PostgreSQL; number the rows with `row_number() over (…)`, and select number 1",
        );
    }
    None
}

/// `==`
fn double_equals(here: &Neighbors<'_>) -> Option<&'static str> {
    (*here.token() == Token::DoubleEq).then_some("`==` is only supported by SQLite; write `=`")
}

/// `on duplicate key update`
fn duplicate_key(here: &Neighbors<'_>) -> Option<&'static str> {
    (here.is("duplicate") && here.is_after("on"))
        .then_some("`on duplicate key` is only supported by MySQL; write `on conflict (…) do update set …`")
}

/// `any` and `all` after a comparison, and whether they are of a subquery: only PostgreSQL supports them for arrays.
enum Quantifier {
    Any { of_query: bool },
    All { of_query: bool },
}

fn quantifier(here: &Neighbors<'_>) -> Option<Quantifier> {
    use Token::{DoubleEq, Eq, Gt, GtEq, Lt, LtEq, Neq};
    let compared = matches!(here.before(1), Some(Eq | DoubleEq | Neq | Lt | LtEq | Gt | GtEq));
    if !compared || here.after(1) != Some(&Token::LParen) {
        return None;
    }
    let of_query = here.after(2).is_some_and(is_query);
    match () {
        _ if here.is("any") || here.is("some") => Some(Quantifier::Any { of_query }),
        _ if here.is("all") => Some(Quantifier::All { of_query }),
        _ => None,
    }
}

fn is_string(token: &Token) -> bool {
    matches!(token, Token::SingleQuotedString(_) | Token::EscapedStringLiteral(_))
}
