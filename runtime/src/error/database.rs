//! What a server says when it refuses a statement, in one shape for all servers.

use std::{borrow::Cow, error::Error, fmt};

use aio_databases_sql::{Dialect, Position};

use super::{QueryPlace, at};

/// The server's own error.
#[derive(Debug)]
pub struct DatabaseError {
    pub(crate) backend: Dialect,
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

impl DatabaseError {
    /// Which kind of server said it.
    pub fn backend(&self) -> Dialect {
        self.backend
    }

    /// The server's code: PostgreSQL's SQLSTATE (`23505`), MySQL's number (`1062`), SQLite's extended result code
    /// (`2067`).
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// See [`Error::is_serialization_failure`](crate::Error::is_serialization_failure).
    pub(crate) fn is_serialization_failure(&self) -> bool {
        let codes: &[&str] = match self.backend {
            Dialect::Postgres => &["40001", "40P01"],
            Dialect::Mysql => &["1205", "1213"],
            // SQLITE_BUSY_SNAPSHOT
            Dialect::Sqlite => &["517"],
        };
        self.code().is_some_and(|code| codes.contains(&code))
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

    /// Whether it may be about one row of several that went at once: not about the connection, other transactions, or
    /// what the server has no room or time for.
    pub(super) fn is_of_a_row(&self) -> bool {
        let Some(code) = self.code() else { return false };
        match self.backend {
            Dialect::Sqlite => sqlite_is_of_a_row(code, &self.message),
            Dialect::Postgres => {
                !["08", "25", "40", "53", "55", "57", "58", "XX"].iter().any(|class| code.starts_with(class))
            }
            // Dead locks and time-outs, interruptions, read-only transactions and servers.
            Dialect::Mysql => !matches!(
                code,
                "1053"
                    | "1205"
                    | "1213"
                    | "1290"
                    | "1317"
                    | "1792"
                    | "1836"
                    | "1927"
                    | "1969"
                    | "3024"
                    | "4031"
            ),
        }
    }

    /// The query.
    pub fn query(&self) -> Option<&QueryPlace> {
        self.query.as_deref()
    }

    /// Whether it is the server's last word: it shuts down, someone ended the session, or the session was idle for too
    /// long.
    pub(super) fn ends_connection(&self) -> bool {
        let Some(code) = self.code() else { return false };
        match self.backend {
            Dialect::Sqlite => false,
            Dialect::Postgres => {
                code.starts_with("08") || matches!(code, "57P01" | "57P02" | "57P05" | "25P03" | "25P04")
            }
            Dialect::Mysql => code
                .parse()
                .is_ok_and(|code| matches!(code, 1053_u16 | 1152..=1161 | 1184 | 1835 | 1927 | 3169 | 4031)),
        }
    }

    pub(super) fn place_at(&mut self, place: impl FnOnce() -> QueryPlace) {
        self.query.get_or_insert_with(|| Box::new(place()));
    }
}

/// The same for SQLite's extended result codes: the lowest byte is the kind of error.
fn sqlite_is_of_a_row(code: &str, message: &str) -> bool {
    match code.parse::<i32>().map(|code| code & 0xff) {
        // SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH
        Ok(18..=20) => true,
        // SQLITE_ERROR: what a function makes of its arguments, but also what is gone since the statement was prepared.
        Ok(1) => !message.starts_with("no such "),
        _ => false,
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.backend.title(), self.message)?;
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
            write!(f, "\n  {detail}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        at(f, self.query.as_deref())
    }
}

impl Error for DatabaseError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
