//! Warnings. Only the compiler can give one, and on a stable compiler just of what it knows itself: so the query uses a
//! macro of the lint's name that is deprecated for the reason that is to be told, at the place of the SQL.

use std::fmt::Write as _;

use super::code::{self, Code};
use crate::message::Mistake;

/// Writes a macro for each warning, and its use.
pub(super) fn items(warnings: &[Mistake], code: &mut Code) {
    for warning in warnings {
        let name = warning.lint.unwrap_or("warning").replace('-', "_");
        let note = warning.render();
        let _ = write!(code.text, "#[deprecated(note = {note:?})] macro_rules! {name} {{ () => {{}}; }}");
        code.tokens(code::placed(&format!("{name}! {{}}"), warning.token_span()));
    }
}
