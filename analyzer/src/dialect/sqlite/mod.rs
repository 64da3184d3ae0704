//! SQLite.

mod facts;
mod unsupported;

use std::sync::Arc;

use sqlparser::ast::{Expr, Query, SetExpr, Statement, TableFactor};

pub(super) use self::facts::FACTS;
use super::{Rules, TEMP, Unsupported, exact, of_any_case};
use crate::{Catalog, Relation, RelationColumn, data};

pub(super) struct Sqlite;

impl Rules for Sqlite {
    fn is_system_table(&self, _schema: Option<&str>, name: &str) -> bool {
        name.to_ascii_lowercase().starts_with("sqlite_")
    }

    fn relation(&self, catalog: &Catalog, schema: Option<&str>, name: &str) -> Option<Arc<Relation>> {
        exact(catalog, schema, name).or_else(|| of_any_case(catalog, schema, name))
    }

    fn writable_system_table(&self, name: &str) -> Option<Relation> {
        data::sqlite::writable(&name.to_ascii_lowercase())
    }

    fn schema_name(&self, written: &str, _database: Option<&str>) -> String {
        if written.eq_ignore_ascii_case("temp") { TEMP.to_owned() } else { written.to_ascii_lowercase() }
    }

    /// A null in a key of one column becomes the next number.
    fn null_becomes_default(&self, relation: &Relation, column: &RelationColumn) -> bool {
        relation.keys.iter().any(|key| key.columns == [column.name.as_str()])
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

    fn unsupported_set_operation(&self, whole: &SetExpr) -> Option<&'static str> {
        unsupported::set_operation(whole)
    }
}
