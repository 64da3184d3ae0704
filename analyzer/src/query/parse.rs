//! From a template to a syntax tree, the places of which are bytes of the rendered text.
//!
//! The parser's own places are lines and columns. They are rewritten before parsing: line 1, and for a column the
//! byte's offset plus one.

use aio_databases_sql::{Dialect, Span, Template};
use sqlparser::{
    ast::{Query, Statement},
    dialect,
    parser::{Parser, ParserError},
    tokenizer::{Location, Span as At, Token, TokenWithSpan, Tokenizer},
};

use super::{
    dialect::{Mysql, Postgres, Sqlite},
    help, numbers,
    sqlite::{self, Pragma},
    strict,
    text::Text,
    verbs,
};

/// How deep the parser may nest.
const DEPTH: usize = 120;

/// What the parser could not take: in its words, and where.
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) span: Span,
}

/// What a statement is.
pub(crate) enum Parsed {
    /// As the parser sees it, which may be more than one.
    Statements(Vec<Statement>),
    /// SQLite's `pragma`.
    Pragma(Pragma),
    /// One that the parser does not know, and that gives no result.
    Command,
}

/// A text's statement; several ones in SQLite, each with its place.
pub(crate) type Pieces = Vec<(Span, Parsed)>;

/// The rules of the parser for a dialect.
pub(crate) fn rules(dialect: Dialect) -> &'static dyn dialect::Dialect {
    match dialect {
        Dialect::Postgres => &Postgres,
        Dialect::Sqlite => &Sqlite,
        Dialect::Mysql => &Mysql,
    }
}

/// Parses a query; its tokens and the ways back to the user's text come along.
pub(crate) fn parse(template: &Template) -> (Text<'_>, Result<Pieces, Refusal>) {
    let dialect = template.dialect();
    let mut text = Text::new(template);
    let mut tokens = match tokenize(text.sql(), dialect) {
        Ok(tokens) => tokens,
        Err(refusal) => return (text, Err(refusal)),
    };
    text.set_tokens(&tokens);
    tokens.retain(|token| !is_space(&token.token));
    if let Some(refusal) = strict::too_long(&tokens).or_else(|| strict::check(&tokens, dialect)) {
        return (text, Err(refusal));
    }
    let pieces = pieces(&text).into_iter().map(|place| {
        let start = tokens.partition_point(|token| offset(token) < place.start);
        let end = tokens.partition_point(|token| offset(token) < place.end);
        Ok((place, piece(tokens[start..end].to_vec(), place.end, &text, dialect)?))
    });
    let pieces = pieces.collect();
    (text, pieces)
}

/// Where the statements are.
fn pieces(text: &Text<'_>) -> Vec<Span> {
    match text.statements() {
        [] => vec![Span::new(0, text.sql().trim_end().len())],
        several => several.to_vec(),
    }
}

fn piece(
    tokens: Vec<TokenWithSpan>,
    end: usize,
    text: &Text<'_>,
    dialect: Dialect,
) -> Result<Parsed, Refusal> {
    if let Some(pragma) = sqlite::pragma(&tokens).filter(|_| dialect == Dialect::Sqlite) {
        return pragma.map(Parsed::Pragma);
    }
    if let Some(refusal) = verbs::check(&tokens, dialect) {
        return Err(refusal);
    }
    let command = help::is_command(&tokens);
    let mut parser = parser(dialect).with_tokens_with_locations(help::rewrite(tokens, dialect));
    let parsed = parser.parse_statements().and_then(|statements| match parser.peek_token() {
        rest if rest.token == Token::EOF => Ok(statements),
        // It stops at `end`, as if a block's.
        rest => parser.expected("end of statement", rest),
    });
    match parsed {
        Ok(statements) => Ok(Parsed::Statements(statements)),
        Err(_) if command => Ok(Parsed::Command),
        Err(error) => Err(refusal(error, text, end)),
    }
}

/// A token's first byte.
fn offset(token: &TokenWithSpan) -> usize {
    (token.span.start.column as usize).saturating_sub(1)
}

