//! The tables of a `from`, and their columns.

use std::{rc::Rc, sync::Arc};

use aio_databases_sql::Span;

use super::super::term::{Form, NullIf};
use crate::{Relation, Type, resolve::Operand};

/// A table of a `from`: its number is unique within the whole query.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) id: u32,
    /// The alias or the table's name; empty if it has neither.
    pub(crate) name: Rc<str>,
    /// The schema, if no alias hides it.
    pub(crate) schema: Option<Rc<str>>,
    pub(crate) columns: Vec<TableColumn>,
    /// False if it can have unknown columns.
    pub(crate) complete: bool,
    /// Unique keys, by the places of their columns.
    pub(crate) keys: Vec<Vec<u32>>,
    /// Whether it has at most one row.
    pub(crate) single: bool,
    /// The outer joins in which it can have no match.
    pub(crate) joins: Vec<u32>,
    pub(crate) relation: Option<Arc<Relation>>,
    /// Whether it is a function that returns one value, to which its name refers.
    pub(crate) scalar: bool,
    /// See [`Output::forgets`].
    pub(crate) forgets: bool,
    /// If it is a query: the part that prevents a lock on its rows.
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
    /// The untyped parameters that it consists of, until their type is determined, or a value that adopts the type of
    /// others.
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

/// A column that can be used unqualified.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Visible {
    /// The places of the table and the column.
    Column(usize, usize),
    /// A merged column of a full join with `using` or `natural`.
    Merged(usize),
}

/// Two columns that a full join merges.
#[derive(Clone, Debug)]
pub(crate) struct Merged {
    pub(crate) name: Rc<str>,
    pub(crate) ty: Operand,
    pub(crate) null: NullIf,
    pub(crate) parts: Vec<(u32, u32)>,
    /// SQLite: whether it is a column of a join in parentheses, which is a separate query there.
    pub(crate) of_query: bool,
}

impl Table {
    /// The columns' names, for a "did you mean"; without those that `select *` leaves out.
    pub(crate) fn column_names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|column| !column.hidden).map(|column| &*column.name)
    }

    /// The row type, if the table has one.
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
