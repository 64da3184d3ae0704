//! The names that an expression sees: tables, columns, common table expressions, aliases.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use aio_databases_sql::{Dialect, Span};
use sqlparser::ast::{Ident, NamedWindowDefinition, WindowSpec};

use super::{
    output::Output,
    term::{Atom, Form, NullIf, Reason, Term, union},
};
use crate::{Relation, Type, dialect::Described, resolve::Operand};

/// A level of a query: what its `from` brings in, within the levels around it.
pub(crate) struct Scope<'s> {
    pub(crate) outer: Option<&'s Scope<'s>>,
    pub(crate) ctes: Vec<Rc<Cte>>,
    pub(crate) tables: Vec<Table>,
    /// The columns that go without a table's name, in the order of `select *`.
    pub(crate) visible: Vec<Visible>,
    pub(crate) merged: Vec<Merged>,
    /// Columns of a table, by its place and theirs, that `table.*` shows as another: SQLite's left of a right or full
    /// join with `using`.
    pub(crate) shown_as: Vec<((usize, usize), Visible)>,
    /// Whether the joins that are read now stand in parentheses which SQLite keeps: those of an alias, and behind
    /// another table.
    pub(crate) nested: bool,
    /// The first of the tables that can be named: within the `on` of a join only its two sides can.
    pub(crate) first: usize,
    /// Where tables begin that nothing joins to those before: after a comma, or where a join has no condition.
    pub(crate) apart: Vec<usize>,
    /// The equations that joins make.
    pub(crate) equations: Vec<(Atom, Vec<u32>)>,
    /// The columns that `having` may name, while MySQL's is read.
    pub(crate) having: Option<Having>,
    /// How many aggregates the arguments of which are read now: in those `having` names what it likes.
    pub(crate) aggregating: Cell<u32>,
    /// Output columns, where the dialect lets expressions name them.
    pub(crate) aliases: Vec<Alias>,
    /// The names of output columns, where expressions cannot name them: to say so.
    pub(crate) outputs: Vec<String>,
    pub(crate) windows: &'s [NamedWindowDefinition],
    pub(crate) clause: Cell<Clause>,
    /// Whether what is read now sees none of the levels around: SQLite's `group by` and `order by`.
    pub(crate) alone: Cell<bool>,
    /// What the level is grouped by, for expressions that are not columns.
    pub(crate) grouped: Vec<String>,
    /// Whether what is made of a window function may be computed before it.
    pub(crate) early: bool,
    /// Whether a set-returning function stands in the select list.
    pub(crate) expands: Cell<bool>,
    /// Windows that are read when the rest of the level was, where there are such.
    pub(crate) later: Option<RefCell<Vec<WindowSpec>>>,
    /// Whether a window function was called.
    pub(crate) windowed: Cell<bool>,
    /// Whether its tables are there without being written: `old` and `new` in `returning`.
    pub(crate) implied: bool,
    /// The number that stands for "the level has rows", as joins have one for "it found a match".
    pub(crate) rows: u32,
}

/// The columns that MySQL's `having` may name (the manual's "SELECT Statement").
pub(crate) struct Having {
    /// Those that are grouped by, which come before an alias of the same name.
    pub(crate) grouped: Vec<Atom>,
    /// Those that are selected as they are, which come behind it.
    pub(crate) selected: Vec<Atom>,
}

/// A common table expression.
pub(crate) struct Cte {
    pub(crate) name: String,
    pub(crate) output: Output,
    /// How many of its columns, from the end, `select *` leaves out in queries deeper than the one that it stands
    /// before.
    pub(crate) extra: usize,
}

