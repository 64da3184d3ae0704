//! Warnings. On a stable compiler, a macro can't emit a warning of its own. So the expansion uses a deprecated macro
//! with the lint's name, at the place of the SQL. The compiler's warning shows the reason for the deprecation.

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
