//! The files of a folder.

use std::{
    borrow::Cow,
    fs, io,
    path::{Path, PathBuf},
};

use aio_databases_sql::{MigrationFile, migrations};

use super::{Migration, Source};
use crate::MigrateError;

/// The migrations of a folder, in order.
pub(super) fn read(folder: &Path) -> Result<Vec<Migration>, MigrateError> {
    let problem = |path: &Path, message: String| MigrateError::File { path: path.to_owned(), message };
    let unreadable = |path: &Path, error: io::Error| problem(path, format!("can't be read: {error}"));
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut paths: Vec<PathBuf> =
        entries.map_err(|error| unreadable(folder, error))?.iter().map(fs::DirEntry::path).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    let names = paths.iter().map(|path| path.file_name().and_then(|name| name.to_str()).unwrap_or_default());
    let found = migrations(names).map_err(|(index, message)| problem(&paths[index], message))?;
    let source = |index: usize| -> Result<Source, MigrateError> {
        let path = &paths[index];
        let sql = fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
        Ok(Source { file: Cow::Owned(path.display().to_string()), sql: Cow::Owned(sql) })
    };
    (found.into_iter())
        .map(|MigrationFile { version, description, index, down }| {
            let (up, down) = (source(index)?, down.map(source).transpose()?);
            Ok(Migration { version, description: Cow::Owned(description), up, down })
        })
        .collect()
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
        let found: Vec<_> =
            found.iter().map(|one| (one.version(), one.description(), one.is_reversible())).collect();
        assert_eq!(found, [(9, "a", false), (10, "b c", true)]);
        write("9_twice.sql");
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("the same version"), "{error}");
        fs::remove_file(folder.path().join("9_twice.sql")).unwrap();
        write("views.sql");
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("views.sql") && error.contains("no version number"), "{error}");
    }
}
