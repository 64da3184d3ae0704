//! Parses text to a syntax tree. Only this module uses tokens and works around the parser.
//!
//! ```text
//! text ─ tokens ─ checks ─ desugar ─ sqlparser ─ tree
//!                             └───────────────── side table, by place
//! ```
//!
//! The places in the tree are bytes of the rendered text. The parser has lines and columns; before parsing, they are
//! replaced by line 1 and the byte offset plus one.

use aio_databases_sql::{Dialect, Span, Template};
use sqlparser::{
    ast::{DataType, Query, Statement},
    parser::{Parser, ParserError},
    tokenizer::{Token, TokenWithSpan},
};

mod checks;
pub(crate) mod conflict;
mod desugar;
mod grammar;
mod numbers;
mod pragma;
mod source;
mod sugar;
mod tokenize;
mod tokens;
mod variant;

use self::{
    grammar::grammar,
    tokenize::tokenize,
    tokens::{is_word, offset},
};
pub(crate) use self::{
    pragma::Pragma,
    source::Source,
    sugar::{RecursionColumn, SideTable, Sugar},
    tokens::span,
    variant::variant,
};

/// How deeply the parser can recurse.
const DEPTH: usize = 120;

/// Statements without a result that the parser does not support, by their first keywords.
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

/// A syntax error: a message and its place.
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) span: Span,
}

/// A statement.
pub(crate) enum Parsed {
    /// The statements that the parser found.
    Statements(Vec<Statement>),
    /// SQLite's `pragma`.
    Pragma(Pragma),
    /// A statement without a result that the parser does not support.
    Command,
}

/// A text's statement with its place. SQLite allows several.
pub(crate) type Pieces = Vec<(Span, Parsed)>;

/// A query without its text, for a view.
#[derive(Debug)]
pub(crate) struct ParsedQuery {
    pub(crate) tree: Query,
    pub(crate) sugar: SideTable,
}

/// Parses a query. Also returns its tokens and the mapping to the author's text.
pub(crate) fn parse(template: &Template) -> (Source<'_>, Result<Pieces, Refusal>) {
    let dialect = template.dialect();
    let mut source = Source::new(template);
    let tokens = match tokenize(source.sql(), dialect) {
        Ok(tokens) => tokens,
        Err(refusal) => return (source, Err(refusal)),
    };
    source.set_tokens(&tokens);
    if let Some(refusal) = checks::too_long(&tokens).or_else(|| checks::query(&tokens, dialect)) {
        return (source, Err(refusal));
    }
    let mut sugar = SideTable::default();
    let pieces = pieces(tokens, &source, dialect, &mut sugar);
    if pieces.is_ok() {
        source.set_sugar(sugar);
    }
    (source, pieces)
}

/// Parses each of the statements.
fn pieces(
    tokens: Vec<TokenWithSpan>,
    source: &Source<'_>,
    dialect: Dialect,
    sugar: &mut SideTable,
) -> Result<Pieces, Refusal> {
    if source.statements().is_empty() {
        let place = Span::new(0, source.sql().trim_end().len());
        return Ok(vec![(place, piece(tokens, place.end, source, dialect, sugar)?)]);
    }
    let mut pieces = Vec::new();
    for place in source.statements().iter().copied() {
        let start = tokens.partition_point(|token| offset(token) < place.start);
        let end = tokens.partition_point(|token| offset(token) < place.end);
        pieces.push((place, piece(tokens[start..end].to_vec(), place.end, source, dialect, sugar)?));
    }
    Ok(pieces)
}

fn piece(
    tokens: Vec<TokenWithSpan>,
    end: usize,
    source: &Source<'_>,
    dialect: Dialect,
    sugar: &mut SideTable,
) -> Result<Parsed, Refusal> {
    let grammar = grammar(dialect);
    if grammar.pragmas
        && let Some(pragma) = pragma::read(&tokens)
    {
        return pragma.map(Parsed::Pragma);
    }
    if let Some(refusal) = checks::statement(&tokens, grammar) {
        return Err(refusal);
    }
    let command = is_command(&tokens);
    let tokens = desugar::desugar(tokens, grammar.desugaring, sugar);
    let mut parser = parser(dialect).with_tokens_with_locations(tokens);
    let parsed = parser.parse_statements().and_then(|statements| match parser.peek_token() {
        rest if rest.token == Token::EOF => Ok(statements),
        // The parser stops at `end`, as at the end of a block.
        rest => parser.expected("end of statement", rest),
    });
    match parsed {
        Ok(statements) => Ok(Parsed::Statements(statements)),
        Err(_) if command => Ok(Parsed::Command),
        Err(error) => Err(refusal(error, source, end, sugar)),
    }
}

/// Parses a text that must be a single query, for a view.
pub(crate) fn parse_query(sql: &str, dialect: Dialect) -> Option<ParsedQuery> {
    let tokens = tokenize(sql, dialect).ok().filter(|tokens| checks::too_long(tokens).is_none())?;
    let mut sugar = SideTable::default();
    let tokens = desugar::desugar(tokens, grammar(dialect).desugaring, &mut sugar);
    let mut parser = parser(dialect).with_tokens_with_locations(tokens);
    let tree = *parser.parse_query().ok()?;
    (parser.peek_token().token == Token::EOF).then_some(ParsedQuery { tree, sugar })
}

/// Parses a text that must be a single type.
pub(crate) fn parse_type(text: &str, dialect: Dialect) -> Option<DataType> {
    let mut parser = Parser::new(grammar(dialect).parser).try_with_sql(text).ok()?;
    let ty = parser.parse_data_type().ok()?;
    (parser.peek_token().token == Token::EOF).then_some(ty)
}

/// A parser for a dialect, with the recursion limit.
fn parser(dialect: Dialect) -> Parser<'static> {
    Parser::new(grammar(dialect).parser).with_recursion_limit(DEPTH)
}

/// Whether a text that the parser rejects is a statement without a result and without relevant parts.
fn is_command(tokens: &[TokenWithSpan]) -> bool {
    COMMANDS.iter().any(|command| {
        command.len() <= tokens.len()
            && command.iter().zip(tokens).all(|(word, token)| is_word(&token.token, word))
    })
}

/// The parser's message and its byte; `None` if it is about the end.
fn message(error: ParserError) -> (String, Option<usize>) {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
        ParserError::RecursionLimitExceeded => return ("nested too deeply".to_owned(), Some(0)),
    };
    match message.rsplit_once(" at Line: 1, Column: ") {
        Some((message, column)) => {
            (message.to_owned(), column.parse().ok().map(|column: usize| column.saturating_sub(1)))
        }
        None => (message, None),
    }
}

fn refusal(error: ParserError, source: &Source<'_>, end: usize, sugar: &SideTable) -> Refusal {
    if matches!(error, ParserError::RecursionLimitExceeded) {
        return Refusal { message: message(error).0, span: Span::new(0, end) };
    }
    let (message, start) = message(error);
    let start = start.unwrap_or(end);
    let span = source.token_at(start);
    // A name that desugaring created is shown as the original text.
    let message = match message.split_once(", found: ").filter(|_| sugar.starts_at(start)) {
        Some((expected, _)) => format!("{expected}, found: {}", span.of(source.sql())),
        None => message,
    };
    Refusal { message, span }
}
