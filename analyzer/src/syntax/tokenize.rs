//! Splits text into tokens whose places are bytes.

use aio_databases_sql::{Dialect, Span};
use sqlparser::tokenizer::{Location, TokenWithSpan, Tokenizer};

use super::{
    Refusal,
    grammar::grammar,
    numbers,
    tokens::{self, is_space},
};

/// The tokens of a text, without space, with byte offsets for places.
pub(super) fn tokenize(sql: &str, dialect: Dialect) -> Result<Vec<TokenWithSpan>, Refusal> {
    let mut walk = Walk::new(sql);
    let grammar = grammar(dialect);
    match Tokenizer::new(grammar.lexer, sql).tokenize_with_location() {
        Ok(mut tokens) => {
            for token in &mut tokens {
                let start = walk.offset(token.span.start);
                let end = walk.offset(token.span.end);
                token.span = tokens::at(Span::new(start, end));
            }
            if grammar.joins_numbers {
                tokens = numbers::join(tokens, sql)?;
            }
            tokens.retain(|token| !is_space(&token.token));
            Ok(tokens)
        }
        Err(error) => {
            let start = walk.offset(error.location);
            Err(Refusal { message: error.message, span: Span::new(start, sql.len()) })
        }
    }
}

/// The tokens of a part of a text, with byte offsets in the whole text.
pub(super) fn tokenize_part(sql: &str, part: Span, dialect: Dialect) -> Result<Vec<TokenWithSpan>, Refusal> {
    let mut tokens = tokenize(part.of(sql), dialect)?;
    for token in &mut tokens {
        let own = tokens::span(token.span).unwrap_or_default();
        token.span = tokens::at(Span::new(own.start + part.start, own.end + part.start));
    }
    Ok(tokens)
}

/// Converts increasing lines and columns to byte offsets.
struct Walk<'a> {
    sql: &'a str,
    /// Whether every character is one byte.
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
