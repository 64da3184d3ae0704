//! Rewrites syntax that the parser does not support, token by token.
//!
//! Each dialect has a list of steps, by the word with which they start. If the rewriting would lose information, the
//! rewritten tokens contain a name that the [side table](SideTable) explains.

use aio_databases_sql::Span;
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan, Word},
};

use super::{
    sugar::{SideTable, Sugar},
    tokens::{self, beside, is_any_word, is_word, name},
};

mod arguments;
mod conflict;
mod elements;
mod frames;
mod json;
mod merge;
mod mysql;
mod queries;
mod recursion;
mod returning;
mod rows;
mod sqlite;
mod tables;

/// The first words of queries.
const QUERIES: [&str; 8] = ["select", "with", "values", "insert", "update", "delete", "merge", "table"];

/// Whether the parser has a keyword for other dialects, or for other statements, that is a name in the queries of
/// PostgreSQL and SQLite.
fn is_name(keyword: Keyword) -> bool {
    use Keyword::{
        ANTI, ASOF, CLUSTER, CONNECT, DISTRIBUTE, EXPLAIN, FORMAT, GLOBAL, MATCH_CONDITION, MATCH_RECOGNIZE,
        MINUS, OPEN, OUTPUT, PIVOT, PREWHERE, QUALIFY, SAMPLE, SEMI, SETTINGS, SORT, START, STRUCT, TOP,
        UNPIVOT, VIEW,
    };
    matches!(
        keyword,
        ANTI | ASOF
            | CLUSTER
            | CONNECT
            | DISTRIBUTE
            | EXPLAIN
            | FORMAT
            | GLOBAL
            | MATCH_CONDITION
            | MATCH_RECOGNIZE
            | MINUS
            | OPEN
            | OUTPUT
            | PIVOT
            | PREWHERE
            | QUALIFY
            | SAMPLE
            | SEMI
            | SETTINGS
            | SORT
            | START
            | STRUCT
            | TOP
            | UNPIVOT
            | VIEW
    )
}

/// Rewrites all tokens of a query at once.
type WholePass = fn(Vec<TokenWithSpan>, &mut SideTable) -> Vec<TokenWithSpan>;

/// How a dialect's queries are rewritten.
pub(crate) struct Desugaring {
    /// The passes over all tokens, which run first.
    passes: &'static [WholePass],
    /// The steps that start with a word. Several steps for the same word are tried in order.
    words: &'static [(&'static str, Step)],
    /// The steps for all tokens.
    others: &'static [Step],
    /// Whether the words of other dialects are names, see [`is_name`].
    names: bool,
}

/// Rewrites the syntax that starts at the next token. Returns false if there is none of its kind.
type Step = fn(&mut Pass<'_>) -> bool;

pub(crate) const POSTGRES: Desugaring = Desugaring {
    passes: &[json::rewrite, merge::rewrite],
    words: &[
        ("leading", queries::trim_side),
        ("trailing", queries::trim_side),
        ("both", queries::trim_side),
        ("for", queries::lock),
        ("returning", returning::with_names),
        ("distinct", queries::grouping_quantifier),
        ("all", queries::grouping_quantifier),
        ("at", queries::at_local),
        ("symmetric", queries::symmetric),
        ("only", queries::only),
        ("variadic", arguments::variadic),
        ("table", queries::table),
        ("exclude", frames::exclude),
        ("in", arguments::list_of_subqueries),
        ("as", rows::nameless_columns),
        ("rows", rows::rows_from),
        ("search", recursion::search),
        ("cycle", recursion::cycle),
        ("conflict", conflict::target),
    ],
    others: &[rows::all_fields, rows::cast_of_row, elements::assigned],
    names: true,
};

pub(crate) const SQLITE: Desugaring = Desugaring {
    passes: &[tables::rewrite],
    words: &[
        ("leading", queries::trim_side),
        ("trailing", queries::trim_side),
        ("both", queries::trim_side),
        ("exclude", frames::exclude),
        ("in", sqlite::in_table),
        ("in", arguments::list_of_subqueries),
        ("indexed", sqlite::indexed),
        ("not", sqlite::not),
        ("materialized", sqlite::materialized),
        ("conflict", conflict::target),
    ],
    others: &[sqlite::hex_number],
    names: true,
};

pub(crate) const MYSQL: Desugaring = Desugaring {
    passes: &[mysql::rewrite, tables::rewrite],
    words: &[
        ("leading", queries::trim_side),
        ("trailing", queries::trim_side),
        ("both", queries::trim_side),
        ("mod", mysql::modulo),
        ("table", queries::table),
        ("in", arguments::list_of_subqueries),
        ("conflict", conflict::target),
    ],
    others: &[mysql::bang],
    names: false,
};

/// Rewrites the tokens of a statement, which must not contain space.
pub(crate) fn desugar(
    mut tokens: Vec<TokenWithSpan>,
    how: &Desugaring,
    sugar: &mut SideTable,
) -> Vec<TokenWithSpan> {
    for pass in how.passes {
        tokens = pass(tokens, sugar);
    }
    let names = how.names && tokens.first().is_some_and(|first| is_query(&first.token));
    let out = Vec::with_capacity(tokens.len() + 8);
    let mut pass = Pass { tokens: &tokens, at: 0, depth: 0, assigning: None, out, sugar };
    while pass.at < tokens.len() {
        let start = pass.at;
        let is_name = names && pass.name_of_other();
        if !is_name && !pass.step(how) {
            pass.push();
        }
        pass.follow(start);
    }
    pass.out
}

/// Whether a statement with this first token is a query.
fn is_query(first: &Token) -> bool {
    *first == Token::LParen || is_any_word(first, &QUERIES)
}

/// One walk over the tokens of a statement.
struct Pass<'t> {
    tokens: &'t [TokenWithSpan],
    /// The next token.
    at: usize,
    /// The number of open parentheses before it.
    depth: i32,
    /// The number of open parentheses around the current `set`.
    assigning: Option<i32>,
    out: Vec<TokenWithSpan>,
    sugar: &'t mut SideTable,
}

