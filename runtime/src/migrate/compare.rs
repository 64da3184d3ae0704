//! What was applied, beside what ought to be.

use std::collections::BTreeMap;

use crate::{Executor, MigrateError, Result};

/// A migration that ought to be applied.
pub(crate) struct Wanted<'m> {
    pub(crate) version: i64,
    pub(crate) description: &'m str,
    /// Its checksum, or so much of it as is known.
    pub(crate) checksum: Vec<u8>,
}

/// A row of the table.
struct Applied {
    success: bool,
    checksum: Vec<u8>,
}

/// Where what was applied is not what is wanted, by version.
pub(crate) async fn differences(
    executor: &impl Executor,
    wanted: &[Wanted<'_>],
) -> Result<Vec<MigrateError>> {
    let mut applied = BTreeMap::new();
    let rows =
        crate::sql("select version, success, checksum from _sqlx_migrations", ()).fetchall(executor).await?;
    for row in rows {
        applied.insert(row.get::<i64>(0)?, Applied { success: row.get(1)?, checksum: row.get(2)? });
    }
    Ok(compare(&applied, wanted))
}

fn compare(applied: &BTreeMap<i64, Applied>, wanted: &[Wanted<'_>]) -> Vec<MigrateError> {
    let named = |version| wanted.iter().find(|migration| migration.version == version);
    let there = applied.iter().filter_map(|(&version, row)| match named(version) {
        _ if !row.success => Some(MigrateError::Unfinished { version }),
        None => Some(MigrateError::Missing { version }),
        Some(wanted) if !row.checksum.starts_with(&wanted.checksum) => {
            Some(MigrateError::Changed { version, description: wanted.description.to_owned() })
        }
        Some(_) => None,
    });
    let absent = (wanted.iter()).filter(|migration| !applied.contains_key(&migration.version)).map(
        |&Wanted { version, description, .. }| MigrateError::NotApplied {
            version,
            description: description.to_owned(),
        },
    );
    let mut found: Vec<_> = there.chain(absent).collect();
    found.sort_by_key(MigrateError::version);
    found
}
