//! Reads queries from arguments, files and standard input.

use std::{
    fs,
    io::{self, IsTerminal as _, Read as _},
    path::Path,
};

use aio_databases_sql::{Dialect, Position, Span, TokenKind, lex, split};

use crate::{
    Failure,
    args::Describe,
    target::{reason, shown},
};

/// A text with queries.
pub(crate) struct Text {
    /// The file's name. An argument, which is a single query, has none.
    pub(crate) file: Option<String>,
    pub(crate) sql: String,
}

/// A statement of a text.
pub(crate) struct Statement {
    /// The place, including the comments above it and after it on its last line. Comments can contain instructions for
    /// the analyzer.
    pub(crate) at: Span,
    /// The line of its start, from 1.
    pub(crate) line: usize,
}

impl Text {
    /// Its queries: the whole argument, or the statements of the file.
    pub(crate) fn statements(&self, dialect: Dialect) -> Vec<Statement> {
        if self.file.is_none() {
            return vec![Statement { at: Span::new(0, self.sql.len()), line: 1 }];
        }
        let mut statements: Vec<Statement> = Vec::new();
        for at in split(&self.sql, dialect) {
            let before = statements.last_mut().map(|last| &mut last.at.end);
            let start = claim(&self.sql, dialect, before, at.start);
            let line = Position::of(&self.sql, at.start).line;
            statements.push(Statement { at: Span::new(start, at.end), line });
        }
        if let Some(last) = statements.last_mut() {
            claim(&self.sql, dialect, Some(&mut last.at.end), self.sql.len());
        }
        statements
    }
}

/// Divides the comments between two statements. Those on the last line of the first statement belong to it, and its end
/// is moved. The others belong to the next statement, whose new start is returned.
fn claim(sql: &str, dialect: Dialect, before: Option<&mut usize>, next: usize) -> usize {
    let from = before.as_deref().copied().unwrap_or_default();
    let mut behind = before;
    let mut above = None;
    for token in lex(&sql[from..next], dialect) {
        let span = Span::new(from + token.span.start, from + token.span.end);
        if token.is_significant() {
            above = None;
            if span.of(sql) != ";" {
                behind = None;
            }
        } else if matches!(token.kind, TokenKind::LineComment | TokenKind::BlockComment) {
            match &mut behind {
                Some(end) => **end = span.end,
                None => _ = above.get_or_insert(span.start),
            }
        }
        if span.of(sql).contains('\n') {
            behind = None;
        }
    }
    above.unwrap_or(next)
}

/// The queries that the arguments name.
pub(crate) fn texts(args: &Describe) -> Result<Vec<Text>, Failure> {
    let mut texts = Vec::new();
    for sql in &args.sql {
        texts.push(if sql == "-" { standard_input()? } else { Text { file: None, sql: sql.clone() } });
    }
    for path in &args.files {
        texts.push(if path == Path::new("-") { standard_input()? } else { file(path)? });
    }
    if texts.is_empty() {
        if io::stdin().is_terminal() {
            return Err("no query given; add one, `aio-databases describe \"select 1\"`, or a file, `--file query.sql`"
                .to_owned()
                .into());
        }
        texts.push(standard_input()?);
    }
    Ok(texts)
}

/// Opens a file for reading.
pub(crate) fn open(path: &Path) -> Result<fs::File, Failure> {
    fs::File::open(path)
        .map_err(|error| Failure::Told(format!("can't read {}: {}", shown(path), reason(path, &error))))
}

/// The text of a file.
pub(crate) fn file(path: &Path) -> Result<Text, Failure> {
    let failure = |reason: String| Failure::Told(format!("can't read {}: {reason}", shown(path)));
    let bytes = fs::read(path).map_err(|error| failure(reason(path, &error)))?;
    let sql = String::from_utf8(bytes).map_err(|_| failure("it is not UTF-8".to_owned()))?;
    Ok(Text { file: Some(path.display().to_string()), sql: without_mark(sql) })
}

fn standard_input() -> Result<Text, Failure> {
    let mut sql = String::new();
    io::stdin()
        .read_to_string(&mut sql)
        .map_err(|error| Failure::Told(format!("can't read standard input: {error}")))?;
    Ok(Text { file: Some("<stdin>".to_owned()), sql: without_mark(sql) })
}

/// Some editors write a byte order mark at the start of a file.
fn without_mark(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_with_their_statement() {
        let sql = "-- a\n\n/* b */ select 1; -- c\n-- d\nselect 2; /* e\n */ -- f\nselect 3;;\n-- g\n";
        let text = Text { file: Some(String::new()), sql: sql.to_owned() };
        let statements = text.statements(Dialect::Sqlite);
        let found: Vec<_> = statements.iter().map(|it| (it.at.of(sql), it.line)).collect();
        assert_eq!(
            found,
            [("-- a\n\n/* b */ select 1; -- c", 3), ("-- d\nselect 2; /* e\n */", 5), ("-- f\nselect 3", 7),]
        );
    }
}
