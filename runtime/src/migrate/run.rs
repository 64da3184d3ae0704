//! Applying what was not applied yet, and reverting.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{
    Direction, Migration, Migrations,
    apply::Step,
    checksum::Checksums,
    compare::{Applied, Wanted, applied, compare},
    lock::Lock,
    session::Sessions,
    table::Table,
};
use crate::{Database, Dialect, Error, MigrateError, Result};

/// SQLite: how long a migration that is not complete may be another runner's, which is still running it.
const UNFINISHED: Duration = Duration::from_secs(5);

/// What a run does.
#[derive(Clone, Copy)]
enum Task {
    Apply,
    RevertTo(i64),
}

/// Applies the migrations that are new to the database.
pub(super) async fn migrate(database: &Database, migrations: &Migrations) -> Result<Vec<i64>> {
    run(database, migrations, Task::Apply).await
}

/// Reverts the migrations after a version, the newest first.
pub(super) async fn revert(database: &Database, migrations: &Migrations, target: i64) -> Result<Vec<i64>> {
    let set = migrations.of(database.dialect()).map_err(error)?;
    if target != 0 && !set.iter().any(|migration| migration.version == target) {
        return Err(error(MigrateError::UnknownTarget { version: target }));
    }
    run(database, migrations, Task::RevertTo(target)).await
}

async fn run(database: &Database, migrations: &Migrations, task: Task) -> Result<Vec<i64>> {
    let set = migrations.of(database.dialect()).map_err(error)?;
    let mut sessions = Sessions::new(database, migrations.lock_timeout);
    let table = Table::find(sessions.clean().await?).await?;
    let mut run = Run { database, migrations, set, sessions, table };
    if run.is_done(task).await? {
        run.sessions.close().await;
        return Ok(Vec::new());
    }
    let lock = Lock::take(database, migrations.lock_timeout).await?;
    let result = match task {
        Task::Apply => run.apply_all().await,
        Task::RevertTo(target) => run.revert_to(target).await,
    };
    run.sessions.close().await;
    let released = lock.release().await;
    let versions = result?;
    released?;
    Ok(versions)
}

fn error(error: MigrateError) -> Error {
    Error::Migrate(Box::new(error))
}

struct Run<'d> {
    database: &'d Database,
    migrations: &'d Migrations,
    set: &'d [Migration],
    sessions: Sessions<'d>,
    table: Table,
}

impl Run<'_> {
    /// Whether there is nothing to do: that needs no lock.
    async fn is_done(&mut self, task: Task) -> Result<bool> {
        match task {
            Task::RevertTo(_) => Ok(!self.table.exists),
            Task::Apply if !self.table.exists => Ok(false),
            Task::Apply => {
                let applied = self.applied().await?;
                Ok(self.differences(&applied).is_empty())
            }
        }
    }

    async fn apply_all(&mut self) -> Result<Vec<i64>> {
        if !self.table.exists {
            self.table.create(self.sessions.clean().await?).await?;
        }
        let applied = self.checked().await?;
        let mut versions = Vec::new();
        for migration in self.set {
            if applied.contains_key(&migration.version) {
                continue;
            }
            if self.step(migration, Direction::Up).await? {
                versions.push(migration.version);
            } else {
                self.finished(migration.version, self.migrations.lock_timeout).await?;
            }
        }
        Ok(versions)
    }

    async fn revert_to(&mut self, target: i64) -> Result<Vec<i64>> {
        let applied = self.checked().await?;
        let mut migrations = Vec::new();
        // All can be reverted, or none is.
        for &version in applied.keys().rev().take_while(|version| **version > target) {
            let migration = self.set.iter().find(|migration| migration.version == version);
            let migration = migration.ok_or_else(|| error(MigrateError::Missing { version }))?;
            if migration.down.is_none() {
                let (description, file) = (migration.description.to_string(), migration.up.file.to_string());
                return Err(error(MigrateError::NotReversible { version, description, file }));
            }
            migrations.push(migration);
        }
        let mut versions = Vec::new();
        for migration in migrations {
            self.step(migration, Direction::Down).await?;
            versions.push(migration.version);
        }
        Ok(versions)
    }

    /// Runs one migration's script. False: another runner has applied it meanwhile.
    async fn step(&mut self, migration: &Migration, direction: Direction) -> Result<bool> {
        let started = Instant::now();
        let source = match (direction, &migration.down) {
            (Direction::Down, Some(down)) => down,
            _ => &migration.up,
        };
        let dialect = self.database.dialect();
        let step = Step::new(&self.table, migration, source, direction, dialect);
        let done = step.run(&mut self.sessions).await?;
        if done {
            tracing::info!(
                target: "aio_databases::migrate",
                version = migration.version,
                file = &*source.file,
                elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
                "{}",
                if direction == Direction::Up { "applied a migration" } else { "reverted a migration" },
            );
        }
        Ok(done)
    }

    async fn applied(&mut self) -> Result<BTreeMap<i64, Applied>> {
        applied(self.sessions.clean().await?, &self.table.name).await
    }

    /// The applied migrations, if they are among those that there are.
    async fn checked(&mut self) -> Result<BTreeMap<i64, Applied>> {
        let mut applied = self.applied().await?;
        if self.database.dialect() == Dialect::Sqlite
            && let Some(version) =
                applied.iter().find_map(|(version, row)| (!row.success).then_some(*version))
        {
            // There is no lock, so it may be another runner's.
            self.finished(version, UNFINISHED).await?;
            applied = self.applied().await?;
        }
        let is_wrong = |found: &MigrateError| !matches!(found, MigrateError::NotApplied { .. });
        let first = self.differences(&applied).into_iter().find(is_wrong);
        first.map_or(Ok(applied), |first| Err(error(first)))
    }

    /// Waits until another runner has finished a migration.
    async fn finished(&mut self, version: i64, patience: Duration) -> Result<()> {
        let started = Instant::now();
        while self.applied().await?.get(&version).is_some_and(|row| !row.success) {
            if started.elapsed() >= patience {
                return Err(error(MigrateError::Unfinished { version }));
            }
            aio_databases_net::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    fn differences(&self, applied: &BTreeMap<i64, Applied>) -> Vec<MigrateError> {
        let wanted: Vec<_> = (self.set.iter())
            .map(|migration| Wanted {
                version: migration.version,
                description: &migration.description,
                checksums: Checksums::Of(&migration.up.sql),
            })
            .collect();
        let mut found = compare(applied, &wanted);
        found.retain(|found| {
            !(self.migrations.ignore_missing && matches!(found, MigrateError::Missing { .. }))
        });
        found
    }
}
