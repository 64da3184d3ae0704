//! `create trigger` and `create rule`, for their effects on the rows that an insert or update returns.

use super::{
    Builder,
    cursor::{Cursor, Read},
    names::Name,
};
use crate::Trigger;

impl Builder {
    /// `create trigger …`, after `trigger`.
    pub(super) fn create_trigger(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        if !self.facts().definitions.blocks {
            return Ok(());
        }
        c.need_ident()?;
        if !c.eat_any(&["before", "instead of"]) {
            return Ok(());
        }
        let events = *c;
        if !c.skip_to(&["on"]) {
            return c.stuck("the table of the trigger is missing");
        }
        let events = events.until(c);
        c.eat("on");
        let table = c.name()?;
        if !(c.skip_to(&["execute"]) && c.eat_any(&["execute function", "execute procedure"])) {
            return c.stuck("the function of the trigger is missing");
        }
        let function = Some(c.name()?.name);
        let has = |event: &str| {
            let mut ahead = events;
            ahead.skip_to(&[event])
        };
        self.add_trigger(&table, Trigger { insert: has("insert"), update: has("update"), function });
        Ok(())
    }

    /// `create rule name as on insert to t do instead …`, after `rule`.
    pub(super) fn create_rule(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.need_ident()?;
        c.eat("as on");
        let (insert, update) = (c.is("insert"), c.is("update"));
        c.skip();
        if !c.eat("to") {
            return c.stuck("the table of the rule is missing");
        }
        let table = c.name()?;
        if c.skip_to(&["do instead"]) {
            self.add_trigger(&table, Trigger { insert, update, function: None });
        }
        Ok(())
    }

    /// Records it for the table and its parents.
    fn add_trigger(&mut self, table: &Name, trigger: Trigger) {
        let Some(id) = self.find_relation(table) else { return };
        if !trigger.insert && !trigger.update {
            return;
        }
        for id in self.ancestors(&id).into_iter().chain([id]) {
            self.update(&id, |_, relation| relation.triggers.push(trigger.clone()));
        }
    }
}
