//! `alter table`, which can have several actions. Each action has a function here.

use std::collections::BTreeSet;

use super::{
    Builder,
    column::{Column, Place},
    create_table::{constraint_name, is_constraint, unknown_column},
    cursor::{Cursor, Read, Stuck},
    existence::{Word, need_word},
    names::{Id, Name},
    rename::hide_rowid,
};
use crate::Relation;

/// Actions without an effect on queries, by their first keywords.
const HARMLESS: [&str; 39] = [
    "owner to",
    "enable",
    "disable",
    "force",
    "no force",
    "cluster on",
    "set without",
    "set with",
    "set (",
    "reset (",
    "set tablespace",
    "set logged",
    "set unlogged",
    "set access method",
    "validate constraint",
    "replica identity",
    "alter constraint",
    "not of",
    "depends on",
    "no depends",
    "engine",
    "auto_increment",
    "comment",
    "convert to",
    "default",
    "character set",
    "charset",
    "collate",
    "row_format",
    "algorithm",
    "lock",
    "order by",
    "discard",
    "import",
    "alter index",
    "alter check",
    "optimize",
    "checksum",
    "key_block_size",
];

/// The altered relation.
#[derive(Clone)]
struct Target {
    id: Id,
    /// Only the table itself, not its children.
    only: bool,
}

impl Builder {
    /// `alter table …`, after `table` (or `view`, …).
    pub(super) fn alter_table(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let if_exists = c.eat("if exists");
        let only = c.eat("only");
        let start = *c;
        let name = c.name()?;
        let place = start.span_to(c);
        c.eat("*");
        let Some(id) = self.find_relation(&name) else {
            let other = c.is("rename to") && self.facts().definitions.alter_table_takes_any;
            if other && let Some(id) = self.key_by_name(&self.schema_of(&name), &name.name, None) {
                c.eat("rename to");
                let to = c.need_ident()?;
                self.rename_key(&id, &name.name, &to);
                return Ok(());
            }
            let harmless = HARMLESS.iter().any(|words| c.is(words)) || other;
            return match if_exists || self.lenient || harmless {
                true => Ok(()),
                false => Err(self.no_table(&name, place)),
            };
        };
        let mut target = Target { id, only };
        let actions = c.items();
        let several = actions.len() > 1;
        for mut action in actions {
            if let Err(stuck) = self.alter_action(&mut target, &mut action) {
                self.forget(&target.id);
                // An action can use what another one creates. The server chooses the order.
                let mistake = stuck.mistake.filter(|_| !several);
                self.tell(c.script(), Stuck { mistake, ..stuck });
            }
        }
        Ok(())
    }

    fn schema_of(&self, name: &Name) -> String {
        name.schema.as_deref().map_or_else(|| self.creation_schema(), |schema| self.schema_name(schema))
    }

    fn alter_action(&mut self, target: &mut Target, c: &mut Cursor<'_>) -> Read<()> {
        if c.done() || HARMLESS.iter().any(|words| c.is(words)) {
            return Ok(());
        }
        match c.word().as_str() {
            "add" => self.add(target, c),
            "drop" => self.drop_part(target, c),
            "alter" => self.alter_column(target, c),
            "rename" => self.rename_part(target, c),
            "modify" => self.modify(target, c),
            "change" => self.change(target, c),
            "set" if c.eat("set schema") => {
                let to = (c.need_ident()?, target.id.1.clone());
                self.move_relation(&target.id, to.clone());
                target.id = to;
                Ok(())
            }
            "attach" if c.eat("attach partition") => self.attach(target, c, true),
            "detach" if c.eat("detach partition") => self.detach(target, c),
            "inherit" if c.eat("inherit") => self.attach(target, c, false),
            "no" if c.eat("no inherit") => {
                let parent = c.name()?;
                if let Some(parent) = self.find_relation(&parent) {
                    self.remove_child(&parent, &target.id);
                }
                Ok(())
            }
            // MySQL's partitions have no effect on queries.
            "partition" | "remove" | "truncate" | "reorganize" | "exchange" | "coalesce" | "analyze"
            | "check" | "rebuild" | "repair" | "split" | "merge" => Ok(()),
            "of" => c.stuck("`alter table … of` is not supported"),
            _ if self.facts().definitions.engine_options => Ok(()),
            _ => c.stuck(format!("`alter table … {}` is not supported", c.excerpt())),
        }
    }

    fn add(&mut self, target: &Target, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("add");
        if c.eat("column") {
            return self.add_columns(target, c);
        }
        if c.is("partition") || c.is("system versioning") {
            return Ok(());
        }
        if is_constraint(c) {
            return self.add_constraint(target, c);
        }
        self.add_columns(target, c)
    }

