//! Applying what was not applied yet.

use std::time::Instant;

use aio_databases_sql::split;
use sha2::{Digest, Sha384};

use super::{
    Migration,
    compare::{Wanted, differences},
    table,
};
use crate::{
    Backend, Connection, Database, Error, Executor, MigrateError, Result, Trusted, sql,
    statement::kind::{StatementKind, kind_of},
};

/// Applies the migrations that are new to the database.
pub(super) async fn run(database: &Database, migrations: &[Migration]) -> Result<Vec<i64>> {
    let mut conn = database.connection().await?;
    table::lock(&conn).await?;
    let applied = apply_all(&mut conn, migrations).await;
    table::unlock(&conn).await?;
    applied
}

async fn apply_all(conn: &mut Connection, migrations: &[Migration]) -> Result<Vec<i64>> {
    conn.execute(table::create(conn.backend()), ()).await?;
    check(conn, migrations).await?;
    let mut applied = Vec::new();
    for migration in migrations {
        if !is_applied(conn, migration).await? {
            let started = Instant::now();
            let done = apply(conn, migration).await.map_err(|source| failed(migration, source))?;
            if done {
                let nanoseconds = i64::try_from(started.elapsed().as_nanos()).unwrap_or(i64::MAX);
                let update = "update _sqlx_migrations set execution_time = $1 where version = $2";
                conn.execute(update, (nanoseconds, migration.version)).await?;
                applied.push(migration.version);
            }
        }
    }
    Ok(applied)
}

fn failed(migration: &Migration, source: Error) -> Error {
    let (version, description) = (migration.version, migration.description.clone().into_owned());
    Error::Migrate(Box::new(MigrateError::Failed { version, description, source: Box::new(source) }))
}

/// Whether what was applied is among what there is.
async fn check(conn: &Connection, migrations: &[Migration]) -> Result<()> {
    let wanted: Vec<_> = (migrations.iter())
        .map(|migration| Wanted {
            version: migration.version,
            description: &migration.description,
            checksum: checksum(migration),
        })
        .collect();
    let found = differences(conn, &wanted).await?;
    let wrong = found.into_iter().find(|found| !matches!(found, MigrateError::NotApplied { .. }));
    wrong.map_or(Ok(()), |wrong| Err(Error::Migrate(Box::new(wrong))))
}

fn checksum(migration: &Migration) -> Vec<u8> {
    Sha384::digest(migration.sql.as_bytes()).to_vec()
}

async fn is_applied(executor: &impl Executor, migration: &Migration) -> Result<bool> {
    let found = sql("select version from _sqlx_migrations where version = $1", (migration.version,));
    Ok(found.fetchone(executor).await?.is_some())
}

/// Applies one. False: another runner has done so meanwhile.
async fn apply(conn: &mut Connection, migration: &Migration) -> Result<bool> {
    let backend = conn.backend();
    let script = migration.sql.strip_prefix('\u{feff}').unwrap_or(&migration.sql);
    if script.starts_with("-- no-transaction") || controls_transactions(script, backend) {
        // One by one: several that are sent together are a transaction of their own on PostgreSQL.
        for statement in split(script, backend) {
            conn.executescript(Trusted(statement.of(script).to_owned())).await?;
        }
        note(conn, migration, true).await?;
        return Ok(true);
    }
    let tx = conn.transaction().await?;
    if is_applied(&tx, migration).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    // MySQL commits by itself before it changes a table: what is noted first tells of a migration that stopped half-way.
    let commits_itself = backend == Backend::Mysql;
    if commits_itself {
        note(&tx, migration, false).await?;
    }
    tx.executescript(Trusted(script.to_owned())).await?;
    if commits_itself {
        let update = "update _sqlx_migrations set success = true where version = $1";
        tx.execute(update, (migration.version,)).await?;
    } else {
        note(&tx, migration, true).await?;
    }
    tx.commit().await?;
    Ok(true)
}

async fn note(executor: &impl Executor, migration: &Migration, success: bool) -> Result<()> {
    let insert = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                  values ($1, $2, $3, $4, -1)";
    let row = (migration.version, migration.description.as_ref(), success, checksum(migration));
    sql(insert, row).execute(executor).await.map(drop)
}

fn controls_transactions(script: &str, backend: Backend) -> bool {
    split(script, backend).any(|statement| {
        matches!(kind_of(statement.of(script), backend), StatementKind::Begin | StatementKind::End)
    })
}
