//! Tokens that SQLite does not support.

use super::{Neighbors, Quantifier, duplicate_key, insert, of_postgres, quantifier};

pub(in crate::syntax) fn unsupported(here: &Neighbors<'_>) -> Option<String> {
    insert(here).or_else(|| {
        let problem = of_postgres(here).or_else(|| lock(here)).or_else(|| duplicate_key(here));
        problem.or_else(|| quantified(here)).map(str::to_owned)
    })
}

/// `for update`
fn lock(here: &Neighbors<'_>) -> Option<&'static str> {
    let lock = here.is("for") && (here.is_before("update") || here.is_before("share"));
    (lock && !here.is_name() && !here.is_listed())
        .then_some("SQLite doesn't lock rows; remove `for …`, and write in a transaction")
}

/// `= any (…)`
fn quantified(here: &Neighbors<'_>) -> Option<&'static str> {
    Some(match quantifier(here)? {
        Quantifier::Any { .. } => {
            "`any` is not supported here; write `in (…)`, or `in (select value from json_each(…))` for a list in a parameter"
        }
        Quantifier::All { .. } => {
            "`all` is not supported here; write `not in (…)`, or compare with `min` or `max`"
        }
    })
}
