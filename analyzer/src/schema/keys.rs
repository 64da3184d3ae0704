//! Unique keys: constraints and indexes, their names and columns.

use super::{
    Builder,
    column::{Constraint, deferrable},
    cursor::{Cursor, Read},
    existence::{Word, key_word},
    names,
};
use crate::dialect::{KeyNames, KeyParts};
use crate::{Key, Relation};

/// The parts of a key in parentheses.
#[derive(Default)]
pub(super) struct Parts {
    /// The parts that are columns.
    pub(super) columns: Vec<String>,
    /// Whether all parts are columns.
    pub(super) plain: bool,
    /// The name of each part in a name that PostgreSQL generates.
    pub(super) labels: Vec<String>,
}

/// A key of a table, as it was written.
#[derive(Default)]
pub(super) struct TableKey {
    pub(super) columns: Vec<String>,
    /// Whether it only contains columns.
    pub(super) plain: bool,
    pub(super) primary: bool,
    pub(super) with: Constraint,
    /// The index that it is created from.
    pub(super) index: Option<String>,
    /// The parts of `exclude`, for its generated name. It isn't a key.
    pub(super) excludes: Option<Vec<String>>,
}

/// Reads `(a, lower(b), c desc)`.
pub(super) fn read_parts(group: Cursor<'_>) -> Parts {
    let mut parts = Parts { columns: Vec::new(), plain: true, labels: Vec::new() };
    for item in group.items() {
        let item = without_parentheses(item);
        let mut rest = item;
        let name = rest.ident();
        match name {
            Some(name) if ends_column(rest) => {
                parts.labels.push(name.clone());
                parts.columns.push(name);
            }
            name => {
                parts.plain = false;
                parts.labels.push(name.filter(|_| rest.is("(")).unwrap_or_else(|| "expr".to_owned()));
            }
        }
    }
    parts
}