    fn add_constraint(&mut self, target: &Target, c: &mut Cursor<'_>) -> Read<()> {
        let id = &target.id;
        let name = if c.eat("constraint") { constraint_name(c) } else { None };
        let constraint = *c;
        if c.eat("not null") {
            let column = need_word(c)?;
            let valid = !c.skip_to(&["not valid"]);
            if valid {
                self.set_column(id, false, &column, |column| column.not_null = true)?;
            }
            return Ok(());
        }
        self.mention_constraint(id, constraint);
        let Some(key) = self.read_key(c, name)? else { return Ok(()) };
        let (columns, primary, plain) = (key.columns.clone(), key.primary, key.plain && key.index.is_none());
        let included = key.with.included.clone();
        self.update(id, |this, relation| this.add_table_key(relation, key));
        if let Some(relation) = self.catalog.relations.get(id).cloned() {
            self.note_included(&relation, &included);
        }
        if plain && !target.only {
            for child in self.partitions(id) {
                self.update(&child, |this, relation| {
                    this.add_key(relation, columns.clone(), primary, Default::default());
                });
            }
        }
        Ok(())
    }

    fn add_columns(&mut self, target: &Target, c: &mut Cursor<'_>) -> Read<()> {
        let if_not_exists = c.eat("if not exists");
        // MySQL accepts several in parentheses.
        if let Some(group) = c.group() {
            for mut item in group.items() {
                match is_constraint(&item) {
                    true => self.add_constraint(target, &mut item)?,
                    false => self.add_column(target, &mut item, if_not_exists)?,
                }
            }
            return Ok(());
        }
        self.add_column(target, c, if_not_exists)
    }

    fn add_column(&mut self, target: &Target, c: &mut Cursor<'_>, if_not_exists: bool) -> Read<()> {
        let start = *c;
        let name = c.peek_ident().unwrap_or_default();
        let mut column = match self.read_column(c) {
            Ok(column) => column,
            Err(stuck) => {
                self.tell(c.script(), stuck);
                Column::of(unknown_column(name.clone()))
            }
        };
        if self.has_column(&target.id, &name) {
            if if_not_exists || self.lenient {
                return Ok(());
            }
            self.problem(start.script(), start.offset(), format!("`{name}` already exists"));
            self.update(&target.id, |this, relation| {
                relation.complete = false;
                for other in relation.columns.iter_mut().filter(|other| this.same_column(&other.name, &name))
                {
                    *other = unknown_column(name.clone());
                }
            });
            return Ok(());
        }
        let ids = if target.only { vec![target.id.clone()] } else { self.family(&target.id) };
        for id in ids {
            if self.has_column(&id, &name) {
                continue;
            }
            if self.facts().definitions.rowid {
                self.update(&id, |_, relation| hide_rowid(relation, &name));
            }
            let place = self.place(&id, &column.place);
            self.update(&id, |_, relation| relation.columns.insert(place, column.column.clone()));
        }
        self.take_column_keys(&target.id, &mut column);
        Ok(())
    }

    /// The keys that a column's definition declares.
    fn take_column_keys(&mut self, id: &Id, column: &mut Column) {
        let columns = vec![column.column.name.clone()];
        column.references.drain(..).for_each(|reference| self.mention_reference(reference));
        let primary = column.primary.take();
        let unique = std::mem::take(&mut column.unique);
        self.update(id, |this, relation| {
            if let Some(with) = primary {
                this.add_key(relation, columns.clone(), true, with);
            }
            for with in unique {
                this.add_key(relation, columns.clone(), false, with);
            }
        });
    }

    pub(super) fn has_column(&self, id: &Id, name: &str) -> bool {
        self.catalog.relations.get(id).is_some_and(|relation| {
            relation.columns.iter().any(|c| !c.hidden && self.same_column(&c.name, name))
        })
    }

    /// The place of a new column: before the hidden columns of every table.
    fn place(&self, id: &Id, place: &Place) -> usize {
        let Some(relation) = self.catalog.relations.get(id) else { return 0 };
        let columns = &relation.columns;
        match place {
            Place::First => 0,
            Place::After(name) => columns
                .iter()
                .position(|c| self.same_column(&c.name, name))
                .map_or(columns.len(), |at| at + 1),
            Place::Last if self.facts().definitions.invisible_columns => columns.len(),
            Place::Last => columns.iter().position(|column| column.hidden).unwrap_or(columns.len()),
        }
    }

    fn drop_part(&mut self, target: &Target, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("drop");
        let indexes = self.facts().definitions.table_indexes;
        if c.eat("constraint") || (indexes && (c.eat("index") || c.eat("key"))) {
            c.eat("if exists");
            let name = c.need_ident()?;
            if !self.drop_key(&target.id, &name) && self.facts().definitions.named_not_null {
                self.drop_not_null(target, &name, c)?;
            }
            return Ok(());
        }
        if indexes && c.eat("primary key") {
            self.drop_key(&target.id, "PRIMARY");
            return Ok(());
        }
        if indexes && (c.is("foreign key") || c.is("check") || c.is("partition") || c.is("system")) {
            return Ok(());
        }
        c.eat("column");
        let if_exists = c.eat("if exists");
        let Word { name, span } = need_word(c)?;
        let cascade = c.eat("cascade");
        if self.drop_column(&target.id, &name, cascade) || if_exists || self.lenient {
            return Ok(());
        }
        Err(self.no_column(&target.id, &name, span))
    }

