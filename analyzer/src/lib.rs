//! What a query takes and gives, from the schema's text alone.
//!
//! ```text
//! text ─ aio-databases-sql: lex, placeholders ─ sqlparser ─ bind names (Catalog) ─ infer ─ Analysis
//!                                               schema text ─ DDL ──────┘
//! ```
//!
//! **Invariant: no I/O and no Rust types.** Text comes in, an answer in SQL types goes out.
//!
//! **Invariant: analysis never panics and never stops at the first mistake.** There is an [`Analysis`] for any input;
//! what is wrong with it stands in its [`Diagnostic`]s.
//!
//! **Invariant: unknown is an answer, a guess is not.** A type that cannot be known is `None`; a column is called
//! not null only where no null can come out.

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

/// What a schema's text says there is, and what queries over it take and give.
#[derive(Clone, Debug)]
pub struct Schema {
    builder: schema::Builder,
}

impl Schema {
    /// A schema with nothing but what the server has built in.
    pub fn new(dialect: aio_databases_sql::Dialect) -> Self {
        Schema { builder: schema::Builder::new(dialect, &query::ViewQueries) }
    }

    /// Says which major release of PostgreSQL the queries will run on: 15, 16, … What other releases alone have is then
    /// not there. Without it, what any release since 15 has is there, and what they differ in is not known.
    pub fn set_release(&mut self, release: Option<u8>) {
        self.builder.catalog.release = release;
    }

    /// Takes in a schema file: its name, for messages, and its text. Files come in the order in which the migrations
    /// ran; each is a session of its own.
    pub fn apply(&mut self, source: &str, text: &str) {
        on_enough_stack(|| self.builder.apply(source, text));
    }

    /// The statements that could not be followed, in the order in which they were met.
    pub fn problems(&self) -> &[SchemaProblem] {
        &self.builder.problems
    }

    /// What a query takes and gives, whatever the query. The template is of the schema's dialect.
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

    /// How a query that is run for many rows can be run for all of them at once and mean the same; `None` where that is
    /// not known. `analysis` is its own.
    pub fn batch(&self, template: &aio_databases_sql::Template, analysis: &Analysis) -> Option<Batch> {
        batch::batch(self.catalog(), template, analysis)
    }

    /// What there is.
    pub fn catalog(&self) -> &Catalog {
        &self.builder.catalog
    }
}

/// Runs `work` where it may nest as deep as the limits let it, in a debug build too, whatever thread this is.
fn on_enough_stack<T>(work: impl FnOnce() -> T) -> T {
    const NEEDED: usize = 6 << 20;
    const GROWN: usize = 16 << 20;
    stacker::maybe_grow(NEEDED, GROWN, work)
}
