//! What is known of a query when the program is compiled: the static data that a macro writes down.

pub mod access;
mod arguments;
mod batch;
pub(crate) mod command;
pub(crate) mod copy;
mod done;
pub(crate) mod kind;
#[cfg(feature = "sqlite")]
pub(crate) mod packed;
pub(crate) mod pooled;
pub mod shape;
pub(crate) mod sql_text;
mod template;

pub use arguments::{Arguments, IntoArguments, Named};

pub(crate) use batch::{chunks, size};
pub use done::Done;
pub use sql_text::{IntoSql, Trusted};

use std::borrow::Cow;

use aio_databases_sql::Dialect;

use crate::{Error, QueryPlace, Result};

/// A checked query: its text for each dialect and what the analyzer learned about it.
#[derive(Debug)]
pub struct Statement {
    /// The text for each dialect that it was checked for.
    pub sql: &'static [Sql],
    /// Whether it may change anything.
    pub access: Access,
    /// How many rows it gives.
    pub rows: Cardinality,
    /// The names of its columns.
    pub columns: &'static [&'static str],
    /// The file of the macro, as `file!()` gives it.
    pub file: &'static str,
    /// The line of the macro, as `line!()` gives it.
    pub line: u32,
}

/// The text of a query for one dialect.
#[derive(Debug)]
pub struct Sql {
    /// The dialect.
    pub dialect: Dialect,
    /// The text, with the dialect's own placeholders.
    pub text: &'static str,
    /// For each placeholder that is bound, the index of its argument.
    pub order: &'static [u16],
    /// The types of the placeholders, by PostgreSQL's numbers: so the server need not be asked before the statement first runs. Empty
    /// if one is not a built-in type.
    pub types: &'static [u32],
    /// The first and the last byte (exclusive) of each statement, if there are several ones (only in SQLite): each binds
    /// as many of the arguments as its highest number says.
    pub statements: &'static [(usize, usize)],
}

/// How a statement runs for many rows at once, with the same meaning as row by row.
#[derive(Debug)]
pub struct Batch {
    /// The dialect.
    pub dialect: Dialect,
    /// PostgreSQL: the statement, each parameter an array. SQLite and MySQL: the text before the rows.
    pub before: &'static str,
    /// SQLite and MySQL: a row; between rows stands a comma. Empty on PostgreSQL.
    pub row: &'static str,
    /// SQLite and MySQL: what stands behind the rows. Empty on PostgreSQL.
    pub after: &'static str,
    /// For each placeholder (of a row), the index of its argument.
    pub order: &'static [u16],
    /// The arguments that must not be null: with one that is, the rows go one by one.
    pub never_null: &'static [u16],
}

/// Whether a query may change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It only reads.
    Read,
    /// It may write, or take locks as a writer does.
    Write,
}

/// How many rows a query gives by its own shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cardinality {
    /// It has no result.
    None,
    /// Exactly one.
    One,
    /// None or one.
    AtMostOne,
    /// Any number.
    Many,
}

impl Statement {
    /// The text for a dialect, if the query was checked for it.
    pub(crate) fn for_dialect(&self, dialect: Dialect) -> Option<&'static Sql> {
        self.sql.iter().find(|sql| sql.dialect == dialect)
    }

    /// The text for a dialect, or that the query was not checked for it.
    pub(crate) fn checked_for(&self, dialect: Dialect) -> Result<&'static Sql> {
        self.for_dialect(dialect).ok_or_else(|| Error::NotChecked {
            dialect,
            checked: self.sql.iter().map(|sql| sql.dialect).collect(),
            query: Box::new(QueryPlace { file: self.file, line: self.line, sql: self.any_text() }),
        })
    }

    /// The text for the first dialect, for people.
    pub(crate) fn any_text(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.sql.first().map_or("", |sql| sql.text))
    }
}
