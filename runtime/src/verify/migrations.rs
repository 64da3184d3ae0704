//! Whether the migrations that queries were checked against are those that were applied.
//!
//! A text from a macro has a line for each migration, with tabs between its number, its checksums and its description. It has
//! a checksum for each spelling of its line ends: their beginnings in hexadecimal, with commas between them. Where there were
//! no migrations to check against, the text is `!` and the reason.

use crate::{
    Connection, Error, MigrateError, Result,
    migrate::{self, Checksums, Wanted},
};

/// How many were compared and where they differ; or why they could not be compared.
pub(super) type Compared = Result<(usize, Vec<MigrateError>), String>;

/// Compares those of several crates, each once.
pub(super) async fn compare(conn: &Connection, mut texts: Vec<&'static str>) -> Result<Compared> {
    texts.sort_unstable();
    texts.dedup();
    let mut wanted: Vec<_> = texts.iter().flat_map(|text| read(text)).collect();
    if wanted.is_empty() {
        let reason = texts.iter().find_map(|text| text.strip_prefix('!'));
        return Ok(Err(reason.unwrap_or("the folder of the program's migrations is empty").to_owned()));
    }
    // Two crates may share a migration, and know others besides.
    wanted.sort_by(|one, other| (one.version, &one.checksums).cmp(&(other.version, &other.checksums)));
    wanted.dedup_by(|one, other| (one.version, &one.checksums) == (other.version, &other.checksums));
    let differences = async {
        match migrate::exists(conn).await? {
            true => migrate::differences(conn, &wanted).await.map(Ok),
            false => {
                Ok(Err("the database has no table `_sqlx_migrations`: others have made its tables, or none \
                             are made"
                    .to_owned()))
            }
        }
    };
    match differences.await {
        Ok(differences) => Ok(differences.map(|differences| (wanted.len(), differences))),
        Err(Error::Database(error)) => {
            Ok(Err(format!("`_sqlx_migrations` can't be read: {}", error.message())))
        }
        Err(error) => Err(error),
    }
}

fn read(text: &'static str) -> Vec<Wanted<'static>> {
    let lines = text.lines().filter(|line| !line.starts_with('!'));
    lines.filter_map(line).collect()
}

fn line(line: &'static str) -> Option<Wanted<'static>> {
    let mut parts = line.splitn(3, '\t');
    let (version, sums, description) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
    let bytes = |sum: &str| {
        let byte = |at: usize| sum.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        (0..sum.len()).step_by(2).map_while(byte).collect()
    };
    let checksums = Checksums::Known(sums.split(',').map(bytes).collect());
    Some(Wanted { version, description, checksums })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read() {
        let read = read("1\t00ff,01\tusers\n20\t0a\tmore of\tthem\n");
        let read: Vec<_> = read.iter().map(|one| (one.version, &one.checksums, one.description)).collect();
        let [first, second] = [vec![vec![0, 255], vec![1]], vec![vec![10]]].map(Checksums::Known);
        assert_eq!(read, [(1, &first, "users"), (20, &second, "more of\tthem")]);
        assert!(super::read("!there are none").is_empty());
    }
}
