//! What differs, for people.

use std::fmt;

use aio_databases_sql::Dialect;

use super::migrations::Compared;
use crate::{Error, MigrateError};

/// What agrees.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// How many queries.
    pub queries: usize,
    /// How many migrations; or why they could not be compared.
    pub migrations: Result<usize, String>,
}

/// The differences between what queries were compiled for and what a database says of them: all of them.
#[derive(Debug)]
#[non_exhaustive]
pub struct VerifyError {
    /// The database's backend.
    pub dialect: Dialect,
    /// How many queries were looked at.
    pub queries: usize,
    /// The migrations that were not applied as the program knows them, by number; or why they could not be compared.
    pub migrations: Result<Vec<MigrateError>, String>,
    /// What differs, by file and line.
    pub differences: Vec<Difference>,
}

/// What came of it all.
pub(super) fn report(
    dialect: Dialect,
    queries: usize,
    compared: Compared,
    differences: Vec<Difference>,
) -> crate::Result<Verified> {
    let (count, migrations) = match compared {
        Ok((count, wrong)) => (Ok(count), Ok(wrong)),
        Err(why) => (Err(why.clone()), Err(why)),
    };
    let error = VerifyError { dialect, queries, migrations, differences };
    match error.differences.is_empty() && error.migrations().is_empty() {
        true => Ok(Verified { queries, migrations: count }),
        false => Err(Error::Verify(Box::new(error))),
    }
}

impl VerifyError {
    /// The migrations that were not applied as the program knows them; none where they could not be compared.
    pub fn migrations(&self) -> &[MigrateError] {
        self.migrations.as_deref().unwrap_or_default()
    }
}

/// A difference of one query.
#[derive(Debug)]
#[non_exhaustive]
pub struct Difference {
    /// The file of the query, as `file!()` gives it.
    pub file: &'static str,
    /// Its line, from 1.
    pub line: u32,
    /// Its text for the database's backend.
    pub sql: &'static str,
    /// What differs.
    pub kind: DifferenceKind,
}

/// What differs.
#[derive(Debug)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The server does not take the query: a table, a column or a type is not there.
    Refused {
        /// What it says.
        error: Box<Error>,
    },
    /// There are other columns.
    Columns {
        /// The names when the query was compiled; `?` where the server may call the column as it likes.
        expected: Vec<String>,
        /// Those that the server says.
        found: Vec<String>,
    },
    /// A column is of another type.
    ColumnType {
        /// Its name.
        column: String,
        /// The type when the query was compiled.
        expected: String,
        /// The one that the server says.
        found: String,
    },
    /// A column may be null.
    Nullable {
        /// Its name.
        column: String,
    },
    /// There is another number of parameters.
    Parameters {
        /// How many there were when the query was compiled.
        expected: usize,
        /// How many the server says.
        found: usize,
    },
    /// A parameter is of another type.
    ParameterType {
        /// Which, from 1.
        number: usize,
        /// The type when the query was compiled.
        expected: String,
        /// The one that the server says.
        found: String,
    },
}

impl fmt::Display for DifferenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DifferenceKind::Refused { error } => {
                let message = error.database().map(|error| error.message());
                write!(f, "the server refuses it: {}", message.unwrap_or_default())
            }
            DifferenceKind::Columns { expected, found } => {
                write!(f, "expected the columns {}, found {}", listed(expected), listed(found))
            }
            DifferenceKind::ColumnType { column, expected, found } => {
                write!(f, "column `{column}`: expected the type `{expected}`, found `{found}`")
            }
            DifferenceKind::Nullable { column } => {
                write!(f, "column `{column}`: expected never to be null, found that it may be null")
            }
            DifferenceKind::Parameters { expected, found } => {
                write!(f, "expected {expected} parameters, found {found}")
            }
            DifferenceKind::ParameterType { number, expected, found } => {
                write!(f, "parameter {number}: expected the type `{expected}`, found `{found}`")
            }
        }
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { format!("`{}`", names.join("`, `")) }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.kind)?;
        self.sql.lines().try_for_each(|line| write!(f, "\n    {line}"))
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queries = counted(self.queries, "query", "queries");
        match &self.migrations {
            Ok(count) => {
                write!(
                    f,
                    "{queries} and {} agree with the database",
                    counted(*count, "migration", "migrations")
                )
            }
            Err(why) => write!(f, "{queries} agree with the database; {NOT_COMPARED}{why}"),
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let VerifyError { dialect, queries, migrations, differences } = self;
        write!(f, "the {} database is not the one that the program was compiled for: ", dialect.title())?;
        let wrong = self.migrations();
        if !wrong.is_empty() {
            write!(f, "{}, ", counted(wrong.len(), "migration", "migrations"))?;
        }
        writeln!(f, "{} of {}", count(differences), counted(*queries, "query", "queries"))?;
        wrong.iter().try_for_each(|migration| write!(f, "\n{migration}"))?;
        differences.iter().try_for_each(|difference| write!(f, "\n{difference}"))?;
        migrations.as_ref().err().map_or(Ok(()), |why| write!(f, "\n{NOT_COMPARED}{why}"))
    }
}

const NOT_COMPARED: &str = "migrations were not compared: ";

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// How many queries differ.
fn count(differences: &[Difference]) -> usize {
    let mut places: Vec<_> = differences.iter().map(|found| (found.file, found.line, found.sql)).collect();
    places.dedup();
    places.len()
}

impl std::error::Error for VerifyError {}
