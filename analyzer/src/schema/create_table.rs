//! `create table`, in all its forms.

use std::sync::Arc;

use aio_databases_sql::Span;

use super::{
    Builder,
    column::{Column, Constraint, read_clauses},
    cursor::{Cursor, Kind, Read},
    names::{Id, Name},
};
use crate::dialect::{Like, SameKeys};
use crate::{Relation, RelationColumn, RelationKind, Type};

/// The table that is being created.
struct Draft {
    relation: Relation,
    /// Keys in the written order: columns, whether primary, and the rest.
    keys: Vec<(Vec<String>, bool, Constraint)>,
    /// For SQLite: the words of each column's type, because only `integer` makes the rowid.
    declared: Vec<(String, String)>,
    /// SQLite's `without rowid`.
    without_rowid: bool,
}

impl Draft {
    fn new(id: &Id) -> Self {
        let relation = Relation {
            schema: id.0.clone(),
            name: id.1.clone(),
            kind: RelationKind::Table,
            columns: Vec::new(),
            keys: Vec::new(),
            partial_keys: Vec::new(),
            reacts: false,
            forgets: false,
            triggers: Vec::new(),
            complete: true,
        };
        Draft { relation, keys: Vec::new(), declared: Vec::new(), without_rowid: false }
    }
}

impl Builder {
    /// `create table …`, after `table`.
    pub(super) fn create_table(&mut self, c: &mut Cursor<'_>, temporary: bool, replace: bool) -> Read<()> {
        let if_not_exists = c.eat("if not exists");
        let name = c.name()?;
        let id = self.new_id(&name, temporary);
        if self.catalog.relations.contains_key(&id) && !replace {
            if !(if_not_exists || self.lenient) {
                self.problem(c.script(), c.offset(), format!("`{name}` already exists"));
            }
            return Ok(());
        }
        let mut draft = Draft::new(&id);
        let read = self.table_body(&mut draft, &id, c);
        self.finish_table(draft, id, read)
    }

    /// A table from a query: `as select …`.
    pub(super) fn table_of_query(&mut self, name: Name, temporary: bool, c: &mut Cursor<'_>) -> Read<()> {
        let id = self.new_id(&name, temporary);
        let mut draft = Draft::new(&id);
        let read = self.table_options(&mut draft, &id, c);
        self.finish_table(draft, id, read)
    }

    fn finish_table(&mut self, mut draft: Draft, id: Id, read: Read<()>) -> Read<()> {
        draft.relation.complete &= read.is_ok();
        self.finish_keys(&mut draft);
        self.system_columns(&mut draft.relation);
        self.catalog.relations.insert(id.clone(), Arc::new(draft.relation));
        self.changed(&id);
        read
    }

    fn table_body(&mut self, draft: &mut Draft, id: &Id, c: &mut Cursor<'_>) -> Read<()> {
        if c.eat("like") {
            let other = c.name()?;
            return self.copy_table(draft, &other, c);
        }
        if c.eat("partition of") {
            let parent = c.name()?;
            self.inherit(draft, id, &parent, true, c.behind())?;
        } else if c.eat("of") {
            self.columns_of_type(draft, c)?;
        }
        if let Some(mut group) = c.group() {
            if self.facts().definitions.like == Like::Whole && group.eat("like") {
                let other = group.name()?;
                return self.copy_table(draft, &other, c);
            }
            match only_names(group) {
                // Names of the columns of the following query.
                Some(names) if self.facts().definitions.names_before_query => {
                    draft.relation.columns.extend(names.into_iter().map(unknown_column));
                }
                _ => self.table_elements(draft, group),
            }
        }
        self.table_options(draft, id, c)
    }

    /// The elements in a table's parentheses. An unsupported element is skipped.
    fn table_elements(&mut self, draft: &mut Draft, group: Cursor<'_>) {
        for mut item in group.items() {
            let start = item;
            if let Err(stuck) = self.table_element(draft, &mut item) {
                draft.relation.complete = false;
                self.tell(start.script(), stuck);
                let mut name = start;
                if !is_constraint(&start)
                    && let Some(name) = name.ident()
                    && !draft.relation.columns.iter().any(|column| column.name == name)
                {
                    draft.relation.columns.push(unknown_column(name));
                }
            }
        }
    }

