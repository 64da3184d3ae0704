//! `create index`, `alter index` and `drop index`, for unique indexes, which are keys.

use std::collections::BTreeSet;

use super::{
    Builder,
    column::Constraint,
    cursor::{Cursor, Read},
    keys::{read_included, read_parts, read_words},
    names::{self, Id, Name},
};
use crate::dialect::KeyNames;
use crate::{Key, Relation};

/// A unique index.
struct Index {
    columns: Vec<String>,
    /// Whether it applies to every row and only contains columns.
    key: bool,
    /// The other columns that it depends on.
    words: Option<BTreeSet<String>>,
}

impl Builder {
    /// `create unique index …`, after `index`.
    pub(super) fn create_index(&mut self, c: &mut Cursor<'_>, unique: bool) -> Read<()> {
        c.eat("concurrently");
        let if_not_exists = c.eat("if not exists");
        let name = if c.is("on") { None } else { Some(c.name()?) };
        if c.eat("using") {
            c.skip();
        }
        if !c.eat("on") {
            return c.stuck("the table of the index is missing");
        }
        let only = c.eat("only");
        let start = *c;
        let mut table = c.name()?;
        let place = start.span_to(c);
        if self.facts().definitions.index_has_schema {
            table.schema = name.as_ref().and_then(|name| name.schema.clone());
        }
        if c.eat("using") {
            c.skip();
        }
        let mut words = c.words();
        let Some(group) = c.group() else { return c.stuck("the columns of the index are missing") };
        // With `if not exists`, an index with an existing name is not created, whatever its columns.
        let there = name.as_ref().is_some_and(|name| self.other_names.contains(&name.name));
        self.other_names.extend(name.as_ref().map(|name| name.name.clone()));
        let Some(id) = self.find_relation(&table) else {
            return if unique {
                Err(self.no_table(&table, place))
            } else {
                self.surely_no_table(&table, place)
            };
        };
        if !(there && if_not_exists) {
            self.mention(&id, read_words(group));
        }
        let parts = read_parts(group);
        if !unique {
            // Later statements can use the name that PostgreSQL generates for it.
            let made = self.index_name(&id, &parts.labels).filter(|_| name.is_none());
            self.other_names.extend(made);
            return Ok(());
        }
        let included = read_included(c);
        let partial = c.skip_to(&["where"]);
        let more = partial || !parts.plain || !included.is_empty();
        let name = name.map(|name| name.name);
        let within = Some(&id).filter(|_| self.facts().definitions.table_indexes);
        if name.as_ref().is_some_and(|name| self.key_by_name(&id.0, name, within).is_some()) {
            return Ok(());
        }
        let labels = [parts.labels, included].concat();
        let name = name.or_else(|| self.index_name(&id, &labels));
        words.retain(|word| self.has_column(&id, word));
        let index =
            Index { columns: parts.columns, key: parts.plain && !partial, words: more.then_some(words) };
        self.add_index(&id, name, &index);
        // Each partition gets its own index.
        let partitions = if only { Vec::new() } else { self.partitions(&id) };
        for partition in partitions {
            let name = self.index_name(&partition, &labels);
            self.add_index(&partition, name, &index);
        }
        Ok(())
    }

    fn add_index(&mut self, table: &Id, name: Option<String>, index: &Index) {
        self.update(table, |this, relation| {
            if index.key {
                let with = Constraint { name: name.clone(), ..Constraint::default() };
                this.add_key(relation, index.columns.clone(), false, with);
            } else {
                let columns = index.columns.iter().map(|column| this.column_name(relation, column)).collect();
                relation.partial_keys.push(Key { name: name.clone(), columns, primary: false });
            }
        });
        let Some(name) = name else { return };
        let id = (table.0.clone(), name);
        match &index.words {
            Some(words) => self.index_words.insert(id, words.clone()),
            // An index with the same name may have been dropped with its table.
            None => self.index_words.remove(&id),
        };
    }

    /// The name that PostgreSQL gives to an index without one.
    fn index_name(&self, table: &Id, labels: &[String]) -> Option<String> {
        let relation = self
            .catalog
            .relations
            .get(table)
            .filter(|_| self.facts().definitions.key_names == KeyNames::ByTable)?;
        Some(self.free_name(relation, &names::listed(labels), "idx"))
    }

    /// Records the included columns of the last key of a table, because dropping them drops the key.
    pub(super) fn note_included(&mut self, relation: &Relation, included: &[String]) {
        if let Some(name) = relation.keys.last().and_then(|key| key.name.clone())
            && !included.is_empty()
        {
            self.index_words.insert((relation.schema.clone(), name), included.iter().cloned().collect());
        }
    }

    /// Whether an index depends on a column other than its key columns: in an expression, its condition, or `include`.
    pub(super) fn index_mentions(&self, schema: &str, key: &Key, column: &str) -> bool {
        let id = (schema.to_owned(), key.name.clone().unwrap_or_default());
        self.index_words.get(&id).is_some_and(|words| words.contains(column))
    }