/// A table of a `from`: its number is unique within the whole query.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) id: u32,
    /// The alias, or the table's name; empty where it has none.
    pub(crate) name: Rc<str>,
    /// The schema, where no alias hides it.
    pub(crate) schema: Option<Rc<str>>,
    pub(crate) columns: Vec<TableColumn>,
    /// False where a column that is not found may be there all the same.
    pub(crate) complete: bool,
    /// Unique keys, by the columns' places.
    pub(crate) keys: Vec<Vec<u32>>,
    /// Whether it gives at most one row.
    pub(crate) single: bool,
    /// The outer joins that may leave it without a match.
    pub(crate) joins: Vec<u32>,
    pub(crate) relation: Option<Arc<Relation>>,
    /// Whether it is a function of one value: its name alone is that value.
    pub(crate) scalar: bool,
    /// See [`Output::forgets`].
    pub(crate) forgets: bool,
    /// What of the query that it is keeps its rows from being locked.
    pub(crate) unlockable: Option<&'static str>,
    pub(crate) span: Span,
}

/// A column of a table in a `from`.
#[derive(Clone, Debug)]
pub(crate) struct TableColumn {
    /// See [`RelationColumn::digits`](crate::RelationColumn::digits).
    pub(crate) digits: Option<(u16, u16)>,
    /// See [`Term::stored`].
    pub(crate) stored: bool,
    /// See [`Term::huge`].
    pub(crate) huge: bool,
    /// The parameters that it is made of as they stand, until something decides their type; or what becomes
    /// of another type where it stands beside others.
    pub(crate) form: Option<Form>,
    pub(crate) name: Rc<str>,
    pub(crate) ty: Operand,
    pub(crate) null: NullIf,
    pub(crate) hidden: bool,
    /// Whether the name is an alias.
    pub(crate) aliased: bool,
    /// `users.id`
    pub(crate) origin: Option<Rc<str>>,
}

/// A column that goes without a table's name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Visible {
    /// The table's and the column's place.
    Column(usize, usize),
    /// A column that `using` or `natural` of a full join made of two.
    Merged(usize),
}

/// Two columns made one by a full join.
#[derive(Clone, Debug)]
pub(crate) struct Merged {
    pub(crate) name: Rc<str>,
    pub(crate) ty: Operand,
    pub(crate) null: NullIf,
    pub(crate) parts: Vec<(u32, u32)>,
    /// SQLite: whether a join in parentheses, which is a query there, has it for a column.
    pub(crate) of_query: bool,
}

/// An output column that expressions may name.
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    pub(crate) name: String,
    pub(crate) term: Term,
}

/// Where an expression stands, as far as aggregates and windows go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    Select,
    Where,
    On,
    From,
    GroupBy,
    Having,
    OrderBy,
    Limit,
    Values,
    Set,
    Returning,
    /// `returning` of a `merge`.
    MergeReturning,
    /// What an `on conflict` is about.
    Target,
    /// Within a window function's arguments or its `over`.
    Window,
}

impl Clause {
    /// The clause's name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Clause::Select => "the select list",
            Clause::Where => "`where`",
            Clause::On => "a join's `on`",
            Clause::From => "`from`",
            Clause::GroupBy => "`group by`",
            Clause::Having => "`having`",
            Clause::OrderBy => "`order by`",
            Clause::Limit => "`limit`",
            Clause::Values => "`values`",
            Clause::Set => "`set`",
            Clause::Returning | Clause::MergeReturning => "`returning`",
            Clause::Target => "the target of `on conflict`",
            Clause::Window => "a window function's arguments",
        }
    }
}