    fn table_element(&mut self, draft: &mut Draft, c: &mut Cursor<'_>) -> Read<()> {
        if c.done() {
            return Ok(());
        }
        if self.facts().definitions.like == Like::Element && c.is("like") {
            c.eat("like");
            return self.copy_columns(draft, c);
        }
        if is_constraint(c) {
            return self.table_constraint(draft, c);
        }
        let inherited = match c.peek_ident() {
            Some(name) => draft.relation.columns.iter().position(|column| column.name == name),
            None => None,
        };
        match inherited {
            // In a partition or a typed table, a column is not declared again; its declaration continues.
            Some(at) if self.facts().definitions.inherited_again => {
                let mut column = self.again(draft.relation.columns[at].clone(), c)?;
                let was = &mut draft.relation.columns[at];
                column.column.not_null |= was.not_null;
                column.column.has_default |= was.has_default;
                self.take_keys(draft, &mut column);
                draft.relation.columns[at] = column.column;
            }
            _ => {
                let mut column = self.read_column(c)?;
                self.take_keys(draft, &mut column);
                draft.declared.push((column.column.name.clone(), column.words));
                draft.relation.columns.push(column.column);
            }
        }
        Ok(())
    }

    /// An inherited column, with its additional declaration here.
    fn again(&mut self, column: RelationColumn, c: &mut Cursor<'_>) -> Read<Column> {
        let mut ahead = *c;
        ahead.ident();
        let clauses = [
            "with options",
            "not null",
            "null",
            "default",
            "constraint",
            "primary",
            "unique",
            "check",
            "generated",
        ];
        if !ahead.done() && !clauses.iter().any(|clause| ahead.is(clause)) {
            return self.read_column(c);
        }
        *c = ahead;
        let mut column = Column::of(column);
        read_clauses(&mut column, c)?;
        Ok(column)
    }

    fn take_keys(&mut self, draft: &mut Draft, column: &mut Column) {
        let name = column.column.name.clone();
        column.references.drain(..).for_each(|reference| self.mention_reference(reference));
        if let Some(primary) = column.primary.take() {
            draft.keys.push((vec![name.clone()], true, primary));
        }
        for unique in column.unique.drain(..) {
            draft.keys.push((vec![name.clone()], false, unique));
        }
    }

    fn table_constraint(&mut self, draft: &mut Draft, c: &mut Cursor<'_>) -> Read<()> {
        let name = if c.eat("constraint") { constraint_name(c) } else { None };
        if c.eat("not null") {
            let column = c.need_ident()?;
            let valid = !c.rest().to_ascii_lowercase().contains("not valid");
            for target in draft.relation.columns.iter_mut().filter(|target| target.name == column) {
                target.not_null |= valid;
            }
            return Ok(());
        }
        let id = (draft.relation.schema.clone(), draft.relation.name.clone());
        self.mention_constraint(&id, *c);
        match self.read_key(c, name)? {
            Some(key) if key.plain => draft.keys.push((key.columns, key.primary, key.with)),
            Some(key) => self.add_table_key(&mut draft.relation, key),
            None => {}
        }
        Ok(())
    }

    /// Adds the keys, starting with the primary key, which is the order in which PostgreSQL names them.
    fn finish_keys(&mut self, draft: &mut Draft) {
        let mut keys = std::mem::take(&mut draft.keys);
        keys.sort_by_key(|(_, primary, _)| !primary);
        let mut distinct: Vec<(Vec<String>, bool, Constraint)> = Vec::new();
        for (columns, primary, with) in keys {
            let columns: Vec<_> =
                columns.iter().map(|column| self.column_name(&draft.relation, column)).collect();
            match self.facts().definitions.same_keys {
                SameKeys::Unite => {
                    let same = |other: &&mut (Vec<String>, bool, Constraint)| {
                        other.0 == columns
                            && other.2.included == with.included
                            && other.2.deferrable == with.deferrable
                    };
                    if let Some(same) = distinct.iter_mut().find(same) {
                        same.2.name = same.2.name.take().or(with.name);
                        continue;
                    }
                    distinct.push((columns, primary, with));
                }
                SameKeys::StayUnnamed => {
                    if primary {
                        self.sqlite_primary(draft, &columns, &with);
                    }
                    distinct.push((columns, primary, Constraint { name: None, ..with }));
                }
                SameKeys::Stay => distinct.push((columns, primary, with)),
            }
        }
        for (columns, primary, with) in distinct {
            let included = with.included.clone();
            self.add_key(&mut draft.relation, columns, primary, with);
            self.note_included(&draft.relation, &included);
        }
    }

    /// `integer primary key` is another name of the rowid, which is never null and generated by SQLite.
    fn sqlite_primary(&self, draft: &mut Draft, columns: &[String], with: &Constraint) {
        let [column] = columns else { return };
        let integer = draft.declared.iter().any(|(name, words)| name == column && words == "integer");
        if !integer || with.descending || draft.without_rowid {
            return;
        }
        for target in draft.relation.columns.iter_mut().filter(|target| target.name == *column) {
            target.not_null = true;
            target.has_default = true;
        }
    }