    /// Updates the dependencies of indexes when a column is renamed.
    pub(super) fn rename_column_in_indexes(&mut self, table: &Id, from: &str, to: &str) {
        let Some(relation) = self.catalog.relations.get(table) else { return };
        for name in relation.keys.iter().chain(&relation.partial_keys).filter_map(|key| key.name.clone()) {
            if let Some(words) = self.index_words.get_mut(&(table.0.clone(), name))
                && words.remove(from)
            {
                words.insert(to.to_owned());
            }
        }
    }

    /// The table with a key of this name.
    pub(super) fn key_by_name(&self, schema: &str, name: &str, table: Option<&Id>) -> Option<Id> {
        let names = &self.facts().names;
        let same = |key: &Key| key.name.as_ref().is_some_and(|key| names.same_ascii(key, name));
        let has = |relation: &Relation| relation.keys.iter().chain(&relation.partial_keys).any(same);
        let found =
            self.catalog.relations.iter().find(|(id, relation)| {
                id.0 == schema && table.is_none_or(|table| table == *id) && has(relation)
            });
        found.map(|(id, _)| id.clone())
    }

    /// The table of an index. Without a schema, it is looked up by the search path.
    fn index_table(&self, name: &Name) -> Option<Id> {
        let path = match &name.schema {
            Some(schema) => vec![self.schema_name(schema)],
            None => self.catalog.search_path.clone(),
        };
        path.iter().find_map(|schema| self.key_by_name(schema, &name.name, None))
    }

    /// `drop index …`, after `index`. Indexes that aren't keys are not in the catalog, so a missing one is not an
    /// error.
    pub(super) fn drop_index(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("concurrently");
        c.eat("if exists");
        for mut item in c.items() {
            let name = item.name()?;
            let table =
                if item.eat("on") { self.find_relation(&item.name()?) } else { self.index_table(&name) };
            if let Some(id) = table {
                self.drop_key(&id, &name.name);
            }
        }
        Ok(())
    }

    /// Removes a key from its table and from the partitions that inherited it. Returns whether there was one.
    pub(super) fn drop_key(&mut self, id: &Id, name: &str) -> bool {
        let ids = self.family(id);
        let names = &self.facts().names;
        let same = |key: &Key| key.name.as_ref().is_some_and(|key| names.same_ascii(key, name));
        let Some(relation) = self.catalog.relations.get(id) else { return false };
        let Some(key) = relation.keys.iter().chain(&relation.partial_keys).find(|key| same(key)).cloned()
        else {
            self.drop_numbered_key(id, name);
            return false;
        };
        for child in ids {
            let own = child == *id;
            self.update(&child, |_, relation| {
                let gone = |other: &Key| if own { same(other) } else { other.columns == key.columns };
                relation.keys.retain(|other| !gone(other));
                relation.partial_keys.retain(|other| !gone(other));
            });
        }
        true
    }

    /// MySQL's generated names also count indexes that aren't keys, which are not in the catalog: `a_2` may be the key
    /// on `a` that is named `a` here. Forgetting one key too many is never wrong.
    fn drop_numbered_key(&mut self, id: &Id, name: &str) {
        let number = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let Some((base, _)) = name.rsplit_once('_').filter(|(_, end)| number(end)) else { return };
        if self.facts().definitions.key_names != KeyNames::ByColumn {
            return;
        }
        let made = |key: &Key| {
            let over = key.columns.first().is_some_and(|column| column.eq_ignore_ascii_case(base));
            let named = key
                .name
                .as_deref()
                .map(|own| own.rsplit_once('_').filter(|(_, end)| number(end)).map_or(own, |(own, _)| own));
            over && named.is_some_and(|own| own.eq_ignore_ascii_case(base))
        };
        self.update(id, |_, relation| relation.keys.retain(|key| !made(key)));
    }

    /// `alter index … rename to …`, after `index`.
    pub(super) fn alter_index(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("if exists");
        let name = c.name()?;
        if !c.eat("rename to") {
            return Ok(());
        }
        let to = c.need_ident()?;
        self.other_names.insert(to.clone());
        if let Some(id) = self.index_table(&name) {
            self.rename_key(&id, &name.name, &to);
        } else if self.find_relation(&name).is_some() {
            // In PostgreSQL, `alter index` can rename a table.
            return self.rename_relation(&name, &to, c);
        }
        Ok(())
    }

    pub(super) fn rename_key(&mut self, id: &Id, from: &str, to: &str) {
        if let Some(words) = self.index_words.remove(&(id.0.clone(), from.to_owned())) {
            self.index_words.insert((id.0.clone(), to.to_owned()), words);
        }
        self.update(id, |_, relation| {
            for key in relation.keys.iter_mut().chain(&mut relation.partial_keys) {
                if key.name.as_deref() == Some(from) {
                    key.name = Some(to.to_owned());
                }
            }
        });
    }
}
