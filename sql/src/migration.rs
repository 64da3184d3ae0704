//! The names of migrations' files.

/// The version and the description in the name of a migration's file: `0001_create_users.sql`, `0001_create_users.up.sql`,
/// as sqlx has them. `None` where the name has no version.
///
/// ```
/// use aio_databases_sql::migration_name;
///
/// assert_eq!(migration_name("0001_create_users.sql"), Some((1, "create users".to_owned())));
/// assert_eq!(migration_name("20240101_a.up.sql"), Some((20240101, "a".to_owned())));
/// assert_eq!(migration_name("views.sql"), None);
/// ```
pub fn migration_name(file: &str) -> Option<(i64, String)> {
    let stem = file.strip_suffix(".sql")?;
    let stem = [".up", ".down"].into_iter().find_map(|end| stem.strip_suffix(end)).unwrap_or(stem);
    let (version, description) = stem.split_once('_')?;
    Some((version.parse().ok()?, description.replace('_', " ")))
}
