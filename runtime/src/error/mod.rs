//! The one error type.

mod connect;
mod database;
mod migrate;
mod place;
mod pool;
mod printable;
#[cfg(test)]
mod tests;
mod url;

use std::{borrow::Cow, fmt, io, time::Duration};

use aio_databases_sql::Dialect;

pub use connect::{ConnectError, ConnectProblem};
pub use database::{ConstraintKind, DatabaseError};
pub(crate) use database::{Effect, ErrorAt, ErrorClass};
pub use migrate::MigrateError;
pub use place::QueryPlace;
pub use pool::{Holder, LockTimedOut, PoolTimedOut};
pub use url::{UrlError, UrlProblem};

use crate::{DecodeError, EncodeError};

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whatever can go wrong between a program and its database.
///
/// [`Display`](fmt::Display) says what happened, in which query (file, line and text) and, where it is known, what to
/// do. `Debug` prints the same, because that is what a `main` that returns a `Result` and `unwrap` print. Neither ever shows a
/// password or an argument's value that the server did not repeat itself.
#[non_exhaustive]
pub enum Error {
    /// A URL that names no database that can be opened.
    Url(Box<UrlError>),
    /// The URL's scheme is known, but its backend was not compiled in.
    FeatureMissing {
        /// The scheme: `postgres`.
        scheme: String,
        /// The feature of this crate to enable: `postgres`.
        feature: &'static str,
    },
    /// No connection could be made.
    Connect(Box<ConnectError>),
    /// The server refused a statement.
    Database(Box<DatabaseError>),
    /// A value that came could not be read as the Rust type that was asked for.
    Decode {
        /// The column's index, from 0.
        index: usize,
        /// The column's name, where it is known.
        column: Option<String>,
        /// The query.
        query: Option<Box<QueryPlace>>,
        /// What is wrong with the value.
        source: Box<DecodeError>,
    },
    /// An argument could not be sent as the type that the server wants.
    Encode {
        /// The query.
        query: Option<Box<QueryPlace>>,
        /// Which argument, and what is wrong with it.
        source: Box<EncodeError>,
    },
    /// A text given at run time is not one statement with placeholders of one style, or its arguments are not those
    /// that its placeholders want.
    Sql {
        /// What is wrong, with what to write instead.
        message: String,
        /// The query.
        query: Box<QueryPlace>,
    },
    /// A query that always gives a row gave none.
    RowNotFound {
        /// The query.
        query: Box<QueryPlace>,
    },
    /// A [`Record`](crate::Record) has no such column.
    ColumnNotFound {
        /// What was asked for: a name, or an index.
        column: String,
        /// The columns that there are.
        columns: Vec<String>,
        /// The query, where it is known: a record does not keep it.
        query: Option<Box<QueryPlace>>,
    },
    /// A checked query runs on a backend for which it was not checked.
    NotChecked {
        /// The SQL that the database understands.
        dialect: Dialect,
        /// The dialects for which the query was checked.
        checked: Vec<Dialect>,
        /// The query.
        query: Box<QueryPlace>,
    },
    /// A stream of the same connection is open: waiting for it could last forever.
    Busy {
        /// The query whose rows are still being read.
        stream: Box<QueryPlace>,
    },
    /// An operation on this very connection was cancelled midway, and the connection could not be made good again.
    Interrupted {
        /// The query.
        query: Option<Box<QueryPlace>>,
    },
    /// A query took longer than its time limit: see [`Builder::query_timeout`](crate::Builder::query_timeout). It may have executed. In a
    /// transaction, on PostgreSQL nothing more can run then but the rollback.
    QueryTimedOut {
        /// The limit.
        after: Duration,
        /// The query; none if it was the beginning or the end of a transaction.
        query: Option<Box<QueryPlace>>,
    },
    /// No connection became free in time.
    PoolTimedOut(Box<PoolTimedOut>),
    /// SQLite: another connection of this process held the lock for longer than `acquire_timeout`.
    LockTimedOut(Box<LockTimedOut>),
    /// The database was disconnected while the connection was waited for.
    PoolClosed,
    /// No replica was given: [`Database::replica`](crate::Database::replica) has nowhere to read from.
    NoReplica,
    /// A transaction that was meant to be committed was rolled back instead: a statement in it had failed (after which
    /// PostgreSQL takes no more, and after some errors SQLite and MySQL have taken all back), or the transaction
    /// around it was rolled back.
    RolledBack {
        /// The statement that had failed, where it is known.
        query: Option<Box<QueryPlace>>,
    },
    /// What can't be done with a transaction.
    Transaction {
        /// What, with what to do instead.
        message: &'static str,
        /// The query.
        query: Option<Box<QueryPlace>>,
    },
    /// A statement that this library cannot run in this way; the connection can still be used.
    Unsupported {
        /// What is not supported, with what to do instead.
        message: &'static str,
        /// The query.
        query: Option<Box<QueryPlace>>,
    },
    /// The stream that a [copy](crate::Database::copy_in) read from failed, so nothing was copied.
    CopyData {
        /// The copy.
        query: Option<Box<QueryPlace>>,
        /// The stream's own error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A statement that may write, or a transaction that could, where only reading is allowed: on a replica, or in a
    /// transaction that only reads. Nothing was sent.
    ReadOnly {
        /// The query.
        query: Box<QueryPlace>,
    },
    /// The database could not be migrated.
    Migrate(Box<MigrateError>),
    /// The database is not the one that the program's queries were checked for.
    #[cfg(feature = "verify")]
    Verify(Box<crate::VerifyError>),
    /// The connection was lost.
    Io {
        /// The query, if one was running.
        query: Option<Box<QueryPlace>>,
        /// What the system or the driver says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server said something that the driver did not expect, or the driver itself failed.
    Protocol {
        /// The query, if one was running.
        query: Option<Box<QueryPlace>>,
        /// What the driver says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// The server's own error, if it is one.
    pub fn database(&self) -> Option<&DatabaseError> {
        match self {
            Error::Database(error) => Some(error),
            Error::Connect(error) => error.database(),
            _ => None,
        }
    }

    /// The server's code: PostgreSQL's SQLSTATE (`23505`), MySQL's number (`1062`), SQLite's extended result code
    /// (`2067`).
    ///
    /// ```
    /// # async fn example(db: aio_databases::Database) {
    /// if let Err(error) = db.execute("insert into users (name) values ($1)", ("Ada",)).await {
    ///     println!("code {:?}", error.code());
    /// }
    /// # }
    /// ```
    pub fn code(&self) -> Option<&str> {
        self.database()?.code()
    }

    /// Whether a row with the same key is there already.
    pub fn is_unique_violation(&self) -> bool {
        self.is(ConstraintKind::Unique)
    }

    /// Whether a foreign key refers to nothing, or something still refers to the row.
    pub fn is_foreign_key_violation(&self) -> bool {
        self.is(ConstraintKind::ForeignKey)
    }

    /// Whether a null was meant for a column that takes none.
    pub fn is_not_null_violation(&self) -> bool {
        self.is(ConstraintKind::NotNull)
    }

    /// Whether a `check` constraint forbids the row.
    pub fn is_check_violation(&self) -> bool {
        self.is(ConstraintKind::Check)
    }

    /// Whether the transaction ran into others and may succeed when it is tried again: a serialization failure or a
    /// deadlock (`40001` and `40P01` of PostgreSQL, 1205 and 1213 of MySQL, `SQLITE_BUSY_SNAPSHOT`).
    /// [`retry`](crate::TransactionBuilder::retry) does so.
    pub fn is_serialization_failure(&self) -> bool {
        self.database().is_some_and(|error| error.class.is_serialization_failure)
    }

    fn is(&self, kind: ConstraintKind) -> bool {
        self.database().and_then(DatabaseError::violated) == Some(kind)
    }

    /// The query that the error is about.
    pub fn query(&self) -> Option<&QueryPlace> {
        match self {
            Error::Database(error) => error.query(),
            Error::ColumnNotFound { query, .. }
            | Error::Decode { query, .. }
            | Error::Encode { query, .. }
            | Error::Interrupted { query }
            | Error::QueryTimedOut { query, .. }
            | Error::RolledBack { query }
            | Error::Transaction { query, .. }
            | Error::Unsupported { query, .. }
            | Error::CopyData { query, .. }
            | Error::Io { query, .. }
            | Error::Protocol { query, .. } => query.as_deref(),
            Error::Sql { query, .. }
            | Error::RowNotFound { query }
            | Error::NotChecked { query, .. }
            | Error::ReadOnly { query } => Some(query),
            Error::Busy { stream } => Some(stream),
            Error::LockTimedOut(error) => error.query.as_deref(),
            _ => None,
        }
    }

    /// Says which query it was, where that is not known yet.
    pub(crate) fn with_query(mut self, place: impl FnOnce() -> QueryPlace) -> Self {
        match &mut self {
            Error::Database(error) => error.place_at(place),
            Error::LockTimedOut(error) => {
                error.query = error.query.take().or_else(|| Some(Box::new(place())))
            }
            Error::ColumnNotFound { query, .. }
            | Error::Decode { query, .. }
            | Error::Encode { query, .. }
            | Error::QueryTimedOut { query, .. }
            | Error::Transaction { query, .. }
            | Error::Unsupported { query, .. }
            | Error::CopyData { query, .. }
            | Error::Interrupted { query }
            | Error::Io { query, .. }
            | Error::Protocol { query, .. }
                if query.is_none() =>
            {
                *query = Some(Box::new(place()));
            }
            _ => {}
        }
        self
    }

    /// Names the column of a decoding error.
    pub(crate) fn with_column(mut self, name: impl FnOnce(usize) -> Option<String>) -> Self {
        if let Error::Decode { index, column: column @ None, .. } = &mut self {
            *column = name(*index);
        }
        self
    }

    /// Says which of many rows it is about.
    #[cfg_attr(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")), expect(dead_code))]
    pub(crate) fn in_row(mut self, row: usize) -> Self {
        if let Error::Database(error) = &mut self {
            error.row = Some(row);
        }
        self
    }

    /// Whether it may be about one row of several that went at once.
    pub(crate) fn is_of_a_row(&self) -> bool {
        match self {
            Error::Encode { .. } => true,
            Error::Database(error) => error.class.is_of_a_row,
            _ => false,
        }
    }

    /// Whether nothing more can be done with the connection after it.
    pub(crate) fn ends_connection(&self) -> bool {
        match self {
            Error::Io { .. } | Error::Protocol { .. } => true,
            Error::Database(error) => error.class.ends_connection,
            _ => false,
        }
    }

    /// Whether the connection might end soon after it.
    pub(crate) fn may_end_connection(&self) -> bool {
        self.database().is_some_and(|error| error.class.may_end_connection)
    }

    /// What the statement has done that it ended, if the server says so.
    pub(crate) fn effect(&self) -> Effect {
        self.database().map_or(Effect::Unknown, |error| error.class.effect)
    }

    /// An error of the connection itself, after which nothing more can be done with it.
    pub(crate) fn io(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::Io { query: None, source: source.into() }
    }

    /// Something that only a mistake in a driver can cause.
    pub(crate) fn protocol(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::Protocol { query: None, source: source.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Url(error) => error.fmt(f),
            Error::FeatureMissing { scheme, feature } => write!(
                f,
                "this program was built without support for `{scheme}:`. In Cargo.toml, write \
                 aio-databases = {{ …, features = [\"{feature}\"] }}"
            ),
            Error::Connect(error) => error.fmt(f),
            Error::Database(error) => error.fmt(f),
            Error::Decode { index, column, query, source } => {
                match column {
                    Some(name) => write!(f, "column `{name}` (number {}): {source}", index + 1)?,
                    None => write!(f, "column number {}: {source}", index + 1)?,
                }
                at(f, query.as_deref())
            }
            Error::Encode { query, source } => {
                source.fmt(f)?;
                at(f, query.as_deref())
            }
            Error::Sql { message, query } => {
                f.write_str(message)?;
                at(f, Some(query))
            }
            Error::RowNotFound { query } => {
                f.write_str("the query gave no row, though it should always give one")?;
                at(f, Some(query))
            }
            Error::ColumnNotFound { column, columns, query } => {
                write!(f, "the record has no column {column}; it has {}", Listed(columns))?;
                at(f, query.as_deref())
            }
            Error::NotChecked { dialect, checked, query } => {
                write!(
                    f,
                    "the query was checked for {}, but the database is {}. In Cargo.toml, add \"{dialect}\" to \
                     `backends = […]` of [package.metadata.aio-databases]",
                    Titles(checked),
                    dialect.title(),
                )?;
                at(f, Some(query))
            }
            Error::Busy { stream } => {
                f.write_str(
                    "a stream of this connection is still open: read it to its end or drop it first, or use another \
                     connection",
                )?;
                at(f, Some(stream))
            }
            Error::Interrupted { query } => {
                f.write_str(
                    "an earlier operation on this connection was cancelled midway: take another connection",
                )?;
                at(f, query.as_deref())
            }
            Error::QueryTimedOut { after, query } => {
                match query {
                    Some(_) => write!(f, "the query timed out after {after:?}")?,
                    None => write!(f, "the beginning or end of a transaction timed out after {after:?}")?,
                }
                at(f, query.as_deref())
            }
            Error::PoolTimedOut(error) => error.fmt(f),
            Error::LockTimedOut(error) => {
                error.fmt(f)?;
                at(f, error.query.as_deref())
            }
            Error::Migrate(error) => error.fmt(f),
            #[cfg(feature = "verify")]
            Error::Verify(error) => error.fmt(f),
            Error::PoolClosed => {
                f.write_str("the database was disconnected while a connection was waited for")
            }
            Error::NoReplica => f.write_str(
                "no replica is configured: name one with `Database::builder(url).replica(url)`; where there is none, it may be \
                 the database's own URL",
            ),
            Error::RolledBack { query } => {
                f.write_str("the transaction was rolled back: ")?;
                f.write_str(match query {
                    Some(_) => "a statement in it had failed, and nothing of it was kept",
                    None => "one around it was, or a statement in it had failed",
                })?;
                at(f, query.as_deref())
            }
            Error::Transaction { message, query } => {
                f.write_str(message)?;
                at(f, query.as_deref())
            }
            Error::Unsupported { message, query } => {
                write!(f, "not supported: {message}")?;
                at(f, query.as_deref())
            }
            Error::CopyData { query, source } => {
                write!(f, "the stream of data for a copy failed, so nothing was copied: {source}")?;
                at(f, query.as_deref())
            }
            Error::ReadOnly { query } => {
                f.write_str(match &*query.sql {
                    "begin" => {
                        "a transaction may write, but only reading is allowed here: begin it with `read_only()`"
                    }
                    _ => {
                        "the query may write, but only reading is allowed here: run it outside of `replica()` and \
                         `read_only()`"
                    }
                })?;
                at(f, Some(query))
            }
            Error::Io { query, source } => {
                write!(f, "the connection to the database was lost: {source}")?;
                at(f, query.as_deref())
            }
            Error::Protocol { query, source } => {
                write!(f, "the database driver failed: {source}")?;
                at(f, query.as_deref())
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Url(error) => error.source(),
            Error::Connect(error) => error.source(),
            Error::Database(error) => error.source(),
            Error::Decode { source, .. } => source.source(),
            Error::Migrate(error) => error.source(),
            Error::CopyData { source, .. } | Error::Io { source, .. } | Error::Protocol { source, .. } => {
                Some(&**source)
            }
            _ => None,
        }
    }
}

impl From<crate::ColumnError> for Error {
    fn from(error: crate::ColumnError) -> Self {
        Error::Decode { index: error.column, column: None, query: None, source: Box::new(error.error) }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        io::Error::other(error)
    }
}

/// The query, on a line of its own.
fn at(f: &mut fmt::Formatter<'_>, query: Option<&QueryPlace>) -> fmt::Result {
    match query {
        Some(query) => write!(f, "\n  at {query}"),
        None => Ok(()),
    }
}

/// `a`, `b` and `c`.
pub(crate) struct Listed<'a, T>(pub(crate) &'a [T]);

impl<T: AsRef<str>> fmt::Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("none"),
            [one] => write!(f, "`{}`", one.as_ref()),
            [first @ .., last] => {
                let first: Vec<_> = first.iter().map(|name| format!("`{}`", name.as_ref())).collect();
                write!(f, "{} and `{}`", first.join(", "), last.as_ref())
            }
        }
    }
}

/// The names of dialects as people write them.
struct Titles<'a>(&'a [Dialect]);

impl fmt::Display for Titles<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let titles: Vec<_> = self.0.iter().map(|dialect| Cow::Borrowed(dialect.title())).collect();
        f.write_str(&if titles.is_empty() { "no dialect".to_owned() } else { titles.join(" and ") })
    }
}