/// What a name means.
pub(crate) enum Found<'t> {
    Column {
        table: &'t Table,
        column: usize,
    },
    Merged(&'t Merged),
    Alias(&'t Alias),
    /// A whole row: a table's name where a column could stand.
    Row(&'t Table),
    /// There may be such a column, in one of these tables, which are not wholly known.
    Unclear(Vec<u32>),
    /// Several columns have the name: the tables' names.
    Ambiguous(Vec<Rc<str>>),
    /// The table is there, the column is not.
    NoColumn(&'t Table),
    /// There is such a table, but it can't be named from here.
    Hidden,
    /// MySQL's `having` could name it if it were selected or grouped by.
    NotSelected,
    /// Neither.
    Nothing,
}

impl Found<'_> {
    /// The tables whose column it is.
    pub(crate) fn tables(&self) -> Vec<u32> {
        match self {
            Found::Column { table, .. } => vec![table.id],
            Found::Merged(merged) => merged.parts.iter().map(|(table, _)| *table).collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether two names are one, as the dialect compares names of columns.
pub(crate) fn same(dialect: Dialect, left: &str, right: &str) -> bool {
    dialect.facts().names.same(left, right)
}

/// An identifier as the server stores it: folded where it folds and is not quoted.
pub(crate) fn fold(dialect: Dialect, ident: &Ident) -> String {
    dialect.facts().names.fold(ident)
}

impl<'s> Scope<'s> {
    pub(crate) fn new(outer: Option<&'s Scope<'s>>) -> Self {
        Scope {
            outer,
            ctes: Vec::new(),
            tables: Vec::new(),
            visible: Vec::new(),
            merged: Vec::new(),
            shown_as: Vec::new(),
            nested: false,
            first: 0,
            apart: Vec::new(),
            equations: Vec::new(),
            having: None,
            aggregating: Cell::new(0),
            aliases: Vec::new(),
            outputs: Vec::new(),
            windows: &[],
            clause: Cell::new(Clause::Select),
            alone: Cell::new(false),
            grouped: Vec::new(),
            early: false,
            expands: Cell::new(false),
            later: None,
            windowed: Cell::new(false),
            implied: false,
            rows: 0,
        }
    }

    /// The same level within other ones around it.
    pub(crate) fn within<'t>(&'t self, around: &'t Scope<'t>) -> Scope<'t> {
        Scope {
            tables: self.tables.clone(),
            visible: self.visible.clone(),
            merged: self.merged.clone(),
            shown_as: self.shown_as.clone(),
            first: self.first,
            clause: Cell::new(self.clause.get()),
            ..Scope::new(Some(around))
        }
    }

    /// This level and those around it, from the inside out.
    pub(crate) fn levels(&self) -> impl Iterator<Item = &Scope<'s>> {
        std::iter::successors(Some(self), |scope| scope.outer)
    }

    /// Those of them whose columns can be named.
    fn seen(&self) -> impl Iterator<Item = &Scope<'s>> {
        std::iter::successors(Some(self), |level| level.outer.filter(|_| !level.alone.get()))
    }

    /// The clause that a table, or else a column, cannot be named in, as it is a level's around it.
    pub(crate) fn out_of_sight(&self, dialect: Dialect, table: Option<&str>, column: &str) -> Option<Clause> {
        let has = |level: &Scope<'s>| match table {
            Some(table) => level.reachable().any(|other| same(dialect, &other.name, table)),
            None => level.reachable().any(|table| table.column_names().any(|own| same(dialect, own, column))),
        };
        let alone = self.levels().find(|level| level.alone.get())?;
        alone.levels().skip(1).any(has).then(|| alone.clause.get())
    }

    /// A common table expression, and how many levels away it stands.
    pub(crate) fn cte(&self, dialect: Dialect, name: &str) -> Option<(Rc<Cte>, usize)> {
        self.levels().enumerate().find_map(|(away, level)| {
            let found = level.ctes.iter().rev().find(|cte| same(dialect, &cte.name, name))?;
            Some((found.clone(), away))
        })
    }

    /// Notes that the table at a place, which comes next or is there, is not joined to those before it.
    pub(crate) fn set_apart(&mut self, place: usize) {
        if let Err(at) = self.apart.binary_search(&place) {
            self.apart.insert(at, place);
        }
    }

    /// Adds a table with all of its columns in sight.
    pub(crate) fn add(&mut self, table: Table) -> usize {
        let at = self.tables.len();
        let columns = table.columns.iter().enumerate();
        self.visible
            .extend(columns.filter(|(_, c)| !c.hidden).map(|(column, _)| Visible::Column(at, column)));
        self.tables.push(table);
        at
    }

    /// What a name alone means, in this level and then in those around it.
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

    /// Whether a name can be this column of the level's, where an output column of that name is `hidden` behind it or not.
    fn can_name(&self, own: &Found<'_>, hidden: impl FnOnce() -> bool) -> bool {
        let (Found::Column { table, column }, Some(having)) = (own, &self.having) else { return true };
        let column = Atom::Column(table.id, *column as u32);
        self.aggregating.get() > 0
            || having.grouped.contains(&column)
            || having.selected.contains(&column) && !hidden()
    }

    /// Runs `f`, which reads the arguments of an aggregate.
    pub(crate) fn in_aggregate<T>(&self, f: impl FnOnce() -> T) -> T {
        self.levels().for_each(|level| level.aggregating.update(|depth| depth + 1));
        let result = f();
        self.levels().for_each(|level| level.aggregating.update(|depth| depth - 1));
        result
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
                // A table before it that is not wholly known might have the same name; the server would tell.
                Found::Column { table: &self.tables[*table], column: *column }
            }
            // SQLite takes the first of those that one table has.
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

    /// What `table.column` means.
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

    /// The table of a name, and whether it can be named from here.
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

    /// The column that an expression is.
    pub(crate) fn column_of(&self, term: &Term) -> Option<&TableColumn> {
        let Form::Column(_, column) = term.form else { return None };
        self.table_of(term)?.columns.get(column as usize)
    }

    /// The table of the column that an expression is.
    pub(crate) fn table_of(&self, term: &Term) -> Option<&Table> {
        let Form::Column(id, _) = term.form else { return None };
        self.levels().flat_map(|level| &level.tables).find(|table| table.id == id)
    }

    /// The names of columns that can be written without a table, for a "did you mean".
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

    /// The names of tables in sight, for a "did you mean".
    pub(crate) fn table_names(&self) -> Vec<&str> {
        let levels = self.seen().filter(|level| !level.implied);
        let names = levels.flat_map(|level| level.reachable()).map(|table| &*table.name);
        names.filter(|name| !name.is_empty()).collect()
    }

    /// Facts with what follows from them: a column that is not null proves that its outer joins found a match.
    pub(crate) fn close(&self, mut facts: Vec<Atom>) -> Vec<Atom> {
        let mut matches = Vec::new();
        for atom in &facts {
            if let Atom::Column(id, _) = atom
                && let Some(table) =
                    self.levels().flat_map(|level| &level.tables).find(|table| table.id == *id)
            {
                let joins: Vec<_> = table.joins.iter().map(|join| Atom::Match(*join)).collect();
                union(&mut matches, &joins);
            }
        }
        union(&mut facts, &matches);
        facts
    }

    /// A formula with this level's columns put in place, where `facts` hold.
    pub(crate) fn settle(&self, null: &NullIf, facts: &[Atom]) -> NullIf {
        null.settle(facts, &|id, column| {
            let table = self.tables.iter().find(|table| table.id == id)?;
            Some(table.columns.get(column as usize).map_or(NullIf::maybe(), |column| column.null.clone()))
        })
    }

    /// The formula where the level may give a row made of no rows: then all of its columns are null.
    pub(crate) fn settle_without_rows(&self, null: &NullIf, reason: &Reason) -> NullIf {
        null.settle(&[], &|id, _| {
            self.tables.iter().any(|table| table.id == id).then(|| NullIf::Because(reason.clone()))
        })
    }

    /// Whether an aggregate that speaks of these tables is this level's.
    pub(crate) fn aggregates(&self, tables: &[u32]) -> bool {
        tables.is_empty() || tables.iter().any(|table| self.owns(*table))
    }

    /// Whether a table stands in this level.
    pub(crate) fn owns(&self, id: u32) -> bool {
        self.tables.iter().any(|table| table.id == id)
    }
}

impl Table {
    /// The columns' names, for a "did you mean"; without those that `select *` leaves out.
    pub(crate) fn column_names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|column| !column.hidden).map(|column| &*column.name)
    }

    /// The row's type, where the table has one.
    pub(crate) fn row_type(&self) -> Option<Type> {
        let relation = self.relation.as_ref()?;
        let fields = relation
            .columns
            .iter()
            .filter(|column| !column.hidden)
            .map(|column| crate::CompositeField { name: column.name.clone(), ty: column.ty.clone() })
            .collect();
        Some(Type::Composite {
            schema: Some(relation.schema.as_str().into()),
            name: relation.name.as_str().into(),
            fields,
        })
    }
}
