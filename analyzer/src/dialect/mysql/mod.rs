//! MySQL and MariaDB. Syntax is accepted if one of them supports it.

mod calls;
mod facts;
mod unsupported;

use std::sync::Arc;

use sqlparser::ast::{Expr, Function, Query, Statement, TableFactor};

pub(super) use self::facts::FACTS;
use super::{Rules, Unsupported, exact, of_any_case};
use crate::{Catalog, Relation, RelationColumn, Type, data};

/// The schemas of system tables.
const SYSTEM_SCHEMAS: [&str; 4] = ["information_schema", "mysql", "performance_schema", "sys"];

pub(super) struct Mysql;

impl Rules for Mysql {
    fn is_system_table(&self, schema: Option<&str>, _name: &str) -> bool {
        schema.is_some_and(|schema| SYSTEM_SCHEMAS.iter().any(|own| schema.eq_ignore_ascii_case(own)))
    }

    /// A schema is a database, whose name need not appear in the migrations.
    fn relation(&self, catalog: &Catalog, schema: Option<&str>, name: &str) -> Option<Arc<Relation>> {
        if let Some(found) = exact(catalog, schema, name) {
            return Some(found);
        }
        if self.is_system_table(schema, name) {
            let own = schema.is_some_and(|schema| schema.eq_ignore_ascii_case("information_schema"));
            return own.then(|| data::mysql::relation(name)).flatten().map(Arc::new);
        }
        of_any_case(catalog, schema, name).or_else(|| schema.and_then(|_| self.relation(catalog, None, name)))
    }

    fn schema_name(&self, written: &str, database: Option<&str>) -> String {
        if database == Some(written) { String::new() } else { written.to_owned() }
    }

    /// A null becomes the next number, or the current time in a `timestamp`.
    fn null_becomes_default(&self, _relation: &Relation, column: &RelationColumn) -> bool {
        column.counts || column.ty.as_ref().is_none_or(|ty| *ty == Type::base("timestamp"))
    }

    fn call_problem(&self, name: &str, function: &Function) -> Option<String> {
        calls::problem(name, function)
    }

    fn unsupported_expr(&self, expr: &Expr) -> Option<&'static str> {
        unsupported::expr(expr)
    }

    fn unsupported_tail(&self, query: &Query) -> Option<Unsupported> {
        unsupported::tail(query)
    }

    fn unsupported_change(&self, statement: &Statement) -> Option<Unsupported> {
        unsupported::change(statement)
    }

    fn unsupported_table(&self, factor: &TableFactor) -> Option<&'static str> {
        unsupported::table(factor)
    }
}
