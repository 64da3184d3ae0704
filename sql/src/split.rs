//! Splits a script into statements.

use crate::{Dialect, Lexer, Span, Token, TokenKind, blocks::Blocks, lex::chars::is_space};

/// The statements of a script, each without its `;` and the space and comments around it. Empty statements are left
/// out.
///
/// A `;` does not end a statement in quotes and comments, in PostgreSQL's brackets and `begin atomic … end`, and in the
/// bodies of SQLite triggers and of MySQL procedures, functions, triggers and events. MySQL's `delimiter` commands are
/// followed. psql's commands (`\connect x`) and the data after `copy … from stdin;` are left out.
///
/// Any text is accepted. A statement whose quote or comment is not closed continues to the end.
///
/// ```
/// use aio_databases_sql::{Dialect, split};
///
/// let script = "create table a (b text); -- the first\ninsert into a values (';');";
/// let statements: Vec<&str> = split(script, Dialect::Sqlite).map(|span| span.of(script)).collect();
/// assert_eq!(statements, ["create table a (b text)", "insert into a values (';')"]);
/// ```
pub fn split(script: &str, dialect: Dialect) -> impl Iterator<Item = Span> {
    Splitter {
        script,
        dialect,
        lexer: Lexer::new(script, dialect),
        blocks: Blocks::new(dialect),
        delimiter: None,
    }
}

struct Splitter<'a> {
    script: &'a str,
    dialect: Dialect,
    lexer: Lexer<'a>,
    blocks: Blocks,
    /// The delimiter that a MySQL `delimiter` command set instead of `;`.
    delimiter: Option<&'a str>,
}

impl Iterator for Splitter<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let mut statement: Option<Span> = None;
        while let Some(token) = self.lexer.next() {
            if !token.is_significant() {
                continue;
            }
            if statement.is_none() && self.skip_command(token) {
                continue;
            }
            match self.end_in(token) {
                Some(end) => {
                    if end > token.span.start {
                        statement.get_or_insert(token.span).end = end;
                    }
                    if statement.is_some() {
                        break;
                    }
                }
                None => statement.get_or_insert(token.span).end = token.span.end,
            }
        }
        if let Some(span) = statement {
            self.skip_copied_data(span);
        }
        statement
    }
}

impl<'a> Splitter<'a> {
    /// The end of the statement, if it is in `token`.
    fn end_in(&mut self, token: Token) -> Option<usize> {
        let Some(delimiter) = self.delimiter else { return self.semicolon(token) };
        let quoted = matches!(
            token.kind,
            TokenKind::String
                | TokenKind::QuotedIdentifier
                | TokenKind::BitString
                | TokenKind::Unterminated(_)
        );
        // A delimiter can be several tokens (`//`), or the end of a token (`end$$`).
        let ends =
            if quoted { token.span.start..=token.span.start } else { token.span.start..=token.span.end - 1 };
        let at = ends.into_iter().find(|&at| self.script.as_bytes()[at..].starts_with(delimiter.as_bytes()));
        // The text between two delimiters is sent to the server as one piece, even if it has several statements.
        let Some(at) = at else { return self.semicolon(token) };
        self.restart(at + delimiter.len());
        Some(at)
    }

    /// The end of the statement, if `token` is a `;` that ends it.
    fn semicolon(&mut self, token: Token) -> Option<usize> {
        self.blocks.ends_at(token, self.script).then_some(token.span.start)
    }

    fn restart(&mut self, at: usize) {
        self.lexer.restart(at);
        self.blocks = Blocks::new(self.dialect);
    }

    /// If `token` starts a line for the server's command-line client, skips that line.
    fn skip_command(&mut self, token: Token) -> bool {
        let at = token.span.start;
        let text = token.span.of(self.script);
        let line_start = self.script[..at].ends_with('\n') || at == 0;
        let client = &self.dialect.facts().client;
        let is_word = |word| token.kind == TokenKind::Word && text.eq_ignore_ascii_case(word);
        match text {
            "\\" if client.backslash_commands && line_start => {
                self.restart(self.line_end(at));
                true
            }
            _ if client.delimiter && is_word("delimiter") => {
                let end = self.line_end(at);
                let argument =
                    self.script[token.span.end..end].split(is_space_char).find(|word| !word.is_empty());
                let Some(delimiter) = argument else { return false };
                self.delimiter = (delimiter != ";").then_some(delimiter);
                self.restart(end);
                true
            }
            _ => false,
        }
    }

    /// Skips the lines up to `\.` after `copy … from stdin;`.
    fn skip_copied_data(&mut self, statement: Span) {
        if !self.dialect.facts().client.copied_rows
            || !is_copy_from_stdin(statement.of(self.script), self.dialect)
        {
            return;
        }
        let first_line = self.line_end(self.lexer.at());
        let rest = &self.script[first_line..];
        let mut at = first_line;
        for line in rest.split_inclusive('\n') {
            at += line.len();
            if line.trim_end() == "\\." {
                break;
            }
        }
        self.restart(at);
    }

    fn line_end(&self, at: usize) -> usize {
        self.script[at..].find('\n').map_or(self.script.len(), |n| at + n)
    }
}

fn is_space_char(letter: char) -> bool {
    u8::try_from(letter).is_ok_and(is_space)
}

fn is_copy_from_stdin(statement: &str, dialect: Dialect) -> bool {
    let starts = statement.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("copy"));
    starts && {
        let words = Lexer::new(statement, dialect).filter(|token| token.kind == TokenKind::Word);
        let words: Vec<&str> = words.map(|token| token.span.of(statement)).collect();
        words
            .windows(2)
            .any(|pair| pair[0].eq_ignore_ascii_case("from") && pair[1].eq_ignore_ascii_case("stdin"))
    }
}
