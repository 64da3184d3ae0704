//! Checks that the tables of `insert`, `update`, `delete` and `truncate` in a migration exist.

use super::{
    Builder,
    cursor::{Cursor, Read},
    existence::words_in_group,
    names::Id,
};

/// The keywords that can come between the verb and the table.
const MANNERS: [&str; 5] = ["low_priority", "delayed", "high_priority", "quick", "ignore"];

impl Builder {
    /// `insert into t (a, b) …`, `replace into t …`
    pub(super) fn insert(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.skip();
        manner(c);
        if !c.eat("into") && !self.facts().changes.insert_without_into {
            return Ok(());
        }
        let Some(id) = self.written(c)? else { return Ok(()) };
        if c.eat("as") {
            c.skip();
        }
        let mut group = *c;
        let query = group.group().is_none_or(|group| {
            group.is("(") || ["select", "with", "values", "table"].iter().any(|word| group.is(word))
        });
        if !query {
            self.mention(&id, words_in_group(c));
        }
        Ok(())
    }

    /// `update t set …`
    pub(super) fn update_rows(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.skip();
        manner(c);
        c.eat("only");
        self.written(c).map(drop)
    }

    /// `delete from t …`
    pub(super) fn delete(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.skip();
        manner(c);
        let mut rest = *c;
        // In MySQL's `delete from a using tables as a`, the table is after `using`.
        let aliases = self.facts().changes.delete_names_tables && rest.skip_to(&["using"]);
        if !c.eat("from") || aliases {
            return Ok(());
        }
        c.eat("only");
        self.written(c).map(drop)
    }

    /// `truncate table a, b`
    pub(super) fn truncate(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        if !self.facts().definitions.truncate {
            return Ok(());
        }
        c.skip();
        c.eat("table");
        for mut item in c.items() {
            item.eat("only");
            self.written(&mut item)?;
        }
        Ok(())
    }

    /// The table that comes next; `None` if its name is uncertain.
    fn written(&self, c: &mut Cursor<'_>) -> Read<Option<Id>> {
        let start = *c;
        let Ok(name) = c.name() else { return Ok(None) };
        let id = self.find_relation(&name);
        if id.is_none() {
            self.surely_no_table(&name, start.span_to(c))?;
        }
        Ok(id)
    }
}

/// Skips `or ignore` and similar clauses.
fn manner(c: &mut Cursor<'_>) {
    if c.eat("or") {
        c.skip();
    }
    while c.eat_any(&MANNERS) {}
}
