//! Queries, and where they come from: arguments, files, standard input.

use std::{
    fs,
    io::{self, IsTerminal as _, Read as _},
    path::Path,
};

use aio_databases_sql::{Dialect, Span, split};

use crate::{
    Failure,
    args::Describe,
    target::{reason, shown},
};

/// A text with queries.
pub(crate) struct Text {
    /// The file's name; none for an argument, which is one query.
    pub(crate) file: Option<String>,
    pub(crate) sql: String,
}

impl Text {
    /// The queries in it: the whole of an argument, the statements of a file.
    pub(crate) fn statements(&self, dialect: Dialect) -> Vec<Span> {
        match self.file {
            Some(_) => split(&self.sql, dialect).collect(),
            None => vec![Span::new(0, self.sql.len())],
        }
    }
}

/// What the arguments name.
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
            return Err("no query: write one, `aio-databases describe \"select 1\"`, or name a file, `--file query.sql`"
                .to_owned()
                .into());
        }
        texts.push(standard_input()?);
    }
    Ok(texts)
}

/// A file, to be read.
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

/// Some editors begin a file with a mark of its encoding.
fn without_mark(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}
