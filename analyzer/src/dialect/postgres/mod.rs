//! PostgreSQL.

mod facts;
mod unsupported;

use std::sync::Arc;

use sqlparser::ast::{Expr, Query, Statement, TableFactor};

pub(super) use self::facts::FACTS;
use super::{Rules, Unsupported, exact};
use crate::{Catalog, Relation, data};

pub(super) struct Postgres;

impl Rules for Postgres {
    fn is_system_table(&self, schema: Option<&str>, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        matches!(schema, Some("pg_catalog" | "information_schema"))
            || schema.is_none() && name.starts_with("pg_")
    }

    fn relation(&self, catalog: &Catalog, schema: Option<&str>, name: &str) -> Option<Arc<Relation>> {
        exact(catalog, schema, name).or_else(|| data::postgres::relation(catalog, schema, name).map(Arc::new))
    }

    fn unsupported_expr(&self, expr: &Expr) -> Option<&'static str> {
        unsupported::expr(expr)
    }

    fn unsupported_tail(&self, query: &Query) -> Option<Unsupported> {
        super::unsupported::ties(query)
    }

    fn unsupported_change(&self, statement: &Statement) -> Option<Unsupported> {
        super::unsupported::update_or(statement).or_else(|| super::unsupported::limited_change(statement))
    }

    fn unsupported_table(&self, factor: &TableFactor) -> Option<&'static str> {
        let _ = factor;
        None
    }
}
