//! A level of a query: the tables of its `from`, and everything else that its expressions see.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use aio_databases_sql::Dialect;
use sqlparser::ast::{Ident, NamedWindowDefinition, WindowSpec};

use super::{
    output::Output,
    term::{Atom, NullIf, Reason, Term, union},
};
use crate::dialect::Described;

mod lookup;
mod tables;

pub(crate) use self::{
    lookup::Found,
    tables::{Merged, Table, TableColumn, Visible},
};

/// A level of a query: the tables of its `from`, within its outer levels.
pub(crate) struct Scope<'s> {
    pub(crate) outer: Option<&'s Scope<'s>>,
    pub(crate) ctes: Vec<Rc<Cte>>,
    pub(crate) tables: Vec<Table>,
    /// The columns that can be used unqualified, in the order of `select *`.
    pub(crate) visible: Vec<Visible>,
    pub(crate) merged: Vec<Merged>,
    /// Columns of a table, by its place and theirs, that `table.*` returns as another column. In SQLite, these are left
    /// of a right or full join with `using`.
    pub(crate) shown_as: Vec<((usize, usize), Visible)>,
    /// Whether the current joins are in parentheses that SQLite keeps: those with an alias, and those after another
    /// table.
    pub(crate) nested: bool,
    /// The first visible table: within the `on` of a join, only its two sides are visible.
    pub(crate) first: usize,
    /// The starts of tables that are not joined to those before: after a comma, or a join without a condition.
    pub(crate) apart: Vec<usize>,
    /// The equations that joins make.
    pub(crate) equations: Vec<(Atom, Vec<u32>)>,
    /// The columns that MySQL's `having` can use, while it is analyzed.
    pub(crate) having: Option<Having>,
    /// The number of aggregates whose arguments are being analyzed. In those, `having` can use all columns.
    pub(crate) aggregating: Cell<u32>,
    /// Output columns, if the dialect lets expressions use them.
    pub(crate) aliases: Vec<Alias>,
    /// The names of output columns, if expressions can't use them, for messages.
    pub(crate) outputs: Vec<String>,
    pub(crate) windows: &'s [NamedWindowDefinition],
    pub(crate) clause: Cell<Clause>,
    /// Whether the current clause doesn't see outer levels: SQLite's `group by` and `order by`.
    pub(crate) alone: Cell<bool>,
    /// The grouped expressions that are not columns.
    pub(crate) grouped: Vec<String>,
    /// Whether an expression of a window function may be computed before the function.
    pub(crate) early: bool,
    /// Whether the select list has a set-returning function.
    pub(crate) expands: Cell<bool>,
    /// Windows that are analyzed after the rest of the level, if the dialect does so.
    pub(crate) later: Option<RefCell<Vec<WindowSpec>>>,
    /// Whether a window function was called.
    pub(crate) windowed: Cell<bool>,
    /// Whether its tables are implicit: `old` and `new` in `returning`.
    pub(crate) implied: bool,
    /// The number for the fact "the level has rows", like the number of a join for "it found a match".
    pub(crate) rows: u32,
}

/// The columns that MySQL's `having` can use (the manual's "SELECT Statement").
pub(crate) struct Having {
    /// The grouped columns, which take precedence over an alias with the same name.
    pub(crate) grouped: Vec<Atom>,
    /// The selected columns, over which an alias takes precedence.
    pub(crate) selected: Vec<Atom>,
}

/// A common table expression.
pub(crate) struct Cte {
    pub(crate) name: String,
    pub(crate) output: Output,
    /// The number of columns, from the end, that `select *` leaves out in queries nested in the one after it.
    pub(crate) extra: usize,
}

/// An output column that expressions can use.
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    pub(crate) name: String,
    pub(crate) term: Term,
}

/// The clause that an expression is in, as far as it matters to aggregates and windows.
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
    /// The target of `on conflict`.
    Target,
    /// A window function's arguments or its `over`.
    Window,
}

impl Clause {
    /// The clause's name for messages.
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

/// Whether two column names are equal in the dialect.
pub(crate) fn same(dialect: Dialect, left: &str, right: &str) -> bool {
    dialect.facts().names.same(left, right)
}

/// An identifier as the server stores it. Some servers fold unquoted ones.
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

    /// The same level with other outer levels.
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

    /// This level and its outer levels, from the inside out.
    pub(crate) fn levels(&self) -> impl Iterator<Item = &Scope<'s>> {
        std::iter::successors(Some(self), |scope| scope.outer)
    }

    /// The levels whose columns are visible.
    pub(super) fn seen(&self) -> impl Iterator<Item = &Scope<'s>> {
        std::iter::successors(Some(self), |level| level.outer.filter(|_| !level.alone.get()))
    }

    /// Records that the table at a place is not joined to those before it.
    pub(crate) fn set_apart(&mut self, place: usize) {
        if let Err(at) = self.apart.binary_search(&place) {
            self.apart.insert(at, place);
        }
    }

    /// Adds a table and makes all of its columns visible.
    pub(crate) fn add(&mut self, table: Table) -> usize {
        let at = self.tables.len();
        let columns = table.columns.iter().enumerate();
        self.visible
            .extend(columns.filter(|(_, c)| !c.hidden).map(|(column, _)| Visible::Column(at, column)));
        self.tables.push(table);
        at
    }

    /// Runs `f`, which analyzes the arguments of an aggregate.
    pub(crate) fn in_aggregate<T>(&self, f: impl FnOnce() -> T) -> T {
        self.levels().for_each(|level| level.aggregating.update(|depth| depth + 1));
        let result = f();
        self.levels().for_each(|level| level.aggregating.update(|depth| depth - 1));
        result
    }

    /// Facts with their consequences: a column that is not null proves that its outer joins found a match.
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

    /// A formula with this level's columns substituted, if `facts` hold.
    pub(crate) fn settle(&self, null: &NullIf, facts: &[Atom]) -> NullIf {
        null.settle(facts, &|id, column| {
            let table = self.tables.iter().find(|table| table.id == id)?;
            Some(table.columns.get(column as usize).map_or(NullIf::maybe(), |column| column.null.clone()))
        })
    }

    /// The formula if the level can return the row of an aggregate over no rows, in which all of its columns are null.
    pub(crate) fn settle_without_rows(&self, null: &NullIf, reason: &Reason) -> NullIf {
        null.settle(&[], &|id, _| {
            self.tables.iter().any(|table| table.id == id).then(|| NullIf::Because(reason.clone()))
        })
    }

    /// Whether an aggregate of these tables belongs to this level.
    pub(crate) fn aggregates(&self, tables: &[u32]) -> bool {
        tables.is_empty() || tables.iter().any(|table| self.owns(*table))
    }

    /// Whether some of the tables belong to this level.
    pub(crate) fn owns_atom(&self, atom: Atom) -> bool {
        match atom {
            Atom::Column(table, _) => self.owns(table),
            Atom::Match(join) => self.tables.iter().any(|table| table.joins.contains(&join)),
            Atom::Param(_) => false,
        }
    }

    /// Whether a table is in this level.
    pub(crate) fn owns(&self, id: u32) -> bool {
        self.tables.iter().any(|table| table.id == id)
    }
}
