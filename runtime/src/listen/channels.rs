//! The names of channels.

use std::{borrow::Cow, panic::Location};

use crate::{Error, QueryPlace, Result};

/// The longest name that the server keeps whole, in bytes.
const LONGEST: usize = 63;

/// The names, if each can be a channel's, and there is one.
pub(super) fn check<C: AsRef<str>>(
    channels: impl IntoIterator<Item = C>,
    place: &'static Location<'static>,
) -> Result<Vec<String>> {
    let channels: Vec<String> = channels.into_iter().map(|channel| channel.as_ref().to_owned()).collect();
    let problem = match &channels[..] {
        [] => Some("no channel is named".to_owned()),
        all => all.iter().find_map(|channel| problem(channel)),
    };
    match problem {
        None => Ok(channels),
        Some(message) => {
            let query = QueryPlace { file: place.file(), line: place.line(), sql: Cow::Borrowed("listen") };
            Err(Error::Sql { message, query: Box::new(query) })
        }
    }
}

fn problem(channel: &str) -> Option<String> {
    match channel {
        "" => Some("the name of a channel is empty".to_owned()),
        name if name.contains('\0') => Some("the name of a channel has a NUL character".to_owned()),
        // `listen` would cut it short, and `pg_notify` rejects it.
        name if name.len() > LONGEST => Some(format!(
            "the name of a channel has {} bytes, and at most {LONGEST} are allowed: `{name}`",
            name.len()
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_channel_can_have() {
        let long = "é".repeat(32);
        let cases: [(&[&str], Option<&str>); 7] = [
            (&["jobs", "Jobs \"x\"; drop"], None),
            (&[&long[..62]], None),
            (&[], Some("no channel is named")),
            (&["a", ""], Some("the name of a channel is empty")),
            (&["a\0b"], Some("the name of a channel has a NUL character")),
            (&[&long], Some("the name of a channel has 64 bytes, and at most 63 are allowed: `")),
            (&["a", &long], Some("the name of a channel has 64 bytes, and at most 63 are allowed: `")),
        ];
        for (names, expected) in cases {
            let found = check(names, Location::caller()).map_err(|error| error.to_string());
            match expected {
                None => assert_eq!(found.unwrap(), names),
                Some(message) => assert!(found.clone().unwrap_err().starts_with(message), "{found:?}"),
            }
        }
    }
}
