//! How the dialects differ: a table of named facts and a few rules for each dialect.
//!
//! Code outside of this folder, [`resolve`](crate::resolve) and [`data`](crate::data) asks the dialect for a fact, and
//! does not compare it with another dialect. A new dialect is a file here with a [`Facts`] and a [`Rules`], a file in
//! [`resolve`](crate::resolve), its data, and the parser's rules in [`syntax`](crate::syntax).

mod calls;
mod changes;
mod definitions;
mod mysql;
mod names;
mod postgres;
mod queries;
mod sqlite;
mod unsupported;
mod values;

use std::sync::Arc;

use aio_databases_sql::Dialect;
use sqlparser::ast::{Expr, Function, Query, SetExpr, Statement, TableFactor};

use crate::{Catalog, Relation, RelationColumn};

pub(crate) use self::{
    calls::{Calls, Collate, Construct, ExtractFields, Keyword},
    changes::{BatchForm, Changes, DottedTarget},
    definitions::{Definitions, KeyNames, KeyParts, Like, References, SameKeys, TypeGrammar, Views},
    names::{Names, OutputNames, ReservedFound, Words, words},
    queries::{AggregateLevel, DerivedAlias, Explain, From, JoinCondition, Ordinals, Select, Ungrouped},
    values::{Equality, TextCast, Values},
};

/// The schema of temporary tables, which is at the front of every search path.
pub(crate) const TEMP: &str = "pg_temp";

/// The named facts about a dialect.
pub(crate) struct Facts {
    pub(crate) names: Names,
    pub(crate) values: Values,
    pub(crate) from: From,
    pub(crate) select: Select,
    pub(crate) changes: Changes,
    pub(crate) calls: Calls,
    pub(crate) definitions: Definitions,
}

/// Rules that a table of facts can't express.
pub(crate) trait Rules: Sync {
    /// Whether a name is the name of a system table.
    fn is_system_table(&self, schema: Option<&str>, name: &str) -> bool;

    /// The table or view with a name.
    fn relation(&self, catalog: &Catalog, schema: Option<&str>, name: &str) -> Option<Arc<Relation>>;

    /// The system table with a name, if it is writable.
    fn writable_system_table(&self, name: &str) -> Option<Relation> {
        let _ = name;
        None
    }

    /// The schema with this name in SQL; `database` is the current one.
    fn schema_name(&self, written: &str, database: Option<&str>) -> String {
        let _ = database;
        written.to_owned()
    }

    /// Whether a null in a new row becomes the default of a column that is `not null`.
    fn null_becomes_default(&self, relation: &Relation, column: &RelationColumn) -> bool {
        let _ = (relation, column);
        false
    }

    /// Why the grammar rejects a call, if it does.
    fn call_problem(&self, name: &str, function: &Function) -> Option<String> {
        let _ = (name, function);
        None
    }

    /// Why an expression is not supported, although the parser accepts it.
    fn unsupported_expr(&self, expr: &Expr) -> Option<&'static str>;

    /// Why a clause after a query's body is not supported, and the word that it begins with.
    fn unsupported_tail(&self, query: &Query) -> Option<Unsupported>;

    /// Why a clause of a statement that changes rows is not supported, and the word that it begins with.
    fn unsupported_change(&self, statement: &Statement) -> Option<Unsupported>;

    /// Why an item of `from` is not supported.
    fn unsupported_table(&self, factor: &TableFactor) -> Option<&'static str>;

    /// Why a set operation is not supported.
    fn unsupported_set_operation(&self, whole: &SetExpr) -> Option<&'static str> {
        let _ = whole;
        None
    }
}

/// A clause that a dialect does not support.
pub(crate) struct Unsupported {
    /// The keyword that starts it.
    pub(crate) word: &'static str,
    pub(crate) problem: &'static str,
}

/// Dialects that have facts and rules.
pub(crate) trait Described {
    fn facts(self) -> &'static Facts;
    fn rules(self) -> &'static dyn Rules;
}

impl Described for Dialect {
    fn facts(self) -> &'static Facts {
        match self {
            Dialect::Postgres => &postgres::FACTS,
            Dialect::Sqlite => &sqlite::FACTS,
            Dialect::Mysql => &mysql::FACTS,
        }
    }

    fn rules(self) -> &'static dyn Rules {
        match self {
            Dialect::Postgres => &postgres::Postgres,
            Dialect::Sqlite => &sqlite::Sqlite,
            Dialect::Mysql => &mysql::Mysql,
        }
    }
}

/// The relation with exactly this name, by the search path.
fn exact(catalog: &Catalog, schema: Option<&str>, name: &str) -> Option<Arc<Relation>> {
    let by_name = |schema: &str| catalog.relations.get(&(schema.to_owned(), name.to_owned()));
    let found = match schema {
        Some(schema) => by_name(schema),
        None => catalog.search_path.iter().find_map(|schema| by_name(schema)),
    };
    found.cloned()
}

/// The relation with a name, ignoring case, in any matching schema.
fn of_any_case(catalog: &Catalog, schema: Option<&str>, name: &str) -> Option<Arc<Relation>> {
    let names = &catalog.dialect.facts().names;
    let of_schema = |own: &str| schema.is_none_or(|schema| own.is_empty() || names.same(own, schema));
    let mut relations = catalog.relations.iter();
    relations
        .find(|((own, relation), _)| names.same(relation, name) && of_schema(own))
        .map(|(_, relation)| relation.clone())
}
