//! Analyzes queries from the schema's text alone: parameters, columns and mistakes.
//!
//! ```text
//! text ─ aio-databases-sql: lex, placeholders ─ sqlparser ─ bind names (Catalog) ─ infer ─ Analysis
//!                                               schema text ─ DDL ──────┘
//! ```
//!
//! **Invariant: no I/O and no Rust types.** Text comes in, an answer in SQL types goes out.
//!
//! **Invariant: analysis never panics and never stops at the first mistake.** Every input has an [`Analysis`]. Its
//! [`Diagnostic`]s describe the mistakes.
//!
//! **Invariant: nothing is guessed.** An unknown type is `None`. A column is only not null if it is provably never
//! null.

/// The crate's README, whose example must run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod analysis;
mod batch;
mod catalog;
mod data;
mod diagnostics;
mod dialect;
mod lints;
mod numbers;
mod query;
mod resolve;
mod schema;
mod syntax;
mod types;

pub use analysis::{Access, Analysis, Column, Diagnostic, Nullability, Param, Rows, Severity, Statement};
pub use batch::Batch;
pub use catalog::{Catalog, Function, Key, Range, Relation, RelationColumn, RelationKind, Returns, Trigger};
pub use lints::{Allowed, LINTS, Level, Lint, LintError, Lints};
pub use schema::SchemaProblem;
pub use types::{CompositeField, Type};

/// A schema, built from its text, and the analysis of queries over it.
#[derive(Clone, Debug)]
pub struct Schema {
    builder: schema::Builder,
}

impl Schema {
    /// A schema with only the built-in objects.
    pub fn new(dialect: aio_databases_sql::Dialect) -> Self {
        Schema { builder: schema::Builder::new(dialect, &query::ViewQueries) }
    }

    /// Sets the major release of PostgreSQL that the queries run on: 15, 16, … Features of other releases then do not
    /// exist. Without it, the features of all releases since 15 exist, and results that differ between releases are
    /// unknown.
    pub fn set_release(&mut self, release: Option<u8>) {
        self.builder.catalog.release = release;
    }

    /// Applies a schema file: its name, for messages, and its text. Apply files in the order of the migrations. Each
    /// file is a separate session.
    pub fn apply(&mut self, source: &str, text: &str) {
        on_enough_stack(|| self.builder.apply(source, text));
    }

    /// The statements that are wrong or not supported, in order.
    pub fn problems(&self) -> &[SchemaProblem] {
        &self.builder.problems
    }

    /// Analyzes a query. The template must be in the schema's dialect.
    ///
    /// ```
    /// use aio_databases_analyzer::{Rows, Schema};
    /// use aio_databases_sql::{Dialect, Template};
    ///
    /// let mut schema = Schema::new(Dialect::Postgres);
    /// schema.apply("1.sql", "create table users (id int primary key, name text)");
    /// let query = Template::parse("select name from users where id = $1", Dialect::Postgres).unwrap();
    /// let answer = schema.analyze(&query);
    /// assert!(answer.is_ok());
    /// assert_eq!(answer.rows, Rows::AtMostOne);
    /// assert_eq!(answer.params[0].ty.as_ref().unwrap().to_string(), "int4");
    /// assert_eq!(answer.columns[0].name, "name");
    /// ```
    pub fn analyze(&self, template: &aio_databases_sql::Template) -> Analysis {
        on_enough_stack(|| query::analyze(&self.builder, template))
    }

    /// An equivalent statement for many rows at once; `None` if none is known. `analysis` is the query's analysis.
    pub fn batch(&self, template: &aio_databases_sql::Template, analysis: &Analysis) -> Option<Batch> {
        batch::batch(self.catalog(), template, analysis)
    }

    /// The tables, types and functions of the schema.
    pub fn catalog(&self) -> &Catalog {
        &self.builder.catalog
    }
}

/// Runs `work` with enough stack for the deepest allowed nesting, also in a debug build and on any thread.
fn on_enough_stack<T>(work: impl FnOnce() -> T) -> T {
    const NEEDED: usize = 6 << 20;
    const GROWN: usize = 16 << 20;
    stacker::maybe_grow(NEEDED, GROWN, work)
}
