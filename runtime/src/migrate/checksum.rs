//! Checksums of migrations: SHA-384, as sqlx has it.

use aio_databases_sql::migration_spellings;
use sha2::{Digest, Sha384};

/// A migration's checksums.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Checksums<'m> {
    /// Those of a text: computed when they are needed.
    Of(&'m str),
    /// Known ones, or the beginnings of them.
    Known(Vec<Vec<u8>>),
}

impl Checksums<'_> {
    /// Whether a stored checksum is one of them. Line ends and a byte order mark make no difference.
    pub(crate) fn contain(&self, stored: &[u8]) -> bool {
        match self {
            Checksums::Of(text) => {
                // Nearly always it is that of the text as it is.
                digest(text.as_bytes()) == stored
                    || migration_spellings(text.as_bytes()).iter().any(|spelling| digest(spelling) == stored)
            }
            Checksums::Known(known) => known.iter().any(|known| stored.starts_with(known)),
        }
    }
}

/// The checksum to store for a text.
pub(super) fn to_store(text: &str) -> Vec<u8> {
    migration_spellings(text.as_bytes()).first().map(|spelling| digest(spelling)).unwrap_or_default()
}

fn digest(text: &[u8]) -> Vec<u8> {
    Sha384::digest(text).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_marks_make_no_difference() {
        let spellings = ["a\nb\n", "a\r\nb\r\n", "\u{feff}a\nb\n", "\u{feff}a\r\nb\r\n"];
        for stored in spellings {
            let stored = digest(stored.as_bytes());
            for text in spellings.into_iter().chain(["a\r\nb\n", "\u{feff}a\nb\r\n"]) {
                assert!(Checksums::Of(text).contain(&stored), "{text:?}");
            }
            assert!(!Checksums::Of("a\nb").contain(&stored));
            assert!(!Checksums::Of("a\n\nb\n").contain(&stored));
        }
        // As sqlx stores it.
        assert_eq!(to_store("a\r\nb"), digest(b"a\r\nb"));
        // Mixed line ends, which version control makes one.
        assert!(Checksums::Of("a\r\nb\r\n").contain(&to_store("a\r\nb\n")));
        assert!(Checksums::Of("a\r\nb\n").contain(&digest(b"a\r\nb\n")));
    }
}
