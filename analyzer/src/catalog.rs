//! The tables, types and functions that the schema defines.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use aio_databases_sql::Dialect;

use crate::Type;
use crate::dialect::Described;

/// The tables, views, types and functions after all of the schema's statements.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// The dialect.
    pub dialect: Dialect,
    /// Where names without a schema are looked up, in order: `public` for PostgreSQL, `main` for SQLite, one nameless
    /// (empty) schema for MySQL. `pg_catalog` is always looked up first and is not listed here.
    pub search_path: Vec<String>,
    /// Tables and views by schema and name, both as the server stores them.
    pub relations: BTreeMap<(String, String), Arc<Relation>>,
    /// Enums, domains and composite types by schema and name.
    pub types: BTreeMap<(String, String), Type>,
    /// Sequences created by `create sequence`, by schema and name.
    pub sequences: BTreeSet<(String, String)>,
    /// Range types that the schema creates, by name.
    pub ranges: BTreeMap<String, Range>,
    /// Functions that the schema creates, by name, with their overloads.
    pub functions: BTreeMap<String, Vec<Function>>,
    /// PostgreSQL's extensions that the schema creates, by name: `citext`, `uuid-ossp`. Their types, functions and
    /// operators only exist with them.
    pub extensions: BTreeSet<String>,
    /// The major release of PostgreSQL that the queries run on. If it is `None`, the features of all supported releases
    /// exist.
    pub release: Option<u8>,
}

impl Catalog {
    /// Whether an inserted row can be skipped, so that it returns nothing.
    pub fn may_skip_inserts(&self, relation: &Relation) -> bool {
        let skips = |name: &String| {
            self.functions.get(name).is_some_and(|all| all.iter().any(|function| function.returns_null))
        };
        relation.triggers.iter().any(|trigger| trigger.insert && trigger.function.as_ref().is_none_or(skips))
    }

    /// A catalog without user-defined objects.
    pub fn new(dialect: Dialect) -> Self {
        Catalog {
            dialect,
            search_path: vec![dialect.facts().names.default_schema.to_owned()],
            relations: BTreeMap::new(),
            types: BTreeMap::new(),
            sequences: BTreeSet::new(),
            ranges: BTreeMap::new(),
            functions: BTreeMap::new(),
            extensions: BTreeSet::new(),
            release: None,
        }
    }
}

/// A range type that the schema creates.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// The range type itself.
    pub ty: Type,
    /// The type of its bounds; `None` if that is unknown.
    pub subtype: Option<Type>,
    /// Its multirange.
    pub multirange: Type,
}

/// A table or view.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The kind of relation.
    pub kind: RelationKind,
    /// Its columns, in the order of `select *`.
    pub columns: Vec<RelationColumn>,
    /// Its unique keys that apply to every row (no partial or expression index).
    pub keys: Vec<Key>,
    /// Unique indexes that are partial or over expressions. They can be a conflict target, but they aren't keys.
    pub partial_keys: Vec<Key>,
    /// Triggers and rules that can change rows before they are written.
    pub triggers: Vec<Trigger>,
    /// Whether writing a row can have further effects: there is a trigger, a rule, or a foreign key to the same table.
    pub reacts: bool,
    /// False if an unsupported statement changed it. A column that is not listed here is then unknown instead of
    /// missing.
    pub complete: bool,
    /// For a view: whether the server can lose a condition on its rows, as SQLite does for some `union all`.
    pub forgets: bool,
}

/// A PostgreSQL trigger that runs before or instead of writing a row, or a rule that replaces the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Whether it runs for inserted rows.
    pub insert: bool,
    /// Whether it runs for updated rows.
    pub update: bool,
    /// The function that it calls; none for a rule.
    pub function: Option<String>,
}

impl Relation {
    /// The columns that `select *` shows.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &RelationColumn> {
        self.columns.iter().filter(|column| !column.hidden)
    }
}

/// The kind of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// A table, partitioned or not.
    Table,
    /// A view.
    View,
    /// A PostgreSQL materialized view.
    MaterializedView,
    /// A SQLite virtual table.
    Virtual,
}

/// A column of a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationColumn {
    /// Its name.
    pub name: String,
    /// Its type; `None` if it is unknown.
    pub ty: Option<Type>,
    /// Whether it can't be null: because of `not null`, a primary key, an identity, a domain, or a view's expression
    /// that is never null.
    pub not_null: bool,
    /// Whether an insert can leave it out although it is not null: a default, an identity, a sequence,
    /// `auto_increment`, SQLite's `integer primary key`.
    pub has_default: bool,
    /// Whether it is computed (`generated always as (…)`) or an identity `generated always`, so it can't be written.
    pub generated: bool,
    /// Whether `select *` leaves it out: SQLite's `rowid` and hidden columns, PostgreSQL's `ctid` and similar columns.
    pub hidden: bool,
    /// MySQL: the precision and scale of a decimal; for a time, only its fractional digits. The result of some
    /// functions depends on them.
    pub digits: Option<(u16, u16)>,
    /// MySQL's `auto_increment`: an inserted null becomes the next number.
    pub counts: bool,
}

/// A unique key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The constraint's or the index's name, if it has one.
    pub name: Option<String>,
    /// Its columns. For an index over expressions: only its columns.
    pub columns: Vec<String>,
    /// Whether it is the primary key.
    pub primary: bool,
}

/// A function that the schema creates.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// The schema that it stands in.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The types of its input arguments; `None` for unknown types.
    pub args: Vec<Option<Type>>,
    /// The names of the input arguments, if they have names: `f(size => 1)`.
    pub arg_names: Vec<Option<String>>,
    /// The number of arguments, from the end, that have a default.
    pub defaults: usize,
    /// Whether the last argument is `variadic`.
    pub variadic: bool,
    /// What it returns.
    pub returns: Returns,
    /// `strict`: it returns null for a null argument.
    pub strict: bool,
    /// Whether it can write: `volatile`, which is PostgreSQL's default.
    pub volatile: bool,
    /// Whether it is an aggregate.
    pub aggregate: bool,
    /// Whether it is a procedure, which only `call` runs.
    pub procedure: bool,
    /// The name of its only `out` argument, which names its column in `from`.
    pub out_name: Option<String>,
    /// Whether its body has `return null`, with which a trigger skips a row.
    pub returns_null: bool,
}

/// What a function returns.
#[derive(Clone, Debug, PartialEq)]
pub enum Returns {
    /// One value; `None` if its type is unknown.
    Value(Option<Type>),
    /// A set of values.
    SetOf(Option<Type>),
    /// A set of rows: `returns table (…)`, or several `out` arguments.
    Table(Vec<RelationColumn>),
    /// Nothing (`void`, a trigger, a procedure).
    Nothing,
}
