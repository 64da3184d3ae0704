//! The side table of the syntax tree: the original syntax where the parser does not support it.
//!
//! [`desugar`](super::desugar) rewrites such syntax to supported syntax that contains a new name. The table maps the
//! place of that name to the original syntax.

use std::collections::HashMap;

use aio_databases_sql::Span;
use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

use super::tokens;
use crate::Type;

/// The original syntax behind a name that desugaring created.
#[derive(Clone, Debug)]
pub(crate) enum Sugar {
    /// `set column[1] = …`: the second name of `(column, name) = …`.
    Element,
    /// `set column[1:2] = …`: the same for a slice.
    Slice,
    /// Within these brackets: the second name of `(column, name) = index`.
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
    /// The place of a target of `on conflict` other than columns.
    ConflictTarget(Span),
    /// `search` and `cycle` after a recursive query: the name of another `with` query with these columns.
    RecursionColumns(Vec<RecursionColumn>),
    /// `returning with (old as o, …)`: the first item. Each entry is `old` or `new` and its alias.
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
    /// Unknown if the values of a `cycle` mark aren't literals.
    pub(crate) ty: Option<Type>,
}

/// The original syntax of each name that desugaring created, by its place.
#[derive(Clone, Debug, Default)]
pub(crate) struct SideTable {
    names: HashMap<Span, Sugar>,
}

impl SideTable {
    pub(super) fn put(&mut self, place: Span, sugar: Sugar) {
        self.names.insert(place, sugar);
    }

    /// The entry for the name at a place.
    pub(crate) fn at(&self, place: Span) -> Option<&Sugar> {
        self.names.get(&place)
    }

    /// The entry for a name.
    pub(crate) fn of(&self, ident: &Ident) -> Option<&Sugar> {
        if self.names.is_empty() {
            return None;
        }
        self.at(tokens::span(ident.span)?)
    }

    /// The entry for the last part of a name.
    pub(crate) fn of_name(&self, name: &ObjectName) -> Option<&Sugar> {
        match name.0.last()? {
            ObjectNamePart::Identifier(ident) => self.of(ident),
            ObjectNamePart::Function(_) => None,
        }
    }

    /// Whether a name that desugaring created starts at a byte.
    pub(super) fn starts_at(&self, offset: usize) -> bool {
        self.names.keys().any(|place| place.start == offset)
    }
}