/// `(a)` is the column `a`.
fn without_parentheses(item: Cursor<'_>) -> Cursor<'_> {
    let mut rest = item;
    match rest.group() {
        Some(mut inner) => {
            let start = inner;
            match inner.ident() {
                Some(_) if inner.done() => start,
                _ => item,
            }
        }
        None => item,
    }
}

/// Whether a name in a key is still a column with what follows it: a length, an order, a collation, or an operator
/// class.
fn ends_column(mut rest: Cursor<'_>) -> bool {
    match rest.facts().definitions.key_parts {
        // A length, `name(10)`: if the first characters are unique, the whole value is, too.
        KeyParts::Length => {
            if let Some(length) = rest.group()
                && !length.peek().bytes().all(|byte| byte.is_ascii_digit())
            {
                return false;
            }
            rest.done() || rest.is("asc") || rest.is("desc")
        }
        KeyParts::Collation => rest.done() || ["asc", "desc", "collate"].iter().any(|word| rest.is(word)),
        // An expression without its own parentheses is a call.
        KeyParts::OperatorClass => rest.done() || rest.peek_ident().is_some(),
    }
}

impl Builder {
    /// Adds a key to a table. PostgreSQL and MySQL generate a name if there is none.
    pub(super) fn add_key(
        &self,
        relation: &mut Relation,
        columns: Vec<String>,
        primary: bool,
        with: Constraint,
    ) {
        // A key that can be violated within a transaction can't be relied on.
        if with.deferrable {
            return;
        }
        let columns: Vec<String> = columns.iter().map(|column| self.column_name(relation, column)).collect();
        let name = with
            .name
            .or_else(|| self.constraint_name(relation, &[columns.clone(), with.included].concat(), primary));
        relation.keys.push(Key { name, columns: columns.clone(), primary });
        if primary {
            self.primary_forbids_null(relation, &columns);
        }
    }

    /// The columns of a primary key are not null. SQLite has different rules, see [`super::create_table`].
    fn primary_forbids_null(&self, relation: &mut Relation, columns: &[String]) {
        if !self.facts().definitions.primary_not_null {
            return;
        }
        for column in &mut relation.columns {
            column.not_null |= columns.contains(&column.name);
        }
    }

    /// A column's name as declared in its table.
    pub(super) fn column_name(&self, relation: &Relation, name: &str) -> String {
        let found = relation.columns.iter().find(|column| self.same_column(&column.name, name));
        found.map_or_else(|| name.to_owned(), |column| column.name.clone())
    }

    /// The name that the server generates for a key.
    fn constraint_name(&self, relation: &Relation, columns: &[String], primary: bool) -> Option<String> {
        Some(match self.facts().definitions.key_names {
            KeyNames::Unnamed => return None,
            KeyNames::ByTable if primary => self.free_name(relation, "", "pkey"),
            KeyNames::ByTable => self.free_name(relation, &names::listed(columns), "key"),
            KeyNames::ByColumn if primary => self.free_name(relation, "PRIMARY", ""),
            KeyNames::ByColumn => self.free_name(relation, columns.first().map_or("", String::as_str), ""),
        })
    }

    /// A generated name: columns and possibly a table and a label, with a number if the name is taken.
    pub(super) fn free_name(&self, relation: &Relation, columns: &str, label: &str) -> String {
        let by_table = self.facts().definitions.key_names == KeyNames::ByTable;
        let (separator, first) = if by_table { ("", 1) } else { ("_", 2) };
        let name = |number: &str| match by_table {
            true => names::generated(&relation.name, columns, &format!("{label}{number}")),
            false => format!("{columns}{label}{number}"),
        };
        let taken = |name: &str| {
            let own = [relation];
            let others = self
                .catalog
                .relations
                .values()
                .map(|r| &**r)
                .filter(|r| by_table && r.schema == relation.schema && r.name != relation.name);
            own.into_iter().chain(others).any(|r| {
                r.keys.iter().chain(&r.partial_keys).any(|key| key.name.as_deref() == Some(name))
                    || (by_table && r.name == name)
            })
        };
        let numbered = (first..).map(|n| name(&format!("{separator}{n}")));
        let mut names = std::iter::once(name("")).chain(numbered);
        names.find(|name| !taken(name)).unwrap_or_default()
    }

    /// Reads a table's `primary key (…)` or `unique (…)`, starting at the keyword; `None` if it is neither. `exclude`
    /// isn't a key, but its name can be a conflict target.
    pub(super) fn read_key(&self, c: &mut Cursor<'_>, name: Option<String>) -> Read<Option<TableKey>> {
        if self.facts().definitions.exclude && c.eat("exclude") {
            c.skip_to(&["("]);
            let excludes = Some(c.group().map(read_parts).unwrap_or_default().labels);
            let with = Constraint { name, ..Constraint::default() };
            return Ok(Some(TableKey { excludes, with, ..TableKey::default() }));
        }
        let primary = c.eat("primary key");
        if !primary && !c.eat("unique") {
            return Ok(None);
        }
        c.eat_any(&["key", "index", "nulls not distinct", "nulls distinct"]);
        let mut key =
            TableKey { primary, with: Constraint { name, ..Constraint::default() }, ..TableKey::default() };
        if c.eat("using index") {
            key.index = Some(c.need_ident()?);
            key.with.deferrable = deferrable(c);
            return Ok(Some(key));
        }
        c.eat("if not exists");
        let table_indexes = self.facts().definitions.table_indexes;
        if table_indexes && !c.is("(") && !c.is("using") {
            key.with.name = c.ident();
        }
        skip_method(c);
        let Some(group) = c.group() else { return c.stuck("the columns of a key are missing here") };
        let parts = read_parts(group);
        (key.columns, key.plain) = (parts.columns, parts.plain);
        skip_method(c);
        key.with.included = read_included(c);
        if c.eat("with") {
            c.skip();
        }
        if c.eat("using index tablespace") || c.eat("on conflict") {
            c.skip();
        }
        // MySQL ignores the name of a primary key.
        key.with.name = key.with.name.filter(|_| !(primary && table_indexes));
        key.with.deferrable = deferrable(c);
        Ok(Some(key))
    }

    /// Adds a key to an existing table.
    pub(super) fn add_table_key(&self, relation: &mut Relation, key: TableKey) {
        let TableKey { columns, plain, primary, mut with, index, excludes } = key;
        if let Some(labels) = excludes {
            with.name = with.name.or_else(|| Some(self.free_name(relation, &names::listed(&labels), "excl")));
        }
        let Some(index) = index else {
            if plain {
                self.add_key(relation, columns, primary, with);
            } else {
                relation.partial_keys.push(Key { name: with.name, columns, primary: false });
            }
            return;
        };
        // The index becomes the constraint, and gets the constraint's name.
        let Some(key) = relation.keys.iter_mut().find(|key| key.name.as_ref() == Some(&index)) else {
            return;
        };
        key.primary = primary;
        key.name = with.name.or(Some(index));
        let columns = key.columns.clone();
        if with.deferrable {
            relation.keys.retain(|key| key.columns != columns);
        }
        if primary {
            self.primary_forbids_null(relation, &columns);
        }
    }
}

/// The columns of a key's parts, as written.
pub(super) fn read_words(group: Cursor<'_>) -> Vec<Word> {
    let column = |item: Cursor<'_>| {
        let item = without_parentheses(item);
        let mut rest = item;
        rest.ident();
        key_word(item).filter(|_| ends_column(rest))
    };
    group.items().into_iter().filter_map(column).collect()
}

/// PostgreSQL's `include (a, b)`, if it comes next.
pub(super) fn read_included(c: &mut Cursor<'_>) -> Vec<String> {
    match c.eat("include") {
        true => c.names_in_group().ok().flatten().unwrap_or_default(),
        false => Vec::new(),
    }
}

/// MySQL's `using btree`.
fn skip_method(c: &mut Cursor<'_>) {
    if c.is("using btree") || c.is("using hash") || c.is("using rtree") {
        c.eat("using");
        c.skip();
    }
}
