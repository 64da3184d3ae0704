//! Messages that only some of the servers report.

/// A message with the names of the servers that report it before it. If there is only one, and the message starts with
/// its name, the message is returned unchanged.
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