    /// The clauses after a table's parentheses, in any order.
    fn table_options(&mut self, draft: &mut Draft, id: &Id, c: &mut Cursor<'_>) -> Read<()> {
        while !c.done() {
            if c.eat("inherits") {
                for mut item in c.group().map(Cursor::items).unwrap_or_default() {
                    let parent = item.name()?;
                    self.inherit(draft, id, &parent, false, item.behind())?;
                }
            } else if c.eat("without rowid") {
                draft.without_rowid = true;
                self.not_null_primary(draft);
            } else if self.facts().definitions.rowid && c.eat("strict") {
                self.not_null_primary(draft);
            } else if c.is("as")
                || c.is("select")
                || c.is("with recursive")
                || (c.is("with") && !c.is("with ("))
            {
                if c.is("with oids") || c.is("with system") {
                    c.eat("with");
                    c.skip();
                    continue;
                }
                c.eat("as");
                self.columns_of_query(draft, c);
                break;
            } else {
                c.skip();
            }
        }
        if self.facts().definitions.rowid && !draft.without_rowid {
            self.rowid_columns(&mut draft.relation);
        }
        Ok(())
    }

    /// Whether the columns of a primary key are not null in SQLite: only in tables without rowid and in strict ones.
    fn not_null_primary(&self, draft: &mut Draft) {
        let primary: Vec<String> =
            draft.keys.iter().filter(|key| key.1).flat_map(|key| key.0.clone()).collect();
        for column in &mut draft.relation.columns {
            column.not_null |= primary.iter().any(|name| self.same_column(name, &column.name));
        }
    }

