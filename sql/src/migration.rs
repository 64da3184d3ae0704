//! The names of migrations' files.

/// The version and the description in the name of a migration's file: `0001_create_users.sql`, `0001_create_users.up.sql`,
/// as sqlx has them. `None` where the name has no version.
fn migration_name(file: &str) -> Option<(i64, String)> {
    let stem = file.strip_suffix(".sql")?;
    let stem = [".up", ".down"].into_iter().find_map(|end| stem.strip_suffix(end)).unwrap_or(stem);
    let (version, description) = stem.split_once('_')?;
    Some((version.parse().ok()?, description.replace('_', " ")))
}

/// A migration among the files of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationFile {
    /// Its number.
    pub version: i64,
    /// What it does, as its name says.
    pub description: String,
    /// Where its name stood among those that were given.
    pub index: usize,
}

/// The migrations among the names of a folder's files, by version: each `.sql` file but those that undo another
/// (`.down.sql`).
///
/// # Errors
///
/// A name without a version, or with that of another: where it stood, and what is wrong with it.
///
/// ```
/// use aio_databases_sql::migrations;
///
/// let found = migrations(["10_b.up.sql", "10_b.down.sql", "9_a.sql", "README.md"]).unwrap();
/// assert_eq!(found.iter().map(|file| (file.version, file.index)).collect::<Vec<_>>(), [(9, 2), (10, 0)]);
/// assert_eq!(migrations(["1_a.sql", "01_b.sql"]).unwrap_err().0, 1);
/// assert_eq!(migrations(["views.sql"]).unwrap_err().0, 0);
/// ```
pub fn migrations<'n>(
    names: impl IntoIterator<Item = &'n str>,
) -> Result<Vec<MigrationFile>, (usize, String)> {
    let mut found: Vec<MigrationFile> = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        if !name.ends_with(".sql") || name.ends_with(".down.sql") {
            continue;
        }
        let Some((version, description)) = migration_name(name) else {
            return Err((index, "has no version number: name it as in `0001_users.sql`".to_owned()));
        };
        if let Some(other) = found.iter().find(|other| other.version == version) {
            return Err((index, format!("has the same version as the migration `{}`", other.description)));
        }
        found.push(MigrationFile { version, description, index });
    }
    found.sort_by_key(|file| file.version);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, expected) in [
            ("0001_create_users.sql", Some((1, "create users"))),
            ("20240101_a.up.sql", Some((20240101, "a"))),
            ("1_.sql", Some((1, ""))),
            ("views.sql", None),
            ("1.sql", None),
            ("a_1.sql", None),
        ] {
            let found = migration_name(name);
            assert_eq!(found, expected.map(|(version, text)| (version, text.to_owned())), "{name}");
        }
    }
}
