//! The tables of a `from`, and their columns.

use std::{rc::Rc, sync::Arc};

use aio_databases_sql::Span;

use super::super::term::{Form, NullIf};
use crate::{Relation, Type, resolve::Operand};

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
