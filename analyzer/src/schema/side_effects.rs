//! Tables for which writing a row has further effects: because of a trigger, a rule, or a foreign key to the same
//! table. Statements that write to them row by row can't be batched.

use super::{Builder, cursor::Cursor};
use crate::catalog::Relation;

impl Builder {
    /// Checks an applied statement.
    pub(super) fn note_reactions(&mut self, mut c: Cursor<'_>) {
        let table = match c.word().as_str() {
            "create" => self.reacting(&mut c),
            "alter" => {
                c.skip();
                c.eat_any(&["foreign", "online", "ignore"]);
                if c.eat("table") { referring(&mut c) } else { None }
            }
            _ => None,
        };
        let Some(id) = table.and_then(|name| self.find_relation(&name)) else { return };
        for id in self.ancestors(&id).into_iter().chain([id]) {
            self.update(&id, |_, relation: &mut Relation| relation.reacts = true);
        }
    }

    /// The table of a trigger or a rule, or a created table that refers to itself.
    fn reacting(&self, c: &mut Cursor<'_>) -> Option<super::names::Name> {
        c.skip_to(&["table", "trigger", "rule", "(", "as", "view", "function", "procedure"]);
        if c.eat("table") {
            return referring(c);
        }
        let stop = match c.eat_any(&["trigger", "rule"]) {
            true => ["on", "to"],
            false => return None,
        };
        // The table follows the `on` of a trigger or the `to` of a rule (`as on insert to t`).
        c.eat("if not exists");
        c.skip();
        if c.eat("as on") {
            c.skip_to(&stop[1..]);
        } else {
            c.skip_to(&stop[..1]);
        }
        c.skip();
        c.name().ok()
    }
}

/// The table's name, if the rest of the statement refers to it.
fn referring(c: &mut Cursor<'_>) -> Option<super::names::Name> {
    c.eat_any(&["if not exists", "if exists"]);
    c.eat("only");
    let table = c.name().ok()?;
    while !c.done() {
        if c.eat("references") {
            if c.name().is_ok_and(|name| name.name == table.name) {
                return Some(table);
            }
        } else {
            c.advance();
        }
    }
    None
}
