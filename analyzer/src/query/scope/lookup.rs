//! Resolves names in a level and its outer levels.

use std::rc::Rc;

use aio_databases_sql::Dialect;

use super::{
    super::term::{Atom, Form, Term},
    Alias, Clause, Cte, Merged, Scope, Table, TableColumn, Visible, same,
};
use crate::dialect::Described;

/// The meaning of a name.
pub(crate) enum Found<'t> {
    Column {
        table: &'t Table,
        column: usize,
    },
    Merged(&'t Merged),
    Alias(&'t Alias),
    /// A whole row: a table's name used as a column.
    Row(&'t Table),
    /// There may be such a column in one of these tables, whose columns are not all known.
    Unclear(Vec<u32>),
    /// Several columns have the name. These are their tables' names.
    Ambiguous(Vec<Rc<str>>),
    /// The table exists, but the column doesn't.
    NoColumn(&'t Table),
    /// There is such a table, but it isn't visible here.
    Hidden,
    /// MySQL's `having` could use it if it were selected or grouped by.
    NotSelected,
    /// Neither exists.
    Nothing,
}

impl Found<'_> {
    /// The tables of the column.
    pub(crate) fn tables(&self) -> Vec<u32> {
        match self {
            Found::Column { table, .. } => vec![table.id],
            Found::Merged(merged) => merged.parts.iter().map(|(table, _)| *table).collect(),
            _ => Vec::new(),
        }
    }
}

impl<'s> Scope<'s> {
    /// A common table expression, and its distance in levels.
    pub(crate) fn cte(&self, dialect: Dialect, name: &str) -> Option<(Rc<Cte>, usize)> {
        self.levels().enumerate().find_map(|(away, level)| {
            let found = level.ctes.iter().rev().find(|cte| same(dialect, &cte.name, name))?;
            Some((found.clone(), away))
        })
    }

    /// The meaning of an unqualified name, in this level and then in the outer ones.
    pub(crate) fn column(&self, dialect: Dialect, name: &str) -> Found<'_> {
        let mut levels = self.seen().flat_map(|level| level.reachable());
        let row = levels.find(|table| dialect.facts().values.rows_are_values && &*table.name == name);
        let mut not_selected = false;
        for level in self.seen() {
            let alias = || level.aliases.iter().find(|alias| same(dialect, &alias.name, name));
            match level.own_column(dialect, name) {
                Found::Nothing => {}
                own if level.can_name(&own, || alias().is_some()) => return own,
                _ => not_selected = true,
            }
            if let Some(alias) = alias() {
                return Found::Alias(alias);
            }
            let unclear = || level.tables.iter().filter(|table| !table.complete);
            if row.is_none() && unclear().next().is_some() {
                return Found::Unclear(unclear().map(|table| table.id).collect());
            }
        }
        let nothing = if not_selected { Found::NotSelected } else { Found::Nothing };
        row.map_or(nothing, Found::Row)
    }

    /// Whether a name can refer to this column of the level. `hidden` says whether an output column with that name
    /// takes precedence.
    fn can_name(&self, own: &Found<'_>, hidden: impl FnOnce() -> bool) -> bool {
        let (Found::Column { table, column }, Some(having)) = (own, &self.having) else { return true };
        let column = Atom::Column(table.id, *column as u32);
        self.aggregating.get() > 0
            || having.grouped.contains(&column)
            || having.selected.contains(&column) && !hidden()
    }

    fn reachable(&self) -> impl Iterator<Item = &Table> {
        self.tables.iter().skip(self.first)
    }

    fn own_column(&self, dialect: Dialect, name: &str) -> Found<'_> {
        let mut found: Vec<Visible> = Vec::new();
        for visible in &self.visible {
            let (own, reachable) = match *visible {
                Visible::Column(table, column) => {
                    (&*self.tables[table].columns[column].name, table >= self.first)
                }
                Visible::Merged(merged) => (&*self.merged[merged].name, true),
            };
            if reachable && same(dialect, own, name) {
                found.push(*visible);
            }
        }
        match found.as_slice() {
            [] => self.hidden_column(dialect, name),
            [Visible::Column(table, column)] => {
                // An earlier table with unknown columns might have the same name. The server would report it.
                Found::Column { table: &self.tables[*table], column: *column }
            }
            // SQLite uses the first of several columns of one table.
            [Visible::Column(table, column), rest @ ..]
                if dialect.facts().from.duplicate_names
                    && rest.iter().all(|other| matches!(other, Visible::Column(own, _) if own == table)) =>
            {
                Found::Column { table: &self.tables[*table], column: *column }
            }
            [Visible::Merged(merged)] => Found::Merged(&self.merged[*merged]),
            several => Found::Ambiguous(
                several
                    .iter()
                    .filter_map(|visible| match *visible {
                        Visible::Column(table, _) => Some(self.tables[table].name.clone()),
                        Visible::Merged(_) => None,
                    })
                    .collect(),
            ),
        }
    }

    /// A column that `select *` leaves out: `ctid`, `rowid`.
    fn hidden_column(&self, dialect: Dialect, name: &str) -> Found<'_> {
        let mut found = self.reachable().filter_map(|table| {
            let column = table.columns.iter().position(|c| c.hidden && same(dialect, &c.name, name))?;
            Some((table, column))
        });
        match (found.next(), found.next()) {
            (Some((table, column)), None) => Found::Column { table, column },
            (Some((first, _)), Some((second, _))) => {
                Found::Ambiguous(vec![first.name.clone(), second.name.clone()])
            }
            (None, _) => Found::Nothing,
        }
    }

    /// The meaning of `table.column`.
    pub(crate) fn qualified(
        &self,
        dialect: Dialect,
        schema: Option<&str>,
        table: &str,
        name: &str,
    ) -> Found<'_> {
        match self.table(dialect, schema, table) {
            Some((found, true)) => {
                let mut columns = found.columns.iter().enumerate();
                let mut next = || columns.find(|(_, column)| same(dialect, &column.name, name));
                match next().map(|(column, _)| column) {
                    Some(_) if !dialect.facts().from.duplicate_names && next().is_some() => {
                        Found::Ambiguous(vec![found.name.clone(), found.name.clone()])
                    }
                    Some(column) => {
                        let own = Found::Column { table: found, column };
                        let mut read = self.levels().filter(|level| level.having.is_some());
                        match read.find(|level| level.owns(found.id)) {
                            Some(level) if !level.can_name(&own, || false) => Found::NotSelected,
                            _ => own,
                        }
                    }
                    None if !found.complete => Found::Unclear(vec![found.id]),
                    None => Found::NoColumn(found),
                }
            }
            Some((_, false)) => Found::Hidden,
            None => Found::Nothing,
        }
    }

    /// The table with a name, and whether it is visible here.
    pub(crate) fn table(&self, dialect: Dialect, schema: Option<&str>, name: &str) -> Option<(&Table, bool)> {
        let fits = |table: &&Table| {
            same(dialect, &table.name, name)
                && schema.is_none_or(|schema| {
                    table.schema.as_deref().is_some_and(|own| same(dialect, own, schema))
                })
        };
        for level in self.seen() {
            if let Some(table) = level.reachable().find(fits) {
                return Some((table, true));
            }
        }
        self.seen().find_map(|level| level.tables.iter().find(fits)).map(|table| (table, false))
    }

    /// The clause in which a table or column can't be used because it belongs to an outer level.
    pub(crate) fn out_of_sight(&self, dialect: Dialect, table: Option<&str>, column: &str) -> Option<Clause> {
        let has = |level: &Scope<'s>| match table {
            Some(table) => level.reachable().any(|other| same(dialect, &other.name, table)),
            None => level.reachable().any(|table| table.column_names().any(|own| same(dialect, own, column))),
        };
        let alone = self.levels().find(|level| level.alone.get())?;
        alone.levels().skip(1).any(has).then(|| alone.clause.get())
    }

    /// The column, if an expression is one.
    pub(crate) fn column_of(&self, term: &Term) -> Option<&TableColumn> {
        let Form::Column(_, column) = term.form else { return None };
        self.table_of(term)?.columns.get(column as usize)
    }

    /// The table of the column, if an expression is one.
    pub(crate) fn table_of(&self, term: &Term) -> Option<&Table> {
        let Form::Column(id, _) = term.form else { return None };
        self.levels().flat_map(|level| &level.tables).find(|table| table.id == id)
    }

    /// The names of columns that can be used unqualified, for a "did you mean".
    pub(crate) fn column_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for level in self.seen().filter(|level| !level.implied) {
            names.extend(level.reachable().flat_map(Table::column_names));
            names.extend(level.aliases.iter().map(|alias| alias.name.as_str()));
        }
        names
    }

    /// The alias that hides a table's name.
    pub(crate) fn alias_of(&self, dialect: Dialect, name: &str) -> Option<&str> {
        let mut tables = self.seen().flat_map(|level| level.reachable());
        let hides = |table: &&Table| {
            table.relation.as_ref().is_some_and(|relation| same(dialect, &relation.name, name))
        };
        tables.find(hides).map(|table| &*table.name)
    }

    /// The names of visible tables, for a "did you mean".
    pub(crate) fn table_names(&self) -> Vec<&str> {
        let levels = self.seen().filter(|level| !level.implied);
        let names = levels.flat_map(|level| level.reachable()).map(|table| &*table.name);
        names.filter(|name| !name.is_empty()).collect()
    }
}
