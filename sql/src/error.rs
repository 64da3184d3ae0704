//! What can be wrong with a query's text and the arguments it is given.

use std::fmt;

use crate::{Position, Span};

/// A mistake in a query's text or in what it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// What kind of mistake it is.
    pub kind: ErrorKind,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where in the text.
    pub span: Span,
    /// Where `span` starts, for people.
    pub position: Position,
    /// What to type instead.
    pub help: Option<String>,
}

/// A kind of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no statement, only space and comments.
    Empty,
    /// There is more than one statement.
    SeveralStatements,
    /// A quote or a comment is not closed.
    Unterminated,
    /// Two styles of placeholders in one query.
    MixedStyles,
    /// `$3` without a `$2`.
    Gap,
    /// `$0` or `?0`.
    Zero,
    /// A number, or a count, of placeholders that no server takes.
    TooLarge,
    /// What looks like a placeholder and is none: `{}`, `{0}`, `:1`, `%d`.
    NotAPlaceholder,
    /// A placeholder that is part of a name: `table_{name}`.
    PartOfName,
    /// A placeholder in MySQL's `/*!50100 … */`, which only some servers read.
    InVersionComment,
    /// More or fewer arguments than placeholders.
    WrongCount,
    /// Arguments by name where the query numbers them, or the other way round.
    WrongArguments,
    /// A placeholder whose name no argument has.
    MissingName,
    /// An argument whose name no placeholder has.
    UnusedName,
    /// Two arguments of one name.
    RepeatedName,
}

impl ErrorKind {
    /// Its name for machines: `several-statements`.
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

/// The message, its place, and the help.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}, column {})", self.message, self.position.line, self.position.column)?;
        self.help.iter().try_for_each(|help| write!(f, ": {help}"))
    }
}

impl std::error::Error for Error {}
