//! The file names of migrations.

/// Splits a migration's file name into version and description, like sqlx: `0001_create_users.sql`,
/// `0001_create_users.up.sql`. Returns `None` if the name has no version.
fn migration_name(file: &str) -> Option<(i64, String)> {
    let stem = file.strip_suffix(".sql")?;
    let stem = [".up", ".down"].into_iter().find_map(|end| stem.strip_suffix(end)).unwrap_or(stem);
    let (version, description) = stem.split_once('_')?;
    Some((version.parse().ok()?, description.replace('_', " ")))
}

/// A migration in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationFile {
    /// Its version.
    pub version: i64,
    /// The description in its file name.
    pub description: String,
    /// The index of its file name.
    pub index: usize,
    /// The index of the file that reverts it (`.down.sql`), if there is one.
    pub down: Option<usize>,
}

/// Finds the migrations among the names of a folder's files, sorted by version. Each is a `.sql` file, possibly with a
/// file that reverts it (`.down.sql`).
///
/// # Errors
///
/// The index of a name that has no version or has the version of another file, and a message.
///
/// ```
/// use aio_databases_sql::migrations;
///
/// let found = migrations(["10_b.up.sql", "10_b.down.sql", "9_a.sql", "README.md"]).unwrap();
/// assert_eq!(found.iter().map(|file| (file.version, file.index)).collect::<Vec<_>>(), [(9, 2), (10, 0)]);
/// assert_eq!(found[1].down, Some(1));
/// assert_eq!(migrations(["1_a.sql", "01_b.sql"]).unwrap_err().0, 1);
/// assert_eq!(migrations(["views.sql"]).unwrap_err().0, 0);
/// ```
pub fn migrations<'n>(
    names: impl IntoIterator<Item = &'n str>,
) -> Result<Vec<MigrationFile>, (usize, String)> {
    let mut found: Vec<MigrationFile> = Vec::new();
    let mut downs = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        if !name.ends_with(".sql") {
            continue;
        }
        if name.ends_with(".down.sql") {
            downs.extend(migration_name(name).map(|(version, _)| (version, index)));
            continue;
        }
        let Some((version, description)) = migration_name(name) else {
            return Err((index, "has no version number: name it as in `0001_users.sql`".to_owned()));
        };
        if let Some(other) = found.iter().find(|other| other.version == version) {
            return Err((index, format!("has the same version as the migration `{}`", other.description)));
        }
        found.push(MigrationFile { version, description, index, down: None });
    }
    for file in &mut found {
        file.down = downs.iter().find(|(version, _)| *version == file.version).map(|(_, index)| *index);
    }
    found.sort_by_key(|file| file.version);
    Ok(found)
}

const MARK: &[u8] = "\u{feff}".as_bytes();

/// The equivalent spellings of a migration's text. They differ in line ends (LF or CRLF) and in a byte order mark,
/// which editors and version control change. The checksum of the first one is stored.
///
/// The first spelling is the text itself, as in sqlx. The exception is a text with mixed line ends, whose first
/// spelling has LF: its own spelling could not be restored later.
///
/// ```
/// use aio_databases_sql::migration_spellings;
///
/// let spellings = migration_spellings(b"a\r\nb");
/// assert_eq!(spellings[0], b"a\r\nb");
/// assert!(spellings.contains(&b"a\nb".to_vec()));
/// ```
pub fn migration_spellings(text: &[u8]) -> Vec<Vec<u8>> {
    let bare = text.strip_prefix(MARK).unwrap_or(text);
    let lf = with_line_ends(bare, b"\n");
    let crlf = with_line_ends(bare, b"\r\n");
    let marked = |text: &[u8]| [MARK, text].concat();
    let mut spellings = vec![marked(&lf), marked(&crlf), crlf, lf];
    match spellings.iter().position(|spelling| spelling == text) {
        Some(own) => spellings.swap(own, 3),
        None => spellings.insert(0, text.to_owned()),
    }
    spellings.reverse();
    let mut distinct: Vec<Vec<u8>> = Vec::with_capacity(spellings.len());
    for spelling in spellings {
        if !distinct.contains(&spelling) {
            distinct.push(spelling);
        }
    }
    distinct
}

/// The text, converted to these line ends.
fn with_line_ends(text: &[u8], end: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let last = lines.len() - 1;
    let lines = lines.iter().enumerate().map(|(at, line)| match at {
        // A carriage return without a line feed after it is an ordinary character.
        _ if at == last => line,
        _ => line.strip_suffix(b"\r").unwrap_or(line),
    });
    lines.collect::<Vec<_>>().join(end)
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

    #[test]
    fn spellings() {
        let spellings = |text: &str| -> Vec<String> {
            let all = migration_spellings(text.as_bytes());
            all.into_iter().map(|text| String::from_utf8(text).unwrap()).collect()
        };
        // In a text without line ends, only the byte order mark can differ.
        assert_eq!(spellings("a"), ["a", "\u{feff}a"]);
        for text in ["a\nb\n", "a\r\nb\r\n", "\u{feff}a\nb\n", "\u{feff}a\r\nb\r\n"] {
            let found = spellings(text);
            assert_eq!((found[0].as_str(), found.len()), (text, 4));
        }
        // Mixed line ends: stored with LF, and its own spelling is accepted.
        let found = spellings("a\r\nb\nc");
        assert_eq!((found[0].as_str(), found.len()), ("a\nb\nc", 5));
        assert!(found.contains(&"a\r\nb\nc".to_owned()));
        // A carriage return alone isn't a line end.
        assert_eq!(spellings("a\rb\r")[0], "a\rb\r");
    }
}
