//! What the schema's text says there is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use aio_databases_sql::Dialect;

use crate::Type;
use crate::dialect::Described;

/// Tables, views, types and functions, as the schema's statements left them.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// Whose rules hold.
    pub dialect: Dialect,
    /// Where names without a schema are looked up, in order: `public` for PostgreSQL, `main` for SQLite, one nameless
    /// (empty) schema for MySQL. `pg_catalog` is always looked up first and does not stand here.
    pub search_path: Vec<String>,
    /// Tables and views by schema and name, both as the server stores them (folded where it folds).
    pub relations: BTreeMap<(String, String), Arc<Relation>>,
    /// Enums, domains and composite types by schema and name.
    pub types: BTreeMap<(String, String), Type>,
    /// Sequences that the schema creates by themselves, by schema and name.
    pub sequences: BTreeSet<(String, String)>,
    /// Range types that the schema creates, by name.
    pub ranges: BTreeMap<String, Range>,
    /// Functions that the schema creates, by name; overloads side by side.
    pub functions: BTreeMap<String, Vec<Function>>,
    /// PostgreSQL's extensions that the schema creates, by name: `citext`, `uuid-ossp`. Their types, functions and
    /// operators are there only then.
    pub extensions: BTreeSet<String>,
    /// PostgreSQL's major release that the queries will run on; where it is `None`, what any supported one has is there.
    pub release: Option<u8>,
}

impl Catalog {
    /// Whether a row that is inserted may be passed over, so that nothing comes back of it.
    pub fn may_skip_inserts(&self, relation: &Relation) -> bool {
        let skips = |name: &String| {
            self.functions.get(name).is_some_and(|all| all.iter().any(|function| function.returns_null))
        };
        relation.triggers.iter().any(|trigger| trigger.insert && trigger.function.as_ref().is_none_or(skips))
    }

    /// A catalog without anything of the user's.
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
    /// What it ranges over; `None` where that is not known.
    pub subtype: Option<Type>,
    /// Its multirange.
    pub multirange: Type,
}

/// A table or view.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// The schema that it stands in.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: RelationKind,
    /// Its columns, in the order of `select *`.
    pub columns: Vec<RelationColumn>,
    /// Its unique keys that hold for every row (no partial or expression index).
    pub keys: Vec<Key>,
    /// Unique indexes that are partial or over expressions: they can be a conflict target but make no key.
    pub partial_keys: Vec<Key>,
    /// What may change rows on their way in.
    pub triggers: Vec<Trigger>,
    /// Whether a row that is written to it may bring about more: a trigger or rule of any kind is there, or a foreign
    /// key to rows of the same table.
    pub reacts: bool,
    /// False where a statement changed it in a way that could not be followed: a column not found here is then
    /// unknown, not missing.
    pub complete: bool,
    /// Of a view: whether the server may forget a condition on its rows, as SQLite does for some `union all`.
    pub forgets: bool,
}

/// A trigger of PostgreSQL's that runs before a row is written, or instead of that; or a rule that takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Whether it runs for rows that are inserted.
    pub insert: bool,
    /// Whether it runs for rows that are updated.
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

/// What a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// A table, partitioned or not.
    Table,
    /// A view.
    View,
    /// A materialized view of PostgreSQL's.
    MaterializedView,
    /// A virtual table of SQLite's.
    Virtual,
}

/// A column of a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationColumn {
    /// Its name.
    pub name: String,
    /// Its type; `None` where it could not be followed.
    pub ty: Option<Type>,
    /// Whether it takes no null: `not null`, a primary key, an identity, a domain that forbids it, or a view's
    /// expression that gives none.
    pub not_null: bool,
    /// Whether an insert may leave it out though it is not null: a default, an identity, a sequence, `auto_increment`,
    /// SQLite's `integer primary key`.
    pub has_default: bool,
    /// Whether it is computed (`generated always as (…)`) or an identity `generated always`, so that it can't be written.
    pub generated: bool,
    /// Whether `select *` leaves it out: SQLite's `rowid` and hidden columns, PostgreSQL's `ctid` and its kin.
    pub hidden: bool,
    /// MySQL: how many digits a decimal has and how many of them stand after the point; of a time, only those after
    /// its seconds. What some functions give depends on them.
    pub digits: Option<(u16, u16)>,
    /// MySQL's `auto_increment`: a null that goes in becomes the next number.
    pub counts: bool,
}

/// A unique key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The constraint's or the index's name, if it has one.
    pub name: Option<String>,
    /// Its columns. For an index over expressions: those of its parts that are columns.
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
    /// The types of its input arguments; `None` where one is not known.
    pub args: Vec<Option<Type>>,
    /// The names of those arguments, as far as they have one: `f(size => 1)`.
    pub arg_names: Vec<Option<String>>,
    /// How many of the arguments, from the end, have a default.
    pub defaults: usize,
    /// Whether the last argument is `variadic`.
    pub variadic: bool,
    /// What it gives.
    pub returns: Returns,
    /// `strict`: null in, null out.
    pub strict: bool,
    /// Whether it may write: `volatile`, which is PostgreSQL's default.
    pub volatile: bool,
    /// Whether it is an aggregate.
    pub aggregate: bool,
    /// Whether it is a procedure: `call` runs it, and nothing else.
    pub procedure: bool,
    /// The name of its only `out` argument, which is the name of its column in `from`.
    pub out_name: Option<String>,
    /// Whether its body says `return null`, by which a trigger passes over a row.
    pub returns_null: bool,
}

/// What a function gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Returns {
    /// One value; `None` where its type is not known.
    Value(Option<Type>),
    /// A set of values.
    SetOf(Option<Type>),
    /// A set of rows: `returns table (…)`, or several `out` arguments.
    Table(Vec<RelationColumn>),
    /// Nothing (`void`, a trigger, a procedure).
    Nothing,
}
