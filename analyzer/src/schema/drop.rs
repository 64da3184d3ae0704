//! `drop …`, with dependent objects for `cascade`.

use super::{
    Builder,
    cursor::{Cursor, Read},
    names::{Id, Name},
    types::{id_of, row_type},
};
use crate::dialect::Views;
use crate::{Relation, Type};

impl Builder {
    /// `drop table a, b cascade`, after `table` or `view`.
    pub(super) fn drop_relations(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let if_exists = c.eat("if exists");
        for mut item in c.items() {
            let start = item;
            let name = item.name()?;
            match self.find_relation(&name) {
                Some(id) => self.drop_relation(&id),
                None if if_exists || self.lenient => {}
                None => self.tell(start.script(), self.no_table(&name, start.span_to(&item))),
            }
        }
        Ok(())
    }

    /// Removes a table or view with its partitions. In PostgreSQL, also removes the views that use it, because only
    /// `cascade` drops a table with views.
    pub(super) fn drop_relation(&mut self, id: &Id) {
        let mut gone = self.family(id);
        if self.facts().definitions.views == Views::Tables {
            gone.extend(self.views_over(&gone, None));
        }
        let rows: Vec<Type> =
            gone.iter().filter_map(|id| Some(row_type(self.catalog.relations.get(id)?))).collect();
        self.drop_where(|id| gone.contains(id));
        if self.facts().definitions.creates_types {
            rows.iter().for_each(|row| self.drop_uses(row));
        }
    }

    /// Removes tables and views.
    pub(super) fn drop_where(&mut self, gone: impl Fn(&Id) -> bool) {
        let ids: Vec<Id> = self.catalog.relations.keys().filter(|id| gone(id)).cloned().collect();
        for id in ids {
            self.catalog.relations.remove(&id);
            self.forget_view(&id);
            self.forget_children(&id);
            self.changed(&id);
        }
    }

    /// `drop type a, b cascade`, after `type` or `domain`.
    pub(super) fn drop_types(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let if_exists = c.eat("if exists");
        for mut item in c.items() {
            let start = item;
            let name = item.name()?;
            match self.find_type(&name) {
                Some(id) => self.drop_type(&id),
                None if if_exists || self.lenient => {}
                None => self.problem(start.script(), start.offset(), format!("unknown type `{name}`")),
            }
        }
        Ok(())
    }

    /// Removes a type and the objects that use it.
    fn drop_type(&mut self, id: &Id) {
        if let Some(ty) = self.catalog.types.remove(id) {
            if let Some(range) = self.catalog.ranges.remove(&id.1) {
                let names = [&range.ty, &range.multirange].map(ToString::to_string);
                names.iter().for_each(|name| drop(self.catalog.functions.remove(name)));
                self.catalog.types.remove(&(id.0.clone(), range.multirange.to_string()));
            }
            self.drop_uses(&ty);
        }
    }

    /// Removes the objects that use a dropped type. They only exist if the type was dropped with `cascade`.
    fn drop_uses(&mut self, ty: &Type) {
        let uses = |other: &Option<Type>| other.as_ref().is_some_and(|other| is_made_of(other, ty));
        let columns = |relation: &Relation| {
            let columns = relation.columns.iter().filter(|column| uses(&column.ty));
            columns.map(|column| column.name.clone()).collect::<Vec<_>>()
        };
        let tables = self.catalog.relations.iter().map(|(id, relation)| (id.clone(), columns(relation)));
        for (table, columns) in tables.filter(|(_, columns)| !columns.is_empty()).collect::<Vec<_>>() {
            for column in columns {
                self.drop_column(&table, &column, true);
            }
        }
        for functions in self.catalog.functions.values_mut() {
            functions.retain(|function| !function.args.iter().any(uses));
        }
        let domain = |other: &Type| matches!(other, Type::Domain { base, .. } if is_made_of(base, ty));
        let domains = self.catalog.types.iter().filter(|(_, other)| domain(other)).map(|(id, _)| id.clone());
        for id in domains.collect::<Vec<_>>() {
            self.drop_type(&id);
        }
        self.drop_attributes(&|field| uses(&field.ty));
    }

    /// `drop schema a, b cascade`, after `schema`.
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

    /// `drop extension a, b`, after `extension`.
    pub(super) fn drop_extensions(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("if exists");
        for mut item in c.items() {
            let name = item.need_ident()?;
            self.catalog.extensions.remove(&name);
        }
        Ok(())
    }

    /// Removes a column from a table and its children, with the keys that contain it and, for `cascade`, the views that
    /// use it. Without `cascade` the server rejects this while a view uses the column, so no view can.
    pub(super) fn drop_column(&mut self, id: &Id, column: &str, cascade: bool) -> bool {
        let family = self.heirs(id, column);
        if cascade && self.facts().definitions.views == Views::Tables {
            let views = self.views_over(&family, Some(column));
            self.drop_where(|id| views.contains(id));
        }
        let mut found = false;
        for id in family {
            let had = self.update(&id, |this, relation| {
                let count = relation.columns.len();
                relation.columns.retain(|other| !this.same_column(&other.name, column) || other.hidden);
                let uses = |key: &crate::Key| key.columns.iter().any(|other| this.same_column(other, column));
                let gone = |key: &crate::Key| uses(key) || this.index_mentions(&id.0, key, column);
                relation.keys.retain(|key| !gone(key));
                relation.partial_keys.retain(|key| !gone(key));
                relation.columns.len() < count
            });
            found |= had.unwrap_or(false);
        }
        found
    }

    /// The schema and name of an altered table. Reports a problem if it is unknown.
    pub(super) fn need_relation(&mut self, name: &Name, c: &Cursor<'_>) -> Read<Id> {
        match self.find_relation(name) {
            Some(id) => Ok(id),
            None => Err(self.no_table(name, c.behind())),
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