    /// PostgreSQL 18 has constraints for columns that are not null. It names them after the table and the column, with
    /// a number at the end if the name is taken. If such a name fits no column here, the column or table was renamed
    /// since, or the name was truncated, so the constraint can belong to any column. (A `check` can have such a name,
    /// too. Treating a column as nullable is never wrong.)
    fn drop_not_null(&mut self, target: &Target, name: &str, c: &Cursor<'_>) -> Read<()> {
        let Some(relation) = self.catalog.relations.get(&target.id) else { return Ok(()) };
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let made = |column: &str| stem == format!("{}_{column}_not_null", relation.name);
        let columns = || relation.columns.iter().map(|column| column.name.clone());
        let meant = match columns().find(|column| made(column)) {
            Some(column) => vec![column],
            None if stem.ends_with("_not_null") => {
                columns().filter(|column| !in_primary_key(self, relation, column)).collect()
            }
            None => Vec::new(),
        };
        meant.into_iter().try_for_each(|name| {
            let column = Word { name, span: c.span() };
            self.set_column(&target.id, target.only, &column, allow_null)
        })
    }

    fn alter_column(&mut self, target: &Target, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("alter");
        c.eat("column");
        c.eat("if exists");
        let name = need_word(c)?;
        let (id, only) = (&target.id, target.only);
        if c.eat("set not null") {
            return self.set_column(id, only, &name, |column| column.not_null = true);
        }
        if c.eat("drop not null") {
            // The rows of children are also rows of the parent.
            let parents = self.ancestors(id);
            for parent in parents {
                self.set_column(&parent, true, &name, allow_null)?;
            }
            return self.set_column(id, only, &name, allow_null);
        }
        if c.eat("set default") {
            let given = !c.is("null");
            return self.set_column(id, only, &name, |column| column.has_default = given);
        }
        if c.eat("drop default") {
            return self.set_column(id, only, &name, |column| column.has_default = false);
        }
        if c.eat("add generated") {
            let always = c.eat("always");
            return self.set_column(id, true, &name, |column| {
                column.has_default = true;
                column.not_null = true;
                column.generated = always;
            });
        }
        if c.eat("set generated") {
            let always = c.eat("always");
            return self.set_column(id, true, &name, |column| column.generated = always);
        }
        if c.eat("drop identity") || c.eat("drop expression") {
            return self.set_column(id, only, &name, |column| {
                column.has_default = false;
                column.generated = false;
            });
        }
        if c.eat("set invisible") {
            return self.set_column(id, only, &name, |column| column.hidden = true);
        }
        if c.eat("set visible") {
            return self.set_column(id, only, &name, |column| column.hidden = false);
        }
        if c.eat("set data type") || c.eat("type") {
            let declared = self.read_type(c)?;
            return self.set_column(id, only, &name, |column| {
                // It is unknown whether the column had its own `not null` besides that of its old domain.
                allow_if_domains(column);
                column.ty = declared.ty.clone();
                column.not_null |= forbids_null(column);
            });
        }
        let harmless =
            ["set statistics", "set storage", "set compression", "set (", "reset (", "set expression"];
        let options = [
            "options",
            "restart",
            "set increment",
            "set start",
            "set maxvalue",
            "set minvalue",
            "set cache",
            "set no",
            "set cycle",
            "set restart",
        ];
        if harmless.iter().chain(&options).any(|words| c.is(words)) {
            return Ok(());
        }
        self.set_column(id, only, &name, |column| {
            column.ty = None;
            column.not_null = false;
        })?;
        c.stuck(format!("`alter column … {}` is not supported", c.excerpt()))
    }

    /// Changes a column, in children too unless `only`.
    fn set_column(
        &mut self,
        id: &Id,
        only: bool,
        column: &Word,
        change: impl Fn(&mut crate::RelationColumn),
    ) -> Read<()> {
        let Word { name, span } = column;
        if !self.has_column(id, name) {
            let hidden =
                self.catalog.relations.get(id).is_some_and(|r| r.columns.iter().any(|c| c.name == *name));
            if !hidden {
                return match self.lenient {
                    true => Ok(()),
                    false => Err(self.no_column(id, name, *span)),
                };
            }
        }
        let ids = if only { vec![id.clone()] } else { self.family(id) };
        for id in ids {
            self.update(&id, |this, relation| {
                relation
                    .columns
                    .iter_mut()
                    .filter(|column| this.same_column(&column.name, name))
                    .for_each(&change);
            });
        }
        Ok(())
    }