impl Pass<'_> {
    fn step(&mut self, how: &Desugaring) -> bool {
        if let Token::Word(word) = &self.tokens[self.at].token
            && word.quote_style.is_none()
            && how
                .words
                .iter()
                .filter(|(first, _)| {
                    first.len() == word.value.len() && word.value.eq_ignore_ascii_case(first)
                })
                .any(|(_, step)| step(self))
        {
            return true;
        }
        how.others.iter().any(|step| step(self))
    }

    /// Makes a keyword of another dialect a name.
    fn name_of_other(&mut self) -> bool {
        let Token::Word(word) = self.token() else { return false };
        if !is_name(word.keyword) {
            return false;
        }
        let name = Token::Word(Word { keyword: Keyword::NoKeyword, ..word.clone() });
        self.put(name);
        self.skip(1)
    }

    /// Updates the state for later steps with the tokens since `start`.
    fn follow(&mut self, start: usize) {
        for token in &self.tokens[start..self.at] {
            match &token.token {
                Token::LParen => self.depth += 1,
                Token::RParen => self.depth -= 1,
                Token::Word(_) if is_word(&token.token, "set") => self.assigning = Some(self.depth),
                Token::Word(_)
                    if self.assigning.is_some_and(|own| self.depth <= own)
                        && is_any_word(&token.token, &["where", "from", "returning"]) =>
                {
                    self.assigning = None;
                }
                _ => {}
            }
        }
    }

    fn token(&self) -> &Token {
        &self.tokens[self.at].token
    }

    /// The next tokens.
    fn rest(&self) -> &[TokenWithSpan] {
        &self.tokens[self.at..]
    }

    /// The token `count` places ahead.
    fn ahead(&self, count: usize) -> Option<&Token> {
        self.tokens.get(self.at + count).map(|token| &token.token)
    }

    /// Whether the token `count` places ahead is this word.
    fn is(&self, count: usize, wanted: &str) -> bool {
        self.ahead(count).is_some_and(|token| is_word(token, wanted))
    }

    /// The last token that was written.
    fn last(&self) -> Option<&Token> {
        self.out.last().map(|token| &token.token)
    }

    /// Copies the next token.
    fn push(&mut self) {
        self.out.push(self.tokens[self.at].clone());
        self.at += 1;
    }

    /// Writes a token at the place of the next one.
    fn put(&mut self, token: Token) {
        self.out.push(beside(&self.tokens[self.at], token));
    }

    /// Writes a name that the side table explains, at the place of the token `count` places ahead.
    fn put_name(&mut self, count: usize, text: &str, sugar: Sugar) {
        let (token, place) = self.made_up(count, text);
        self.sugar.put(place, sugar);
        self.out.push(token);
    }

    /// A name at the place of the token `count` places ahead.
    fn made_up(&self, count: usize, text: &str) -> (TokenWithSpan, Span) {
        let other = &self.tokens[self.at + count];
        (beside(other, name(text)), tokens::span(other.span).unwrap_or_default())
    }

    /// Skips tokens.
    fn skip(&mut self, count: usize) -> bool {
        self.at = (self.at + count).min(self.tokens.len());
        true
    }
}
