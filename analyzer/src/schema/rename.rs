//! New names and new schemas for tables, views and types.

use std::sync::Arc;

use super::{
    Builder,
    cursor::{Cursor, Read},
    existence::Word,
    names::{Id, Name},
    types::id_of,
};
use crate::{Range, Type};

impl Builder {
    /// MySQL's `rename table a to b, c to d`.
    pub(super) fn rename_tables(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        if !c.eat("rename table") && !c.eat("rename tables") {
            return Ok(());
        }
        for mut item in c.items() {
            let start = item;
            let from = item.name()?;
            let place = start.span_to(&item);
            item.eat("to");
            let to = item.name()?;
            let Some(id) = self.find_relation(&from) else {
                return Err(self.no_table(&from, place));
            };
            let to = self.new_id(&to, false);
            self.move_relation(&id, to);
        }
        Ok(())
    }

    /// Renames a table or view within its schema.
    pub(super) fn rename_relation(&mut self, from: &Name, to: &str, c: &Cursor<'_>) -> Read<()> {
        let Some(id) = self.find_relation(from) else {
            return Err(self.no_table(from, c.behind()));
        };
        let to = (id.0.clone(), to.to_owned());
        self.move_relation(&id, to);
        Ok(())
    }

    /// Changes the schema and name of a table or view.
    pub(super) fn move_relation(&mut self, from: &Id, to: Id) {
        let Some(mut relation) = self.catalog.relations.remove(from) else { return };
        let target = Arc::make_mut(&mut relation);
        let old = std::mem::replace(&mut target.name, to.1.clone());
        target.schema.clone_from(&to.0);
        // SQLite's full-text tables have a column with the name of the table.
        let virtual_table = target.kind == crate::RelationKind::Virtual;
        for column in target.columns.iter_mut().filter(|c| virtual_table && c.hidden && c.name == old) {
            column.name.clone_from(&to.1);
        }
        for name in relation.keys.iter().chain(&relation.partial_keys).filter_map(|key| key.name.clone()) {
            if let Some(words) = self.index_words.remove(&(from.0.clone(), name.clone())) {
                self.index_words.insert((to.0.clone(), name), words);
            }
        }
        self.catalog.relations.insert(to.clone(), relation);
        self.rename_child(from, &to);
        self.rename_in_views(from, &to);
        self.rename_row_type(from, &to);
        self.changed(from);
        self.changed(&to);
    }

    /// Renames a column, also in children.
    pub(super) fn rename_column(&mut self, id: &Id, from: &Word, to: &str) -> Read<()> {
        let Word { name: from, span } = from;
        let known = self.catalog.relations.get(id).is_some_and(|relation| {
            relation.columns.iter().any(|column| self.same_column(&column.name, from) && !column.hidden)
        });
        if !known {
            if self.lenient {
                return Ok(());
            }
            let stuck = self.no_column(id, from, *span);
            self.forget(id);
            return Err(stuck);
        }
        for id in self.family(id) {
            self.update(&id, |this, relation| {
                let keys = relation.keys.iter_mut().chain(&mut relation.partial_keys);
                let in_keys = keys.flat_map(|key| &mut key.columns);
                let names = relation.columns.iter_mut().map(|column| &mut column.name).chain(in_keys);
                for name in names.filter(|name| this.same_column(name, from)) {
                    to.clone_into(name);
                }
                if this.facts().definitions.rowid {
                    hide_rowid(relation, to);
                }
            });
            self.rename_column_in_indexes(&id, from, to);
            self.rename_column_in_views(&id, from, to);
        }
        Ok(())
    }

    /// Changes the schema and name of a type.
    pub(super) fn move_type(&mut self, from: &Id, to: &Id) {
        let Some(ty) = self.catalog.types.remove(from) else { return };
        let renamed = renamed(&ty, to);
        self.catalog.types.insert(to.clone(), renamed.clone());
        if let Some(range) = self.catalog.ranges.remove(&from.1) {
            self.catalog.ranges.insert(to.1.clone(), Range { ty: renamed.clone(), ..range });
        }
        self.replace_types(&|other| (*other == ty).then(|| renamed.clone()));
    }

    fn rename_row_type(&mut self, from: &Id, to: &Id) {
        self.replace_types(&|ty| {
            let row = matches!(ty, Type::Composite { .. }) && id_of(ty).as_ref() == Some(from);
            row.then(|| renamed(ty, to))
        });
    }
}

/// A column replaces a hidden name of the rowid.
pub(super) fn hide_rowid(relation: &mut crate::Relation, name: &str) {
    relation.columns.retain(|column| !column.hidden || !column.name.eq_ignore_ascii_case(name));
}

fn renamed(ty: &Type, to: &Id) -> Type {
    let mut ty = ty.clone();
    match &mut ty {
        Type::Enum { schema, name, .. }
        | Type::Domain { schema, name, .. }
        | Type::Composite { schema, name, .. } => {
            *schema = Some(to.0.as_str().into());
            *name = to.1.as_str().into();
        }
        Type::Base(name) => *name = to.1.clone().into(),
        Type::Array(_) | Type::Record => {}
    }
    ty
}
