//! Whether the migrations that queries were checked against are those that were applied.
//!
//! A text from a macro has a line for each migration: its number, the beginning of its checksum in hexadecimal, and its
//! description, between tabs. Where there were none to check against, it is `!` and the reason.

use crate::{
    Connection, Error, MigrateError, Result,
    migrate::{self, Wanted},
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
    wanted.sort_by(|one, other| (one.version, &one.checksum).cmp(&(other.version, &other.checksum)));
    wanted.dedup_by(|one, other| (one.version, &one.checksum) == (other.version, &other.checksum));
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
    let (version, sum, description) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
    let byte = |at: usize| sum.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
    let checksum = (0..sum.len()).step_by(2).map_while(byte).collect();
    Some(Wanted { version, description, checksum })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read() {
        let read = read("1\t00ff\tusers\n20\t0a\tmore of\tthem\n");
        let read: Vec<_> = read.iter().map(|one| (one.version, &*one.checksum, one.description)).collect();
        assert_eq!(read, [(1, &[0, 255][..], "users"), (20, &[10], "more of\tthem")]);
        assert!(super::read("!there are none").is_empty());
    }
}
