//! Tables of which more than a row is written when a row is: by a trigger, by a rule, or by a foreign key to rows of the
//! same table. What is written to them row by row can't be written at once and mean the same.

use super::{Builder, cursor::Cursor};
use crate::catalog::Relation;

impl Builder {
    /// Looks at a statement that was taken in.
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

    /// The table that a trigger or a rule is made for, or that is made and refers to itself.
    fn reacting(&self, c: &mut Cursor<'_>) -> Option<super::names::Name> {
        c.skip_to(&["table", "trigger", "rule", "(", "as", "view", "function", "procedure"]);
        if c.eat("table") {
            return referring(c);
        }
        let stop = match c.eat_any(&["trigger", "rule"]) {
            true => ["on", "to"],
            false => return None,
        };
        // `on` of a trigger and `to` of a rule (`as on insert to t`) stand before the table.
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

/// The table's name, where the rest of the statement refers to it.
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