    /// The names of SQLite's rowid that no column has.
    pub(super) fn rowid_columns(&self, relation: &mut Relation) {
        for name in ["rowid", "oid", "_rowid_"] {
            if !relation.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)) {
                relation.columns.push(RelationColumn {
                    name: name.to_owned(),
                    ty: Some(Type::base("integer")),
                    not_null: true,
                    has_default: true,
                    generated: false,
                    hidden: true,
                    digits: None,
                    counts: false,
                });
            }
        }
    }

    /// The columns that every table of PostgreSQL has.
    pub(super) fn system_columns(&self, relation: &mut Relation) {
        let columns = self.facts().definitions.system_columns;
        relation.columns.extend(columns.iter().map(|(name, ty)| RelationColumn {
            name: (*name).to_owned(),
            ty: Some(Type::base(ty)),
            not_null: true,
            has_default: true,
            generated: true,
            hidden: true,
            digits: None,
            counts: false,
        }));
    }

    /// `create table t as select …`: the query determines names and types, but not-null columns become nullable.
    fn columns_of_query(&mut self, draft: &mut Draft, c: &mut Cursor<'_>) {
        let named: Vec<RelationColumn> = std::mem::take(&mut draft.relation.columns);
        let start = *c;
        c.skip_to(&["with no data", "with data"]);
        let shape = self.query_columns(&draft.relation.name, start.until(c));
        if !shape.complete {
            draft.relation.complete = false;
            draft.relation.columns = if named.is_empty() { shape.columns } else { named };
            return;
        }
        draft.relation.columns = shape.columns;
        for column in &mut draft.relation.columns {
            column.not_null = matches!(column.ty, Some(Type::Domain { not_null: true, .. }));
            column.has_default = false;
            column.generated = false;
            column.hidden = false;
        }
        match self.facts().definitions.declared_before_query {
            true => {
                for declared in named.into_iter().rev() {
                    draft.relation.columns.retain(|column| !self.same_column(&column.name, &declared.name));
                    draft.relation.columns.insert(0, declared);
                }
            }
            false => named
                .into_iter()
                .zip(&mut draft.relation.columns)
                .for_each(|(name, column)| column.name = name.name),
        }
    }

    fn columns_of_type(&mut self, draft: &mut Draft, c: &mut Cursor<'_>) -> Read<()> {
        let name = c.name()?;
        let ty = self.find_type(&name).and_then(|id| self.catalog.types.get(&id));
        let Some(Type::Composite { fields, .. }) = ty else {
            return c.stuck(format!("`{name}` is not a known composite type"));
        };
        draft.relation.columns = fields
            .iter()
            .map(|field| RelationColumn { ty: field.ty.clone(), ..unknown_column(field.name.clone()) })
            .collect();
        Ok(())
    }

    /// `like other including all` within a table.
    fn copy_columns(&mut self, draft: &mut Draft, c: &mut Cursor<'_>) -> Read<()> {
        let start = *c;
        let name = c.name()?;
        let place = start.span_to(c);
        let Some(other) = self.find_relation(&name).map(|id| self.catalog.relations[&id].clone()) else {
            return Err(self.no_table(&name, place));
        };
        let (mut defaults, mut generated, mut identity, mut indexes) = (false, false, false, false);
        while !c.done() {
            let on = c.eat("including") || !c.eat("excluding");
            match c.word().as_str() {
                "all" => (defaults, generated, identity, indexes) = (on, on, on, on),
                "defaults" => defaults = on,
                "generated" => generated = on,
                "identity" => identity = on,
                "indexes" => indexes = on,
                _ => {}
            }
            c.skip();
        }
        draft.relation.complete &= other.complete;
        for column in other.columns.iter().filter(|column| !column.hidden) {
            // Expressions, identities and constants as defaults are not distinguished.
            let kept = if column.generated { generated || identity } else { defaults };
            let with_identity = column.has_default && !column.generated && identity;
            draft.relation.columns.push(RelationColumn {
                has_default: column.has_default && (kept || with_identity) && defaults,
                generated: column.generated && kept,
                ..column.clone()
            });
        }
        if indexes {
            for key in &other.keys {
                draft.keys.push((key.columns.clone(), key.primary, Constraint::default()));
            }
            draft
                .relation
                .partial_keys
                .extend(other.partial_keys.iter().map(|key| crate::Key { name: None, ..key.clone() }));
        }
        Ok(())
    }

    /// MySQL's `create table a like b`: all of it.
    fn copy_table(&mut self, draft: &mut Draft, other: &Name, c: &Cursor<'_>) -> Read<()> {
        let Some(other) = self.find_relation(other).map(|id| self.catalog.relations[&id].clone()) else {
            return Err(self.no_table(other, c.behind()));
        };
        let (schema, name) = (draft.relation.schema.clone(), draft.relation.name.clone());
        draft.relation = Relation { schema, name, ..(*other).clone() };
        Ok(())
    }

    /// Inherits the columns of a parent. A partition also inherits its keys. With another child, the parent's keys no
    /// longer apply to every row.
    fn inherit(
        &mut self,
        draft: &mut Draft,
        id: &Id,
        parent: &Name,
        partition: bool,
        place: Span,
    ) -> Read<()> {
        let Some(parent_id) = self.find_relation(parent) else {
            return Err(self.no_table(parent, place));
        };
        let parent = self.catalog.relations[&parent_id].clone();
        draft.relation.complete &= parent.complete;
        let mut columns: Vec<RelationColumn> = Vec::new();
        let own = std::mem::take(&mut draft.relation.columns);
        let own_names = own.iter().map(|column| column.name.clone()).collect();
        let inherited = parent.columns.iter().filter(|column| !column.hidden).cloned();
        for mut column in inherited.chain(own) {
            if let Some(same) = columns.iter_mut().find(|other| other.name == column.name) {
                same.not_null |= column.not_null;
                same.has_default |= column.has_default;
            } else {
                // An identity is only inherited by a partition, but its `not null` always is.
                column.generated &= partition || !column.not_null;
                columns.push(column);
            }
        }
        draft.relation.columns = columns;
        if partition {
            for key in &parent.keys {
                draft.keys.push((key.columns.clone(), key.primary, Constraint::default()));
            }
        }
        self.add_child(&parent_id, id, partition, own_names);
        Ok(())
    }
}

/// The names in a group that only contains names.
fn only_names(group: Cursor<'_>) -> Option<Vec<String>> {
    let name = |mut item: Cursor<'_>| item.ident().filter(|_| item.done());
    let names: Vec<String> = group.items().into_iter().map(name).collect::<Option<_>>()?;
    (!names.is_empty()).then_some(names)
}

/// A column of which only the name is known.
pub(super) fn unknown_column(name: String) -> RelationColumn {
    RelationColumn {
        name,
        ty: None,
        not_null: false,
        has_default: false,
        generated: false,
        hidden: false,
        digits: None,
        counts: false,
    }
}

/// Whether a table's element is a constraint or an index, not a column.
pub(super) fn is_constraint(c: &Cursor<'_>) -> bool {
    if c.nth(0).is_none_or(|tok| tok.kind != Kind::Word) {
        return false;
    }
    match c.word().as_str() {
        "constraint" => true,
        "primary" => c.is("primary key"),
        "unique" | "check" => true,
        "foreign" => c.is("foreign key"),
        "exclude" => c.is("exclude using") || c.is("exclude ("),
        "not" => c.is("not null"),
        "key" | "index" | "fulltext" | "spatial" => c.facts().definitions.table_indexes,
        "period" => c.is("period for"),
        _ => false,
    }
}

/// The name of a constraint, if there is one. MySQL accepts `constraint` without a name.
pub(super) fn constraint_name(c: &mut Cursor<'_>) -> Option<String> {
    if is_constraint(c) { None } else { c.ident() }
}
