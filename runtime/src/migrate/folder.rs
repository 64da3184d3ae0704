//! The files of a folder.

use std::{borrow::Cow, fs, path::Path};

use super::Migration;
use crate::MigrateError;

/// The migrations of a folder, in order.
pub(super) fn read(folder: &Path) -> Result<Vec<Migration>, MigrateError> {
    let problem = |path: &Path, message: String| MigrateError::File { path: path.to_owned(), message };
    let mut found: Vec<Migration> = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| problem(folder, format!("can't be read: {error}")))?;
    for entry in entries {
        let path = entry.map_err(|error| problem(folder, format!("can't be read: {error}")))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if !name.ends_with(".sql") || name.ends_with(".down.sql") || !path.is_file() {
            continue;
        }
        let Some((version, description)) = aio_databases_sql::migration_name(&name) else {
            return Err(problem(&path, "has no version number: name it as in `0001_users.sql`".to_owned()));
        };
        if let Some(other) = found.iter().find(|other| other.version == version) {
            let message = format!("has the same version as the migration `{}`", other.description);
            return Err(problem(&path, message));
        }
        let sql =
            fs::read_to_string(&path).map_err(|error| problem(&path, format!("can't be read: {error}")))?;
        found.push(Migration { version, description: Cow::Owned(description), sql: Cow::Owned(sql) });
    }
    found.sort_by_key(Migration::version);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write(folder.path().join(name), "select 1").unwrap();
        ["10_b_c.up.sql", "10_b_c.down.sql", "0009_a.sql", "README.md"].into_iter().for_each(write);
        let found = read(folder.path()).unwrap();
        let found: Vec<_> = found.iter().map(|one| (one.version(), one.description())).collect();
        assert_eq!(found, [(9, "a"), (10, "b c")]);
        write("9_twice.sql");
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("the same version"), "{error}");
        fs::remove_file(folder.path().join("9_twice.sql")).unwrap();
        write("views.sql");
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("views.sql") && error.contains("no version number"), "{error}");
    }
}
