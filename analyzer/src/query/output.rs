//! What a query gives to whatever stands around it.

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
    /// False where there may be columns that are not known: `*` over a table that could not be followed.
    pub(crate) complete: bool,
    /// Whether the server may forget a condition on it that stands around: see [`Infer::forgets`](super::Infer::forgets).
    pub(crate) forgets: bool,
    /// What a lock on its rows finds: PostgreSQL's.
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
    /// `complete` is false where there may be columns that are not known.
    pub(crate) fn new(columns: Vec<OutputColumn>, rows: Rows, complete: bool) -> Self {
        Output { columns, rows, complete, forgets: false, locked: Locked::default() }
    }

    /// The result of a statement without one.
    pub(crate) fn none() -> Self {
        Output::new(Vec::new(), Rows::None, true)
    }

    /// A result of which nothing is known, after a mistake.
    pub(crate) fn unclear() -> Self {
        Output::new(Vec::new(), Rows::Many, false)
    }

    /// Makes every column nullable for a reason of its own.
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
