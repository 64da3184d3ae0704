//! The result of a query, for its context.

use super::{
    locks::Locked,
    term::{NullIf, Term},
};
use crate::Rows;

/// The columns and the number of rows of a query.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) columns: Vec<OutputColumn>,
    pub(crate) rows: Rows,
    /// False if there can be unknown columns: `*` for a table whose columns are unknown.
    pub(crate) complete: bool,
    /// Whether the server can lose a condition of the outer query on it: see [`Infer::forgets`](super::Infer::forgets).
    pub(crate) forgets: bool,
    /// In PostgreSQL: what a lock on its rows applies to.
    pub(crate) locked: Locked,
}

/// A column of a query's result.
#[derive(Clone, Debug)]
pub(crate) struct OutputColumn {
    pub(crate) name: String,
    /// Whether the name is an alias.
    pub(crate) aliased: bool,
    pub(crate) term: Term,
    /// `users.id`
    pub(crate) origin: Option<String>,
}

impl Output {
    /// `complete` is false if there can be unknown columns.
    pub(crate) fn new(columns: Vec<OutputColumn>, rows: Rows, complete: bool) -> Self {
        Output { columns, rows, complete, forgets: false, locked: Locked::default() }
    }

    /// The result of a statement that returns nothing.
    pub(crate) fn none() -> Self {
        Output::new(Vec::new(), Rows::None, true)
    }

    /// An unknown result, after a mistake.
    pub(crate) fn unclear() -> Self {
        Output::new(Vec::new(), Rows::Many, false)
    }

    /// Makes every column nullable, for one reason.
    pub(crate) fn map_null(mut self, f: impl Fn(NullIf) -> NullIf) -> Self {
        for column in &mut self.columns {
            column.term.null = f(std::mem::replace(&mut column.term.null, NullIf::Never));
        }
        self
    }
}

/// The number of rows as bounds: at least one, at most one.
pub(crate) fn bounds(rows: Rows) -> (bool, bool) {
    match rows {
        Rows::One => (true, true),
        Rows::AtMostOne | Rows::None => (false, true),
        Rows::Many => (false, false),
    }
}

pub(crate) fn rows(some: bool, single: bool) -> Rows {
    match (some, single) {
        (true, true) => Rows::One,
        (false, true) => Rows::AtMostOne,
        (_, false) => Rows::Many,
    }
}
