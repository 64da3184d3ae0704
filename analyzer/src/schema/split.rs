//! A script's statements, as tokens.

use std::ops::Range;

use aio_databases_sql::{Dialect, Span, TokenKind, lex, split};

use super::cursor::{Cursor, Kind, Tok};

/// A script's tokens, and its statements.
pub(super) struct Script<'a> {
    text: &'a str,
    dialect: Dialect,
    toks: Vec<Tok>,
    statements: Vec<Range<usize>>,
}

impl<'a> Script<'a> {
    /// A file, without the part that reverts it.
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self::of(text, Span::new(0, way_up(text)), dialect)
    }

    /// The statements in a part of a text.
    pub(super) fn of(text: &'a str, part: Span, dialect: Dialect) -> Self {
        let mut script = Script { text, dialect, toks: Vec::new(), statements: Vec::new() };
        for statement in split(part.of(text), dialect) {
            let start = script.toks.len();
            script.read(Span::new(part.start + statement.start, part.start + statement.end));
            script.statements.push(start..script.toks.len());
        }
        script
    }

    /// The tokens of a part of a text, without splitting it into statements.
    pub(super) fn whole(text: &'a str, part: Span, dialect: Dialect) -> Self {
        let mut script = Script { text, dialect, toks: Vec::new(), statements: Vec::new() };
        script.read(part);
        script
    }

    pub(super) fn statements(&self) -> impl Iterator<Item = Cursor<'_>> {
        self.statements.iter().map(|range| Cursor::new(self.text, &self.toks[range.clone()], self.dialect))
    }

    /// All tokens, as one sequence.
    pub(super) fn cursor(&self) -> Cursor<'_> {
        Cursor::new(self.text, &self.toks, self.dialect)
    }

    fn read(&mut self, part: Span) {
        for token in lex(part.of(self.text), self.dialect) {
            if let Some(kind) = kind(token.kind) {
                let span = Span::new(token.span.start + part.start, token.span.end + part.start);
                self.toks.push(Tok { kind, span });
            }
        }
    }
}

/// The kind of a token; `None` for white space, comments, and the markers around code for MySQL only.
fn kind(kind: TokenKind) -> Option<Kind> {
    match kind {
        TokenKind::Space
        | TokenKind::LineComment
        | TokenKind::BlockComment
        | TokenKind::CodeOpen
        | TokenKind::CodeClose => None,
        TokenKind::Word => Some(Kind::Word),
        TokenKind::QuotedIdentifier => Some(Kind::Quoted),
        TokenKind::String | TokenKind::EscapeString => Some(Kind::Str),
        TokenKind::DollarString => Some(Kind::Dollar),
        _ => Some(Kind::Other),
    }
}

/// The end of the part of a file to run. Some tools have both directions in one file, and mark the down migration with
/// a comment.
fn way_up(text: &str) -> usize {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(comment) = line.trim_start().strip_prefix("--") {
            let words: Vec<String> = comment.split_whitespace().map(str::to_ascii_lowercase).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if matches!(words.as_slice(), ["+goose" | "+migrate", "down", ..] | ["migrate:down", ..]) {
                return start;
            }
        }
        start += line.len();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_down_is_not_read() {
        let cases = [
            ("-- migrate:up\ncreate table a (b int);\n-- migrate:down\ndrop table a;", 1),
            ("-- +goose Up\nselect 1; select 2;\n-- +goose Down\nselect 3;", 2),
            ("-- down\nselect 1;", 1),
        ];
        for (text, count) in cases {
            assert_eq!(Script::new(text, Dialect::Postgres).statements().count(), count, "{text}");
        }
    }
}
