//! What can go wrong with migrations.

use std::{fmt, path::PathBuf, time::Duration};

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
    /// A migration's script failed.
    #[non_exhaustive]
    Failed {
        /// Its number.
        version: i64,
        /// What its name says.
        description: String,
        /// Its file.
        file: String,
        /// The line in the file, from 1, where it is known.
        line: Option<usize>,
        /// The column in that line, from 1 and in characters, where the server points at it.
        column: Option<usize>,
        /// Whether the database kept a part of it.
        kept: bool,
        /// What to do, where it is known.
        help: Option<&'static str>,
        /// The server's error.
        source: Box<Error>,
    },
    /// The server accepted a migration's script, but it can't be committed: it leaves a transaction open, or rows that refer to
    /// nothing.
    #[non_exhaustive]
    Rejected {
        /// Its number.
        version: i64,
        /// What its name says.
        description: String,
        /// Its file.
        file: String,
        /// The line in the file, from 1, where there is one to look at.
        line: Option<usize>,
        /// Whether the database kept a part of it.
        kept: bool,
        /// What is wrong.
        problem: String,
        /// What to do, where it is known.
        help: Option<&'static str>,
    },
    /// Another runner is migrating the database, and did not finish in time.
    Locked {
        /// How long this runner waited.
        waited: Duration,
        /// Who has the lock, as far as the server says.
        holder: Option<String>,
    },
    /// A migration that is to be reverted has no `.down.sql`. Nothing was reverted.
    NotReversible {
        /// Its number.
        version: i64,
        /// What its name says.
        description: String,
        /// Its file.
        file: String,
    },
    /// No migration has the version to revert to.
    UnknownTarget {
        /// The version.
        version: i64,
    },
    /// The migrations that were compiled in are for other backends.
    NoneFor {
        /// The SQL that the database understands.
        dialect: Dialect,
        /// The dialects for which some were compiled in.
        there: Vec<Dialect>,
    },
    /// A file that is not a migration, or a folder that can't be read.
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MigrateError::Changed { version, description } => write!(
                f,
                "migration {version} (`{description}`) was changed after it was applied\n  help: undo the change, and write \
                 it as a new migration"
            ),
            MigrateError::Missing { version } => write!(
                f,
                "migration {version} was applied to the database, but this program does not have it: the database is newer than \
                 the program, or the file was removed\n  help: to run an older program on a newer database, use \
                 `migrations.ignore_missing()`"
            ),
            MigrateError::NotApplied { version, description } => write!(
                f,
                "migration {version} (`{description}`) is not applied to the database: apply it with \
                 `db.migrate(aio_databases::migrate!())`"
            ),
            MigrateError::Unfinished { version } => write!(
                f,
                "migration {version} stopped half-way in an earlier run\n  help: complete or undo it by hand; then set \
                 `success` in its row of `_sqlx_migrations` if it is complete, or delete the row to apply it again"
            ),
            MigrateError::Failed { version, description, file, line, column, kept, help, source } => {
                failed_at(f, *version, description, file, [*line, *column])?;
                // The place of the query is in this crate, which helps no one.
                let text = source.to_string();
                match source.query().map(|query| (text.strip_suffix(&format!("\n  at {query}")), query)) {
                    Some((Some(text), query)) => write!(f, "{text}\n  in: {}", query.one_line())?,
                    _ => f.write_str(&text)?,
                }
                outcome(f, *kept, *help)
            }
            MigrateError::Rejected { version, description, file, line, kept, problem, help } => {
                failed_at(f, *version, description, file, [*line, None])?;
                f.write_str(problem)?;
                outcome(f, *kept, *help)
            }
            MigrateError::Locked { waited, holder } => {
                write!(f, "timed out after {waited:?} waiting for another migration runner")?;
                if let Some(holder) = holder {
                    write!(f, ": {holder} holds the lock")?;
                }
                f.write_str("\n  help: wait until it is done, or end it if it hangs")
            }
            MigrateError::NotReversible { version, description, file } => write!(
                f,
                "migration {version} (`{description}`) can't be reverted: {file} has no `.down.sql` beside it; nothing was reverted"
            ),
            MigrateError::UnknownTarget { version } => write!(
                f,
                "no migration has the version {version}: name the last one to keep, or 0 to revert all"
            ),
            MigrateError::NoneFor { dialect, there } => {
                let there: Vec<_> = there.iter().map(|dialect| dialect.title()).collect();
                write!(
                    f,
                    "no migrations for {} were compiled in, only for {}: see `backends` in [package.metadata.aio-databases]",
                    dialect.title(),
                    there.join(" and ")
                )
            }
            MigrateError::File { path, message } => write!(f, "{} {message}", path.display()),
        }
    }
}

/// `migration 1 (`users`) failed at migrations/1_users.sql:2:7: `
fn failed_at(
    f: &mut fmt::Formatter<'_>,
    version: i64,
    description: &str,
    file: &str,
    place: [Option<usize>; 2],
) -> fmt::Result {
    write!(f, "migration {version} (`{description}`) failed at {file}")?;
    place.into_iter().flatten().try_for_each(|number| write!(f, ":{number}"))?;
    f.write_str(": ")
}

/// What the database kept, and what to do.
fn outcome(f: &mut fmt::Formatter<'_>, kept: bool, help: Option<&str>) -> fmt::Result {
    if kept {
        f.write_str(
            "\n  the database kept a part of it; the next run reports this migration as unfinished until that is mended",
        )?;
    }
    help.map_or(Ok(()), |help| write!(f, "\n  help: {help}"))
}

impl MigrateError {
    /// The number of the migration, if the error is about one.
    pub fn version(&self) -> Option<i64> {
        match self {
            MigrateError::Changed { version, .. }
            | MigrateError::Missing { version }
            | MigrateError::NotApplied { version, .. }
            | MigrateError::Unfinished { version }
            | MigrateError::NotReversible { version, .. }
            | MigrateError::UnknownTarget { version }
            | MigrateError::Failed { version, .. }
            | MigrateError::Rejected { version, .. } => Some(*version),
            MigrateError::Locked { .. } | MigrateError::NoneFor { .. } | MigrateError::File { .. } => None,
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
