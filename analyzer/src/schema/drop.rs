//! `drop …`, with what goes along by `cascade`.

use super::{
    Builder,
    cursor::{Cursor, Read},
    names::{Id, Name},
    types::id_of,
};
use crate::Type;

impl Builder {
    /// `drop table a, b cascade`, behind `table` or `view`.
    pub(super) fn drop_relations(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let if_exists = c.eat("if exists");
        for mut item in c.items() {
            let start = item;
            let name = item.name()?;
            match self.find_relation(&name) {
                Some(id) => self.drop_relation(&id),
                None if if_exists || self.lenient => {}
                None => self.problem(start.script(), start.offset(), format!("no table `{name}` is known")),
            }
        }
        Ok(())
    }

    /// Takes a table or view out, with its partitions, and in PostgreSQL with the views over it: it would not drop it
    /// while they are there unless told so.
    pub(super) fn drop_relation(&mut self, id: &Id) {
        let mut gone = self.family(id);
        if self.catalog.dialect == aio_databases_sql::Dialect::Postgres {
            gone.extend(self.views_over(&gone, None));
        }
        self.drop_where(|id| gone.contains(id));
    }

    /// Takes tables and views out.
    pub(super) fn drop_where(&mut self, gone: impl Fn(&Id) -> bool) {
        let ids: Vec<Id> = self.catalog.relations.keys().filter(|id| gone(id)).cloned().collect();
        for id in ids {
            self.catalog.relations.remove(&id);
            self.forget_view(&id);
            self.forget_children(&id);
            self.changed(&id);
        }
    }

    /// `drop type a, b cascade`, behind `type` or `domain`.
    pub(super) fn drop_types(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let if_exists = c.eat("if exists");
        for mut item in c.items() {
            let start = item;
            let name = item.name()?;
            match self.find_type(&name) {
                Some(id) => self.drop_type(&id),
                None if if_exists || self.lenient => {}
                None => self.problem(start.script(), start.offset(), format!("no type `{name}` is known")),
            }
        }
        Ok(())
    }

    /// Takes a type out, with the columns and functions of it: they are there only if it is dropped by cascade.
    fn drop_type(&mut self, id: &Id) {
        let Some(ty) = self.catalog.types.remove(id) else { return };
        let uses = |other: &Option<Type>| other.as_ref().is_some_and(|other| is_made_of(other, &ty));
        let tables: Vec<(Id, Vec<String>)> = self
            .catalog
            .relations
            .iter()
            .map(|(id, relation)| {
                let columns = relation.columns.iter().filter(|column| uses(&column.ty));
                (id.clone(), columns.map(|column| column.name.clone()).collect())
            })
            .filter(|(_, columns): &(Id, Vec<String>)| !columns.is_empty())
            .collect();
        for (table, columns) in tables {
            for column in columns {
                self.drop_column(&table, &column);
            }
        }
        for functions in self.catalog.functions.values_mut() {
            functions.retain(|function| !function.args.iter().any(uses));
        }
    }

    /// `drop schema a, b cascade`, behind `schema`.
    pub(super) fn drop_schemas(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("if exists");
        for mut item in c.items() {
            let name = item.need_ident()?;
            let schema = self.schema_name(&name);
            let tables: Vec<Id> =
                self.catalog.relations.keys().filter(|id| id.0 == schema).cloned().collect();
            tables.iter().for_each(|id| self.drop_relation(id));
            let types: Vec<Id> = self.catalog.types.keys().filter(|id| id.0 == schema).cloned().collect();
            types.iter().for_each(|id| self.drop_type(id));
            for functions in self.catalog.functions.values_mut() {
                functions.retain(|function| function.schema != schema);
            }
        }
        self.catalog.functions.retain(|_, functions| !functions.is_empty());
        Ok(())
    }

    /// `drop extension a, b`, behind `extension`.
    pub(super) fn drop_extensions(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("if exists");
        for mut item in c.items() {
            let name = item.need_ident()?;
            self.catalog.extensions.remove(&name);
        }
        Ok(())
    }

    /// Takes a column out of a table and its children, with the keys that it is in and the views over it.
    pub(super) fn drop_column(&mut self, id: &Id, column: &str) -> bool {
        let family = self.family(id);
        if self.catalog.dialect == aio_databases_sql::Dialect::Postgres {
            let views = self.views_over(&family, Some(column));
            self.drop_where(|id| views.contains(id));
        }
        let mut found = false;
        for id in family {
            let had = self.update(&id, |this, relation| {
                let count = relation.columns.len();
                relation.columns.retain(|other| !this.same_column(&other.name, column) || other.hidden);
                let uses = |key: &crate::Key| key.columns.iter().any(|other| this.same_column(other, column));
                relation.keys.retain(|key| !uses(key));
                relation.partial_keys.retain(|key| !uses(key) && !this.index_mentions(&id.0, key, column));
                relation.columns.len() < count
            });
            found |= had.unwrap_or(false);
        }
        found
    }

    /// The schema and name of a table that is altered; a note where it is not known.
    pub(super) fn need_relation(&mut self, name: &Name, c: &Cursor<'_>) -> Read<Id> {
        match self.find_relation(name) {
            Some(id) => Ok(id),
            None => c.stuck(format!("no table `{name}` is known")),
        }
    }
}

/// Whether a type is another, an array of it, or a domain over it.
fn is_made_of(ty: &Type, part: &Type) -> bool {
    let same = match id_of(part) {
        Some(id) => id_of(ty) == Some(id),
        None => ty == part,
    };
    same || match ty {
        Type::Array(element) => is_made_of(element, part),
        Type::Domain { base, .. } => is_made_of(base, part),
        _ => false,
    }
}
