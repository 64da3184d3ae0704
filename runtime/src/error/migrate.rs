//! What can go wrong with migrations.

use std::{fmt, path::PathBuf};

use aio_databases_sql::Dialect;

use crate::Error;

/// Why a database could not be migrated.
#[derive(Debug)]
#[non_exhaustive]
pub enum MigrateError {
    /// A migration's text is not the one that was applied.
    Changed {
        /// Its number.
        version: i64,
        /// What its name says.
        description: String,
    },
    /// A migration was applied that is not there any more.
    Missing {
        /// Its number.
        version: i64,
    },
    /// A migration was not applied: [`Database::migrate`](crate::Database::migrate) does so.
    NotApplied {
        /// Its number.
        version: i64,
        /// What its name says.
        description: String,
    },
    /// An earlier run stopped in the middle of a migration, and the server may have kept a part of it.
    Unfinished {
        /// Its number.
        version: i64,
    },
    /// The server refused a migration. Nothing of it was kept, except on MySQL what it commits by itself.
    Failed {
        /// Its number.
        version: i64,
        /// What its name says.
        description: String,
        /// What the server says.
        source: Box<Error>,
    },
    /// The migrations that were compiled in are for other backends.
    NoneFor {
        /// The database's backend.
        backend: Dialect,
        /// The backends that there are some for.
        there: Vec<Dialect>,
    },
    /// A file that is no migration, or a folder that can't be read.
    File {
        /// Which.
        path: PathBuf,
        /// What is the matter.
        message: String,
    },
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MigrateError::Changed { version, description } => write!(
                f,
                "migration {version} (`{description}`) was changed after it had been applied: take the change back, and \
                 write it as a new migration"
            ),
            MigrateError::Missing { version } => write!(
                f,
                "migration {version} was applied to the database, but is not among the migrations here: the database is \
                 ahead of this program, or the file was removed"
            ),
            MigrateError::NotApplied { version, description } => write!(
                f,
                "migration {version} (`{description}`) is not applied to the database: apply it with \
                 `db.migrate(aio_databases::migrate!())`"
            ),
            MigrateError::Unfinished { version } => write!(
                f,
                "migration {version} stopped half-way in an earlier run: mend the tables by hand, then delete its row from \
                 `_sqlx_migrations` (to apply it again) or set `success` there (if it is complete)"
            ),
            MigrateError::Failed { version, description, source } => {
                write!(f, "migration {version} (`{description}`) failed: ")?;
                // Where the query stands is in this crate: no help to anyone.
                let text = source.to_string();
                match source.query().map(|query| (text.strip_suffix(&format!("\n  at {query}")), query)) {
                    Some((Some(told), query)) => write!(f, "{told}\n  in: {}", query.one_line()),
                    _ => f.write_str(&text),
                }
            }
            MigrateError::NoneFor { backend, there } => {
                let there: Vec<_> = there.iter().map(|backend| backend.title()).collect();
                write!(
                    f,
                    "no migrations for {} were compiled in, only for {}: see `backends` in [package.metadata.aio-databases]",
                    backend.title(),
                    there.join(" and ")
                )
            }
            MigrateError::File { path, message } => write!(f, "{} {message}", path.display()),
        }
    }
}

impl MigrateError {
    /// The number of the migration, if it is about one.
    pub fn version(&self) -> Option<i64> {
        match self {
            MigrateError::Changed { version, .. }
            | MigrateError::Missing { version }
            | MigrateError::NotApplied { version, .. }
            | MigrateError::Unfinished { version }
            | MigrateError::Failed { version, .. } => Some(*version),
            MigrateError::NoneFor { .. } | MigrateError::File { .. } => None,
        }
    }
}

impl std::error::Error for MigrateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            MigrateError::Failed { source, .. } => Some(&**source),
            _ => None,
        }
    }
}
