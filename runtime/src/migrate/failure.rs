//! Why a script stopped, as an error with its place in the migration's file.

use aio_databases_sql::Position;

use super::{
    Migration,
    script::{Script, Statement},
};
use crate::{Backend, Error, MigrateError, error::ErrorAt};

/// Why a script stopped, and at which statement.
pub(super) struct Failure {
    pub(super) at: Option<Statement>,
    pub(super) cause: Cause,
}

pub(super) enum Cause {
    Error(Error),
    ForeignKeys(Vec<String>),
    LeftOpen,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure { at: None, cause: Cause::Error(error) }
    }
}

impl Failure {
    /// The error, with the place in the migration's file.
    pub(super) fn explain(self, migration: &Migration, script: &Script<'_>, kept: bool) -> Error {
        let Failure { at, cause } = self;
        let text = script.text;
        let start = at.map(|statement| statement.span.start);
        let line = |offset: Option<usize>| offset.map(|offset| Position::of(text, offset));
        let (version, description) = (migration.version, migration.description.clone().into_owned());
        let file = script.file.to_owned();
        let rejected = |problem, help, description, file| MigrateError::Rejected {
            version,
            description,
            file,
            line: line(start).map(|position| position.line),
            kept,
            problem,
            help,
        };
        Error::Migrate(Box::new(match cause {
            Cause::ForeignKeys(broken) => rejected(broken.join("; "), None, description, file),
            Cause::LeftOpen => rejected(
                "its transaction is still open at the end of the file".to_owned(),
                Some(
                    "end it with `commit`, or leave `begin` out: each migration has a transaction of its own",
                ),
                description,
                file,
            ),
            Cause::Error(mut source) => {
                let exact =
                    at.and_then(|at| Some(at.span.start + take_offset(&mut source, at.span.of(text))?));
                let position = line(exact.or(start));
                MigrateError::Failed {
                    version,
                    description,
                    file,
                    line: position.map(|position| position.line),
                    column: exact.and(position).map(|position| position.column),
                    kept,
                    help: source.database().and_then(help_for),
                    source: Box::new(source),
                }
            }
        }))
    }
}

/// The byte of a statement at which the server points. The error itself then no longer names its line: it is not the file's.
fn take_offset(error: &mut Error, sql: &str) -> Option<usize> {
    let Error::Database(said) = error else { return None };
    Some(match said.at.take()? {
        ErrorAt::Byte(byte) => byte,
        ErrorAt::Character(character) => {
            sql.char_indices().nth(character).map_or(sql.len(), |(byte, _)| byte)
        }
    })
}

/// What to do, where the server's own message does not say it.
fn help_for(said: &crate::DatabaseError) -> Option<&'static str> {
    let outside = match (said.backend(), said.code()) {
        (Backend::Postgres, Some("25001" | "2D000")) => true,
        (Backend::Postgres, Some("55P04")) => {
            return Some(
                "a new value of an enum can be used once it is committed: use it in the next migration",
            );
        }
        (Backend::Sqlite, _) => {
            said.message().contains("within a transaction") || said.message().contains("inside a transaction")
        }
        _ => false,
    };
    outside.then_some("begin the file with the line `-- no-transaction` to run it outside of a transaction")
}
