//! Applying or reverting one migration.
//!
//! Where the whole script is one transaction, the table's row is a part of it, and is written first, before the script can
//! set anything. Elsewhere the row says `success = false` until the script is done: a run that stops half-way is noticed.

use std::time::Instant;

use super::{
    Direction, Migration, Source,
    failure::{Cause, Failure},
    foreign_keys::ForeignKeys,
    progress::Progress,
    script::{Control, Effect, Mode, Script, Statement, words},
    session::Sessions,
    table::Table,
};
use crate::{Connection, Dialect, Error, QueryPlace, Result, Trusted};

/// One migration, about to be applied or reverted.
pub(super) struct Step<'m> {
    table: &'m Table,
    migration: &'m Migration,
    script: Script<'m>,
    direction: Direction,
    dialect: Dialect,
}

impl<'m> Step<'m> {
    pub(super) fn new(
        table: &'m Table,
        migration: &'m Migration,
        source: &'m Source,
        direction: Direction,
        dialect: Dialect,
    ) -> Self {
        Step { table, migration, script: Script::new(source, dialect), direction, dialect }
    }

    /// Runs it. False: another runner has applied it meanwhile.
    pub(super) async fn run(&self, sessions: &mut Sessions<'_>) -> Result<bool> {
        let started = Instant::now();
        let done = match self.script.mode {
            Mode::Whole { own } => self.whole(sessions, own).await?,
            Mode::Begun | Mode::Bare => self.in_parts(sessions).await?,
        };
        if done && self.direction == Direction::Up {
            let time = i64::try_from(started.elapsed().as_nanos()).unwrap_or(i64::MAX);
            self.table.set_time(sessions.clean().await?, self.migration.version, time).await?;
        }
        Ok(done)
    }

    /// Runs the script and notes it in one transaction.
    async fn whole(&self, sessions: &mut Sessions<'_>, own: Option<(usize, usize)>) -> Result<bool> {
        let result = self.try_whole(sessions, own).await;
        if result.is_err() || self.script.changes_session {
            sessions.close().await;
        }
        result.map_err(|failure| self.failed(failure, false))
    }

    async fn try_whole(
        &self,
        sessions: &mut Sessions<'_>,
        own: Option<(usize, usize)>,
    ) -> Result<bool, Failure> {
        let statements = &self.script.statements[..];
        let (begin, end) = match own {
            Some((begin, end)) => (Some(statements[begin]), Some(statements[end])),
            None => (None, None),
        };
        let (before, inside, after) = match own {
            Some((begin, end)) => (&statements[..begin], &statements[begin + 1..end], &statements[end + 1..]),
            None => (&[][..], statements, &[][..]),
        };
        let conn = sessions.clean().await?;
        for statement in before {
            self.execute(conn, statement).await?;
        }
        let keys = ForeignKeys::set(conn, &self.script).await?;
        let conn = sessions.begin(begin.map(|begin| begin.span.of(self.script.text))).await?;
        match self.direction {
            Direction::Up => {
                if !self.table.insert(conn, self.migration, true).await? {
                    conn.executescript("rollback").await?;
                    return Ok(false);
                }
            }
            Direction::Down => self.table.delete(conn, self.migration.version).await?,
        }
        for statement in inside {
            self.execute(conn, statement).await?;
        }
        self.check(conn, &keys, end).await?;
        let committed = conn.executescript("commit").await;
        committed.map_err(|error| Failure { at: end, cause: Cause::Error(error) })?;
        for statement in after {
            self.execute(conn, statement).await?;
        }
        Ok(true)
    }

    /// Runs the script with the transactions that it ends itself, or with none.
    async fn in_parts(&self, sessions: &mut Sessions<'_>) -> Result<bool> {
        let version = self.migration.version;
        let conn = sessions.clean().await?;
        match self.direction {
            Direction::Up => match self.table.insert(conn, self.migration, false).await {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                // Without a lock, another runner may have come first.
                Err(error) if error.is_unique_violation() => return Ok(false),
                Err(error) => return Err(error),
            },
            Direction::Down => self.table.set_success(conn, version, false).await?,
        }
        let mut progress = Progress::default();
        let result = self.try_in_parts(sessions, &mut progress).await;
        if result.is_err() || self.script.changes_session {
            sessions.close().await;
        }
        let Err(failure) = result else {
            let conn = sessions.clean().await?;
            match self.direction {
                Direction::Up => self.table.set_success(conn, version, true).await?,
                Direction::Down => self.table.delete(conn, version).await?,
            }
            return Ok(true);
        };
        let failed = self.failed(failure, progress.kept);
        if !progress.kept
            && let Ok(conn) = sessions.clean().await
        {
            // The first error is the one to report.
            let _ = match self.direction {
                Direction::Up => self.table.delete(conn, version).await,
                Direction::Down => self.table.set_success(conn, version, true).await,
            };
        }
        Err(failed)
    }

    async fn try_in_parts(
        &self,
        sessions: &mut Sessions<'_>,
        progress: &mut Progress,
    ) -> Result<(), Failure> {
        let keys = ForeignKeys::set(sessions.clean().await?, &self.script).await?;
        let begun = self.script.mode == Mode::Begun;
        let conn = match begun {
            true => sessions.begin(None).await?,
            false => sessions.clean().await?,
        };
        progress.open = begun;
        let statements = &self.script.statements;
        for statement in statements {
            if matches!(statement.control, Control::End | Control::Chain) {
                self.check(conn, &keys, Some(*statement)).await?;
            }
            let sql = statement.span.of(self.script.text);
            let done = self.execute(conn, statement).await;
            progress.add(statement, sql, done.is_ok(), self.dialect);
            done?;
        }
        let last = statements.iter().rfind(|statement| statement.effect != Effect::Setting);
        if !conn.in_transaction().await? {
            return Ok(());
        }
        if !begun {
            let begins =
                |statement: &&Statement| matches!(statement.control, Control::Begin | Control::Chain);
            let at = statements.iter().rfind(begins).or(last).copied();
            return Err(Failure { at, cause: Cause::LeftOpen });
        }
        self.check(conn, &keys, None).await?;
        Ok(conn.executescript("commit").await?)
    }

    async fn execute(&self, conn: &Connection, statement: &Statement) -> Result<(), Failure> {
        let sql = statement.span.of(self.script.text);
        let done = match self.dialect == Dialect::Postgres && copies_from_stdin(sql) {
            // The server would wait for the data, which `psql` sends apart.
            true => Err(Error::Sql {
                message: "`copy … from stdin` is a command of psql: use `insert` in a migration".to_owned(),
                query: Box::new(QueryPlace { file: file!(), line: line!(), sql: sql.to_owned().into() }),
            }),
            false => conn.executescript(Trusted(sql)).await,
        };
        done.map_err(|error| Failure { at: Some(*statement), cause: Cause::Error(error) })
    }

    /// SQLite: fails where a commit would leave rows that refer to nothing.
    async fn check(
        &self,
        conn: &Connection,
        keys: &ForeignKeys,
        at: Option<Statement>,
    ) -> Result<(), Failure> {
        let broken = keys.broken(conn).await?;
        match broken.is_empty() {
            true => Ok(()),
            false => Err(Failure { at, cause: Cause::ForeignKeys(broken) }),
        }
    }

    fn failed(&self, failure: Failure, kept: bool) -> Error {
        failure.explain(self.migration, &self.script, kept)
    }
}

fn copies_from_stdin(sql: &str) -> bool {
    let mut words = words(sql, Dialect::Postgres);
    words.next().as_deref() == Some("copy") && words.any(|word| word == "stdin")
}