/// Parses a text that is one query and nothing more: a view's.
pub(crate) fn parse_query(sql: &str, dialect: Dialect) -> Option<Query> {
    let mut tokens = tokenize(sql, dialect).ok().filter(|tokens| strict::too_long(tokens).is_none())?;
    tokens.retain(|token| !is_space(&token.token));
    let tokens = help::rewrite(tokens, dialect);
    let mut parser = parser(dialect).with_tokens_with_locations(tokens);
    let query = parser.parse_query().ok()?;
    (parser.peek_token().token == Token::EOF).then_some(*query)
}

/// A parser of a dialect that nests as deep as it may.
pub(super) fn parser(dialect: Dialect) -> Parser<'static> {
    Parser::new(rules(dialect)).with_recursion_limit(DEPTH)
}

/// The tokens of a part of a text, with byte offsets in the whole.
pub(super) fn tokenize_part(sql: &str, part: Span, dialect: Dialect) -> Result<Vec<TokenWithSpan>, Refusal> {
    let mut tokens = tokenize(part.of(sql), dialect)?;
    for token in &mut tokens {
        let at = span(token.span).unwrap_or_default();
        token.span = At::new(place(at.start + part.start), place(at.end + part.start));
    }
    Ok(tokens)
}

/// The tokens of a text, with byte offsets for places.
fn tokenize(sql: &str, dialect: Dialect) -> Result<Vec<TokenWithSpan>, Refusal> {
    let mut walk = Walk::new(sql);
    let lexer = if dialect == Dialect::Postgres { &numbers::Lexer } else { rules(dialect) };
    match Tokenizer::new(lexer, sql).tokenize_with_location() {
        Ok(mut tokens) => {
            for token in &mut tokens {
                let start = walk.offset(token.span.start);
                let end = walk.offset(token.span.end);
                token.span = At::new(place(start), place(end));
            }
            if dialect == Dialect::Postgres { numbers::join(tokens, sql) } else { Ok(tokens) }
        }
        Err(error) => {
            let start = walk.offset(error.location);
            Err(Refusal { message: error.message, span: Span::new(start, sql.len()) })
        }
    }
}

/// Finds bytes by lines and columns that only grow.
struct Walk<'a> {
    sql: &'a str,
    /// Whether a character is a byte.
    ascii: bool,
    byte: usize,
    line: u64,
    column: u64,
}

impl<'a> Walk<'a> {
    fn new(sql: &'a str) -> Self {
        Walk { sql, ascii: sql.is_ascii(), byte: 0, line: 1, column: 1 }
    }

    fn offset(&mut self, to: Location) -> usize {
        if self.ascii && to.line == self.line && to.column >= self.column {
            self.byte = self.sql.len().min(self.byte + (to.column - self.column) as usize);
            self.column = to.column;
            return self.byte;
        }
        for c in self.sql[self.byte..].chars() {
            if (self.line, self.column) >= (to.line, to.column) {
                break;
            }
            self.byte += c.len_utf8();
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.byte
    }
}

pub(super) fn place(offset: usize) -> Location {
    Location::new(1, offset as u64 + 1)
}

/// The bytes that a part of the syntax tree covers; `None` where the parser does not say.
pub(crate) fn span(at: At) -> Option<Span> {
    (at.start.line > 0).then(|| Span::new(at.start.column as usize - 1, at.end.column.max(1) as usize - 1))
}

fn refusal(error: ParserError, text: &Text<'_>, end: usize) -> Refusal {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
        ParserError::RecursionLimitExceeded => {
            return Refusal { message: "nested too deeply".to_owned(), span: Span::new(0, end) };
        }
    };
    let (message, start) = match message.rsplit_once(" at Line: 1, Column: ") {
        Some((message, column)) => (message, column.parse().map_or(end, |c: usize| c.saturating_sub(1))),
        None => (message.as_str(), end),
    };
    let span = text.token_at(start);
    // What was put into the parser's words is told as its author wrote it.
    let message = match message.split_once(", found: ").filter(|(_, found)| found.contains('\u{1}')) {
        Some((expected, _)) => format!("{expected}, found: {}", span.of(text.sql())),
        None => message.replace('\u{1}', ""),
    };
    Refusal { message, span }
}

/// A token without its whitespace kin, as far as help with the text needs it.
pub(crate) fn is_space(token: &Token) -> bool {
    matches!(token, Token::Whitespace(_))
}
