//! Whose words they are, where servers differ.

/// A text with the titles of the servers that say it before it. What begins with the only one's title is said as it is.
///
/// ```
/// use aio_databases_sql::named;
///
/// assert_eq!(named(&["SQLite", "MySQL"], "there is no function `now`"), "SQLite and MySQL: there is no function `now`");
/// assert_eq!(named(&["SQLite"], "SQLite locks no rows"), "SQLite locks no rows");
/// ```
pub fn named(titles: &[&str], text: &str) -> String {
    match titles {
        [title] if text.split(' ').next() == Some(title) => text.to_owned(),
        _ => format!("{}: {text}", titles.join(" and ")),
    }
}
