//! Finds, orders and reads the schema's files. No other code reads them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use aio_databases_analyzer::Schema;
use aio_databases_sql::Dialect;

/// The schema's files for one dialect, found but not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Located {
    /// The files, in the order in which to apply them.
    pub files: Vec<PathBuf>,
    /// The files that revert migrations.
    pub downs: Vec<PathBuf>,
    /// The folder that contains them, if the schema is a folder.
    pub folder: Option<PathBuf>,
    /// The places that were searched, relative to the crate. If files were found, they are in the last one.
    pub looked: Vec<String>,
    /// The mistake: the setting names a path that doesn't exist or can't be read.
    pub problem: Option<String>,
}

/// Finds the schema's files of the crate in `dir`: the path in the settings, or the first that exists of
/// `migrations/<backend>/`, `migrations/` and `schema.sql`.
pub fn locate(dir: &Path, setting: Option<&str>, dialect: Dialect) -> Located {
    let candidates = match setting {
        Some(setting) => vec![format!("{setting}/{dialect}"), setting.to_owned()],
        None => vec![format!("migrations/{dialect}"), "migrations".to_owned(), "schema.sql".to_owned()],
    };
    let mut located = Located::default();
    for candidate in &candidates {
        let path = dir.join(candidate);
        located.looked.push(candidate.clone());
        if path.is_dir() {
            match migrations(&path) {
                Ok((files, downs)) => (located.files, located.downs) = (files, downs),
                Err(error) => located.problem = Some(format!("can't read the folder `{candidate}`: {error}")),
            }
            located.folder = Some(path);
        } else if path.is_file() {
            located.files = vec![path];
        } else {
            continue;
        }
        return located;
    }
    if let Some(setting) = setting {
        let message = format!("`schema = \"{setting}\"`: no such file or folder in {}", dir.display());
        located.problem = Some(message);
    }
    located
}

/// The `.sql` files of a folder, sorted by version number and then by name: the files to apply, and the files that
/// revert them.
fn migrations(folder: &Path) -> io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if name.ends_with(".sql") && path.is_file() {
            files.push((version(&name), name, path));
        }
    }
    files.sort();
    let (downs, ups): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(_, name, _)| name.ends_with(".down.sql"));
    let paths = |files: Vec<(u128, String, PathBuf)>| files.into_iter().map(|(_, _, path)| path).collect();
    Ok((paths(ups), paths(downs)))
}

/// The number at the start of a migration's name. Names without a number come last.
fn version(name: &str) -> u128 {
    let digits = name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    name[..digits].parse().unwrap_or(u128::MAX)
}

/// Reads the files and applies their statements to a new schema. For PostgreSQL, a major version can be given. A file
/// that can't be read is reported as a problem.
pub fn load(
    dir: &Path,
    located: &Located,
    dialect: Dialect,
    postgres_version: Option<u8>,
) -> (Schema, Vec<String>) {
    let mut schema = Schema::new(dialect);
    schema.set_release(postgres_version.filter(|_| dialect == Dialect::Postgres));
    let mut problems = Vec::new();
    for path in &located.files {
        let name = path.strip_prefix(dir).unwrap_or(path).display().to_string();
        match fs::read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => schema.apply(&name, text.strip_prefix('\u{feff}').unwrap_or(&text)),
                Err(_) => problems.push(format!("{name} is not UTF-8")),
            },
            Err(error) => problems.push(format!("can't read {name}: {error}")),
        }
    }
    (schema, problems)
}

/// The checksums of a migration's file: SHA-384 of each equivalent spelling.
#[cfg(feature = "checksums")]
pub fn checksums(path: &Path) -> io::Result<Vec<Vec<u8>>> {
    use sha2::{Digest, Sha384};
    let spellings = aio_databases_sql::migration_spellings(&fs::read(path)?);
    Ok(spellings.iter().map(|text| Sha384::digest(text).to_vec()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Creates a folder with these files (names ending in `/` are folders), and checks what is found in it.
    #[track_caller]
    fn check(names: &[&str], setting: Option<&str>, expected: &[&str]) -> Located {
        let dir = tempfile::tempdir().unwrap();
        for name in names {
            let path = dir.path().join(name);
            fs::create_dir_all(if name.ends_with('/') { &path } else { path.parent().unwrap() }).unwrap();
            if !name.ends_with('/') {
                fs::write(path, "").unwrap();
            }
        }
        let located = locate(dir.path(), setting, Dialect::Postgres);
        let found: Vec<_> = located
            .files
            .iter()
            .map(|path| path.strip_prefix(dir.path()).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(found, expected);
        located
    }

    #[test]
    fn places() {
        let both = ["migrations/postgres/1_a.sql", "migrations/1_b.sql", "schema.sql"];
        check(&both, None, &["migrations/postgres/1_a.sql"]);
        check(&both[1..], None, &["migrations/1_b.sql"]);
        check(&both[2..], None, &["schema.sql"]);
        check(&["db/postgres/1.sql", "db/sqlite/1.sql"], Some("db"), &["db/postgres/1.sql"]);
        check(&["db/x.sql", "db/y.sql"], Some("db/y.sql"), &["db/y.sql"]);
        check(&["migrations/"], None, &[]);
    }

    #[test]
    fn order() {
        check(
            &[
                "migrations/10_c.sql",
                "migrations/9_b.sql",
                "migrations/20240101120000_d.up.sql",
                "migrations/20240101120000_d.down.sql",
                "migrations/0001_a.sql",
                "migrations/README.md",
                "migrations/views.sql",
                "migrations/seeds/1_x.sql",
            ],
            None,
            &[
                "migrations/0001_a.sql",
                "migrations/9_b.sql",
                "migrations/10_c.sql",
                "migrations/20240101120000_d.up.sql",
                "migrations/views.sql",
            ],
        );
    }

    #[test]
    fn nothing_there() {
        let located = check(&[], None, &[]);
        assert_eq!(located.looked, ["migrations/postgres", "migrations", "schema.sql"]);
        assert_eq!(located.problem, None);
        let located = check(&[], Some("db"), &[]);
        assert!(located.problem.unwrap().starts_with("`schema = \"db\"`: no such file or folder"));
    }
}
