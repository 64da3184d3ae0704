//! SQLite: foreign keys that a script does not check. Before its changes are committed, the runner checks them.

use std::collections::BTreeMap;

use super::script::Script;
use crate::{Connection, Result, Trusted};

/// Rows that refer to nothing: how many, by table and the table that it refers to.
type Counts = BTreeMap<(String, String), usize>;

/// The check of one script.
pub(super) struct ForeignKeys {
    /// What was wrong before the script; none where the server checks.
    before: Option<Counts>,
}

impl ForeignKeys {
    /// Sets what the script sets first, which SQLite ignores in a transaction, and looks at what is there.
    pub(super) async fn set(conn: &Connection, script: &Script<'_>) -> Result<ForeignKeys> {
        if !script.sets_foreign_keys {
            return Ok(ForeignKeys { before: None });
        }
        let on = script.first_foreign_keys().unwrap_or(true);
        let pragma = format!("pragma foreign_keys = {}", if on { "on" } else { "off" });
        conn.executescript(Trusted(pragma)).await?;
        Ok(ForeignKeys { before: Some(counts(conn).await?) })
    }

    /// What the script broke: `2 rows of child refer to missing rows of parent`.
    pub(super) async fn broken(&self, conn: &Connection) -> Result<Vec<String>> {
        let Some(before) = &self.before else { return Ok(Vec::new()) };
        let broken = counts(conn).await?.into_iter().filter_map(|(key, count)| {
            let new = count.saturating_sub(before.get(&key).copied().unwrap_or_default());
            let (table, parent) = key;
            match new {
                0 => None,
                1 => Some(format!("1 row of `{table}` refers to a missing row of `{parent}`")),
                new => Some(format!("{new} rows of `{table}` refer to missing rows of `{parent}`")),
            }
        });
        Ok(broken.collect())
    }
}

async fn counts(conn: &Connection) -> Result<Counts> {
    let mut counts = Counts::new();
    for row in conn.fetchall("pragma foreign_key_check", ()).await? {
        *counts.entry((row.get(0)?, row.get(2)?)).or_default() += 1;
    }
    Ok(counts)
}
