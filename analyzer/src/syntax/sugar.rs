//! The side table of the syntax tree: what the author wrote where the parser has no syntax for it.
//!
//! [`desugar`](super::desugar) rewrites such syntax to other that the parser knows, with a name at one place of it that
//! nobody wrote. The table says what stands for what, by that place.

use std::collections::HashMap;

use aio_databases_sql::Span;
use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

use super::tokens;
use crate::Type;

/// What a name that nobody wrote stands for.
#[derive(Clone, Debug)]
pub(crate) enum Sugar {
    /// `set column[1] = …`: the second name of `(column, name) = …`.
    Element,
    /// `set column[1:2] = …`: the same for a part of an array.
    Slice,
    /// Within the brackets there: the second name of `(column, name) = index`.
    Index,
    /// `variadic` before an argument: the argument's name.
    Variadic,
    /// `in ((select …), …)`: an item before the first.
    Item,
    /// `(row).*`: a function's name.
    Fields,
    /// `rows from (…)`: a function's name.
    RowsFrom,
    /// `at local`: the time zone.
    Local,
    /// The target of `on conflict`, if it is more than columns: its place.
    ConflictTarget(Span),
    /// `search` and `cycle` after a recursive query: the name of one more `with` query, of these columns.
    RecursionColumns(Vec<RecursionColumn>),
    /// `returning with (old as o, …)`: the first item. What each name is of, and the name.
    RowNames(Vec<(String, String)>),
    /// `passing …` in a function of JSON: the argument's name.
    JsonPassing,
    /// `default … on empty` and `default … on error`: the argument's name.
    JsonDefault,
    /// `unknown on error`: the argument's name.
    JsonUnknown,
    /// `json_array(select …)`: the argument's name.
    JsonQuery,
}

/// A column that `search` or `cycle` adds.
#[derive(Clone, Debug)]
pub(crate) struct RecursionColumn {
    pub(crate) name: String,
    /// Not known if the values of a mark aren't plain literals.
    pub(crate) ty: Option<Type>,
}

/// What each name that nobody wrote stands for, by its place.
#[derive(Clone, Debug, Default)]
pub(crate) struct SideTable {
    names: HashMap<Span, Sugar>,
}

impl SideTable {
    pub(super) fn put(&mut self, place: Span, sugar: Sugar) {
        self.names.insert(place, sugar);
    }

    /// What the name at a place stands for.
    pub(crate) fn at(&self, place: Span) -> Option<&Sugar> {
        self.names.get(&place)
    }

    /// What a name stands for.
    pub(crate) fn of(&self, ident: &Ident) -> Option<&Sugar> {
        if self.names.is_empty() {
            return None;
        }
        self.at(tokens::span(ident.span)?)
    }

    /// What the last part of a name stands for.
    pub(crate) fn of_name(&self, name: &ObjectName) -> Option<&Sugar> {
        match name.0.last()? {
            ObjectNamePart::Identifier(ident) => self.of(ident),
            ObjectNamePart::Function(_) => None,
        }
    }

    /// Whether a name that nobody wrote starts at a byte.
    pub(super) fn starts_at(&self, offset: usize) -> bool {
        self.names.keys().any(|place| place.start == offset)
    }
}
