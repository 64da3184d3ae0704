//! The applied migrations, compared with those that should be applied.

use std::collections::BTreeMap;

use super::checksum::Checksums;
use crate::{Executor, MigrateError, Result, execute::dynamic::Trusted};

/// A migration that should be applied.
pub(crate) struct Wanted<'m> {
    pub(crate) version: i64,
    pub(crate) description: &'m str,
    pub(crate) checksums: Checksums<'m>,
}

/// A row of the table.
pub(super) struct Applied {
    pub(super) success: bool,
    checksum: Vec<u8>,
}

/// The rows of the table of this name, by version.
pub(super) async fn applied(executor: &impl Executor, table: &str) -> Result<BTreeMap<i64, Applied>> {
    let mut applied = BTreeMap::new();
    let select = Trusted(format!("select version, success, checksum from {table}"));
    for row in crate::sql(select, ()).fetchall(executor).await? {
        applied.insert(row.get::<i64>(0)?, Applied { success: row.get(1)?, checksum: row.get(2)? });
    }
    Ok(applied)
}

/// The differences between the applied migrations and the wanted ones, by version.
#[cfg(feature = "verify")]
pub(crate) async fn differences(
    executor: &impl Executor,
    wanted: &[Wanted<'_>],
) -> Result<Vec<MigrateError>> {
    Ok(compare(&applied(executor, super::table::NAME).await?, wanted))
}

pub(super) fn compare(applied: &BTreeMap<i64, Applied>, wanted: &[Wanted<'_>]) -> Vec<MigrateError> {
    let named = |version| wanted.iter().find(|migration| migration.version == version);
    let there = applied.iter().filter_map(|(&version, row)| match named(version) {
        _ if !row.success => Some(MigrateError::Unfinished { version }),
        None => Some(MigrateError::Missing { version }),
        Some(wanted) if !wanted.checksums.contain(&row.checksum) => {
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