    fn rename_part(&mut self, target: &mut Target, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("rename");
        let indexes = self.facts().definitions.table_indexes;
        if c.eat("constraint") || (indexes && (c.eat("index") || c.eat("key"))) {
            let from = c.need_ident()?;
            c.eat("to");
            let to = c.need_ident()?;
            self.rename_key(&target.id, &from, &to);
            return Ok(());
        }
        if c.eat("to") || (indexes && (c.eat("as") || !c.is("column"))) {
            let to = c.name()?;
            let to = match to.schema {
                Some(_) => self.new_id(&to, false),
                None => (target.id.0.clone(), to.name),
            };
            self.move_relation(&target.id, to.clone());
            target.id = to;
            return Ok(());
        }
        c.eat("column");
        c.eat("if exists");
        let from = need_word(c)?;
        if !c.eat("to") {
            return c.stuck("`to` is missing here");
        }
        let to = c.need_ident()?;
        self.rename_column(&target.id, &from, &to)
    }

    /// MySQL's `modify column a int not null after b`.
    fn modify(&mut self, target: &Target, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("modify");
        c.eat("column");
        c.eat("if exists");
        let name = Word { name: c.peek_ident().unwrap_or_default(), span: c.span() };
        self.redefine(target, &name, c)
    }

    /// MySQL's `change column a b int not null first`.
    fn change(&mut self, target: &Target, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("change");
        c.eat("column");
        c.eat("if exists");
        let name = need_word(c)?;
        self.redefine(target, &name, c)
    }

    fn redefine(&mut self, target: &Target, name: &Word, c: &mut Cursor<'_>) -> Read<()> {
        let id = &target.id;
        if !self.has_column(id, &name.name) {
            return Err(self.no_column(id, &name.name, name.span));
        }
        let mut column = self.read_column(c)?;
        let to = column.column.name.clone();
        self.rename_column(id, name, &to)?;
        // Columns of a primary key always stay not null.
        self.update(id, |this, relation| {
            let at = relation.columns.iter().position(|other| this.same_column(&other.name, &to));
            let mut new = column.column.clone();
            new.not_null |= in_primary_key(this, relation, &to);
            if let Some(at) = at {
                relation.columns[at] = new;
            }
        });
        if column.place != Place::Last {
            let moved = self.update(id, |this, relation| {
                let at = relation.columns.iter().position(|other| this.same_column(&other.name, &to));
                at.map(|at| relation.columns.remove(at))
            });
            let place = self.place(id, &column.place);
            if let Some(moved) = moved.flatten() {
                self.update(id, |_, relation| relation.columns.insert(place, moved));
            }
        }
        self.take_column_keys(id, &mut column);
        Ok(())
    }

    /// An existing table becomes a partition or a child.
    fn attach(&mut self, target: &Target, c: &mut Cursor<'_>, partition: bool) -> Read<()> {
        let other = c.name()?;
        let other = self.need_relation(&other, c)?;
        let (parent, child) = if partition { (&target.id, &other) } else { (&other, &target.id) };
        let own = match self.catalog.relations.get(child) {
            Some(relation) if !partition => {
                relation.columns.iter().map(|column| column.name.clone()).collect()
            }
            _ => BTreeSet::new(),
        };
        self.add_child(parent, child, partition, own);
        if partition {
            let keys = self.catalog.relations[parent].keys.clone();
            self.update(child, |this, relation| {
                for key in keys
                    .into_iter()
                    .filter(|key| !relation.keys.iter().any(|k| k.columns == key.columns))
                    .collect::<Vec<_>>()
                {
                    this.add_key(relation, key.columns, key.primary, Default::default());
                }
            });
        }
        self.changed(parent);
        Ok(())
    }

    fn detach(&mut self, target: &Target, c: &mut Cursor<'_>) -> Read<()> {
        let child = c.name()?;
        let child = self.need_relation(&child, c)?;
        self.remove_child(&target.id, &child);
        Ok(())
    }
}

/// `drop not null`, which does not affect the `not null` of a domain.
fn allow_null(column: &mut crate::RelationColumn) {
    column.not_null = forbids_null(column);
}

fn allow_if_domains(column: &mut crate::RelationColumn) {
    column.not_null &= !forbids_null(column);
}

/// Whether a column's domain forbids null.
fn forbids_null(column: &crate::RelationColumn) -> bool {
    matches!(column.ty, Some(crate::Type::Domain { not_null: true, .. }))
}

fn in_primary_key(this: &Builder, relation: &Relation, column: &str) -> bool {
    relation
        .keys
        .iter()
        .any(|key| key.primary && key.columns.iter().any(|other| this.same_column(other, column)))
}
