//! Independent sequences, which a query can read like a table.

use super::{
    Builder,
    cursor::{Cursor, Read},
    names::{Id, Name},
};

impl Builder {
    /// `create sequence …`, after `sequence`.
    pub(super) fn create_sequence(&mut self, c: &mut Cursor<'_>, temporary: bool) -> Read<()> {
        c.eat("if not exists");
        let name = c.name()?;
        let id = self.new_id(&name, temporary);
        self.catalog.sequences.insert(id);
        Ok(())
    }

    /// `alter sequence a rename to b`, after `sequence`.
    pub(super) fn alter_sequence(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("if exists");
        let name = c.name()?;
        let Some(mut id) = self.take_sequence(&name) else { return Ok(()) };
        if c.eat("rename to") {
            id.1 = c.need_ident()?;
        } else if c.eat("set schema") {
            id.0 = c.need_ident()?;
        }
        self.catalog.sequences.insert(id);
        Ok(())
    }

    /// `drop sequence a, b`, after `sequence`.
    pub(super) fn drop_sequences(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("if exists");
        for mut item in c.items() {
            let name = item.name()?;
            self.take_sequence(&name);
        }
        Ok(())
    }

    fn take_sequence(&mut self, name: &Name) -> Option<Id> {
        let schemas = match &name.schema {
            Some(schema) => vec![self.schema_name(schema)],
            None => self.catalog.search_path.clone(),
        };
        let ids = schemas.into_iter().map(|schema| (schema, name.name.clone()));
        ids.into_iter().find(|id| self.catalog.sequences.remove(id))
    }
}
