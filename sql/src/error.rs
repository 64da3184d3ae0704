//! Mistakes in a query's text and arguments.

use std::fmt;

use crate::{Position, Span};

/// A mistake in a query's text or arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// The kind of mistake.
    pub kind: ErrorKind,
    /// The message: one sentence without a full stop.
    pub message: String,
    /// The place in the text.
    pub span: Span,
    /// The line and column where `span` starts.
    pub position: Position,
    /// A suggestion of what to type instead.
    pub help: Option<String>,
}

/// A kind of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text has no statement, only space and comments.
    Empty,
    /// The text has more than one statement.
    SeveralStatements,
    /// A quote or a comment is not closed.
    Unterminated,
    /// Two styles of placeholders in one query.
    MixedStyles,
    /// `$3` without a `$2`.
    Gap,
    /// `$0` or `?0`.
    Zero,
    /// More placeholders, or a larger number, than any server accepts.
    TooLarge,
    /// Something that looks like a placeholder but isn't one: `{}`, `{0}`, `:1`, `%d`.
    NotAPlaceholder,
    /// A placeholder that is part of a name: `table_{name}`.
    PartOfName,
    /// A placeholder in MySQL's `/*!50100 … */`, which only some servers read.
    InVersionComment,
    /// More or fewer arguments than placeholders.
    WrongCount,
    /// Named arguments for numbered placeholders, or positional arguments for named ones.
    WrongArguments,
    /// A placeholder for which there is no argument.
    MissingName,
    /// An argument that no placeholder uses.
    UnusedName,
    /// Two arguments with the same name.
    RepeatedName,
}

impl ErrorKind {
    /// The name for programs: `several-statements`.
    pub const fn code(self) -> &'static str {
        match self {
            ErrorKind::Empty => "empty",
            ErrorKind::SeveralStatements => "several-statements",
            ErrorKind::Unterminated => "unterminated",
            ErrorKind::MixedStyles => "mixed-styles",
            ErrorKind::Gap => "gap",
            ErrorKind::Zero => "zero",
            ErrorKind::TooLarge => "too-large",
            ErrorKind::NotAPlaceholder => "not-a-placeholder",
            ErrorKind::PartOfName => "part-of-name",
            ErrorKind::InVersionComment => "in-version-comment",
            ErrorKind::WrongCount => "wrong-count",
            ErrorKind::WrongArguments => "wrong-arguments",
            ErrorKind::MissingName => "missing-name",
            ErrorKind::UnusedName => "unused-name",
            ErrorKind::RepeatedName => "repeated-name",
        }
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, sql: &str, span: Span, message: impl Into<String>) -> Self {
        let position = Position::of(sql, span.start);
        Error { kind, message: message.into(), span, position, help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Writes the message, its place, and the help.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}, column {})", self.message, self.position.line, self.position.column)?;
        self.help.iter().try_for_each(|help| write!(f, ": {help}"))
    }
}

impl std::error::Error for Error {}
