//! What a server says when it refuses a statement, in one shape for all servers.

use std::{borrow::Cow, error::Error, fmt};

use aio_databases_sql::Position;

use super::printable::Printable;
use super::{QueryPlace, at};
use crate::Backend;

/// The server's own error.
#[derive(Debug)]
pub struct DatabaseError {
    pub(crate) backend: Backend,
    pub(crate) class: ErrorClass,
    pub(crate) code: Option<Cow<'static, str>>,
    pub(crate) message: String,
    pub(crate) detail: Option<String>,
    pub(crate) hint: Option<String>,
    pub(crate) constraint: Option<String>,
    pub(crate) violated: Option<ConstraintKind>,
    pub(crate) at: Option<ErrorAt>,
    pub(crate) row: Option<usize>,
    pub(crate) query: Option<Box<QueryPlace>>,
    pub(crate) source: Option<Box<dyn Error + Send + Sync>>,
}

/// Where in a text a server points, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorAt {
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
    Byte(usize),
    #[cfg_attr(not(feature = "postgres"), allow(dead_code))]
    Character(usize),
}

/// The kinds of constraints that a statement can violate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConstraintKind {
    /// A primary key, a unique constraint or a unique index.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// `not null`.
    NotNull,
    /// `check`.
    Check,
}

/// What an error means for the code around the statement. Each backend knows its own codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorClass {
    /// See [`Error::is_serialization_failure`](crate::Error::is_serialization_failure).
    pub(crate) is_serialization_failure: bool,
    /// Whether one row of several that were sent together can be the cause, rather than the connection, another transaction, or a
    /// lack of space or time.
    pub(crate) is_of_a_row: bool,
    /// Whether the server ends the session with it: it shuts down, someone terminated the session, or the session was idle for too
    /// long.
    pub(crate) ends_connection: bool,
    /// Whether the session might end soon after it, because someone might have terminated the session and not just the statement.
    pub(crate) may_end_connection: bool,
    /// What the statement has done, of an error that ends the connection.
    pub(crate) effect: Effect,
}

/// What a statement has done before its session ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nobody knows.
    #[default]
    Unknown,
    /// Whatever it did was rolled back.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code))]
    RolledBack,
    /// The server never ran it.
    #[cfg_attr(not(feature = "mysql"), allow(dead_code))]
    Nothing,
}

impl DatabaseError {
    /// Which kind of server said it.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The server's code: PostgreSQL's SQLSTATE (`23505`), MySQL's number (`1062`), SQLite's extended result code
    /// (`2067`).
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// What the server says.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What the server says in addition (PostgreSQL).
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// What the server proposes (PostgreSQL).
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The constraint that was violated: its name on PostgreSQL and MySQL; on SQLite, where most have none, the columns
    /// (`users.name`).
    pub fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    /// The kind of constraint that was violated, if that is what happened.
    pub fn violated(&self) -> Option<ConstraintKind> {
        self.violated
    }

    /// Where in the query's text the mistake is, as the server says (SQLite and PostgreSQL, for mistakes in the text).
    pub fn position(&self) -> Option<Position> {
        let sql = &self.query.as_deref()?.sql;
        let byte = match self.at? {
            ErrorAt::Byte(byte) => byte,
            ErrorAt::Character(character) => {
                sql.char_indices().nth(character).map_or(sql.len(), |(byte, _)| byte)
            }
        };
        Some(Position::of(sql, byte))
    }

    /// Of a statement for many rows (`executemany`): which of them it was, from 0, where that is known.
    pub fn row(&self) -> Option<usize> {
        self.row
    }

    /// The query.
    pub fn query(&self) -> Option<&QueryPlace> {
        self.query.as_deref()
    }

    pub(super) fn place_at(&mut self, place: impl FnOnce() -> QueryPlace) {
        self.query.get_or_insert_with(|| Box::new(place()));
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.backend.title(), Printable(&self.message))?;
        if let Some(code) = &self.code {
            write!(f, " (code {code})")?;
        }
        if let Some(Position { line, column }) = self.position() {
            write!(f, " at line {line}, column {column}")?;
        }
        if let Some(row) = self.row {
            write!(f, ", in row number {}", row + 1)?;
        }
        if let Some(detail) = &self.detail {
            write!(f, "\n  {}", Printable(detail))?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {}", Printable(hint))?;
        }
        at(f, self.query.as_deref())
    }
}

impl Error for DatabaseError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
