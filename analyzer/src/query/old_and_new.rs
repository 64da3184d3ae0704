//! The row before a change and the row after it: PostgreSQL's `old` and `new` in `returning`.

use std::rc::Rc;

use aio_databases_sql::Span;
use sqlparser::ast::{Expr, SelectItem};

use super::{
    Infer,
    scope::{Scope, Table},
    term::{Atom, NullIf, Reason},
};
use crate::{diagnostics, syntax::Sugar};

/// The first release that supports them.
const SINCE: u8 = 18;

/// Whether such a row exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// For every returned row.
    There,
    /// Not for every returned row. The text is the reason.
    Missing(&'static str),
}

/// The rows that a statement returns. The first table is the one that it changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Versions<'f> {
    pub(crate) old: Version,
    pub(crate) new: Version,
    /// Whether the statement is a `merge`.
    pub(crate) merges: bool,
    /// Facts about the rows after the change.
    pub(crate) facts: &'f [Atom],
    /// Facts about the rows before the change.
    pub(crate) before: &'f [Atom],
}

impl Versions<'_> {
    /// For an `insert`. `conflict` says whether it can update rows instead.
    pub(crate) fn of_insert(conflict: bool) -> Self {
        let old = match conflict {
            true => "null if there was no such row before",
            false => "there was no such row before",
        };
        Versions { old: Version::Missing(old), new: Version::There, merges: false, facts: &[], before: &[] }
    }

    pub(crate) fn of_merge(inserts: bool, deletes: bool) -> Self {
        let old = if inserts { Version::Missing("null if the row was inserted") } else { Version::There };
        let new = if deletes { Version::Missing("null if the row was deleted") } else { Version::There };
        Versions { old, new, merges: true, facts: &[], before: &[] }
    }
}

/// The numbers of the tables `old` and `new`.
pub(crate) struct Pair {
    pub(crate) old: u32,
    pub(crate) new: u32,
}

impl<'a> Infer<'a> {
    /// The aliases of `old` and `new` in `returning with (…)`, and the items after them.
    pub(crate) fn row_names<'e>(
        &self,
        items: &'e [SelectItem],
    ) -> (&'a [(String, String)], &'e [SelectItem]) {
        if let Some((SelectItem::UnnamedExpr(Expr::Identifier(first)), rest)) = items.split_first()
            && let Some(Sugar::RowNames(names)) = self.text.sugar(first)
        {
            return (names, rest);
        }
        (&[], items)
    }
}

impl Infer<'_> {
    /// The outer level with `old` and `new` for `returning`. A table of the statement with the same name takes
    /// precedence. `names` are the aliases from `with (old as …)`.
    pub(crate) fn versions<'s>(
        &mut self,
        scope: &'s Scope<'s>,
        versions: Versions<'_>,
        names: &[(String, String)],
        place: Span,
    ) -> Option<(Scope<'s>, Pair)> {
        let target = scope.tables.first().filter(|_| self.facts.changes.row_versions)?;
        let mut around = Scope::new(scope.outer);
        around.implied = true;
        let mut add = |infer: &mut Self, of: &str, version: Version| {
            let named = names.iter().find(|(own, _)| own == of);
            let table = infer.version(target, named.map_or(of, |(_, name)| name), version);
            let id = table.id;
            around.tables.push(table);
            id
        };
        let (old, new) = (add(self, "old", versions.old), add(self, "new", versions.new));
        for (index, (of, name)) in names.iter().enumerate() {
            if names[..index].iter().any(|(before, _)| before == of) {
                self.report(diagnostics::named_twice(of, place));
            }
            self.needs(SINCE, "`returning with`", place);
            if scope.tables.iter().any(|table| *table.name == **name) {
                self.report(diagnostics::duplicate_alias(name, place));
            }
        }
        Some((around, Pair { old, new }))
    }

    fn version(&mut self, target: &Table, name: &str, version: Version) -> Table {
        let mut table = Table {
            id: self.new_table(),
            name: Rc::from(name),
            schema: None,
            joins: Vec::new(),
            ..target.clone()
        };
        if let Version::Missing(reason) = version {
            let number = self.new_join();
            table.joins.push(number);
            for column in &mut table.columns {
                let own = std::mem::replace(&mut column.null, NullIf::Never);
                column.null = NullIf::any([NullIf::NoMatch(number, Reason::text(reason)), own]);
            }
        }
        table
    }

    /// Reports uses of `old` and `new` in releases that do not support them.
    pub(crate) fn versions_named(&mut self, pair: &Pair, named: &[u32], place: Span) {
        if named.iter().any(|table| [pair.old, pair.new].contains(table)) {
            self.needs(SINCE, "`old` and `new` in `returning`", place);
        }
    }
}

impl Pair {
    /// Facts about both rows.
    pub(crate) fn facts(&self, target: u32, versions: Versions<'_>) -> Vec<Atom> {
        let of = |facts: &[Atom], id: u32| -> Vec<Atom> {
            let own = |atom: &Atom| match atom {
                Atom::Column(table, column) if *table == target => Some(Atom::Column(id, *column)),
                _ => None,
            };
            facts.iter().filter_map(own).collect()
        };
        let mut facts = Vec::new();
        if versions.old == Version::There {
            facts.extend(of(versions.before, self.old));
        }
        if versions.new == Version::There {
            facts.extend(of(versions.facts, self.new));
        }
        facts
    }
}
