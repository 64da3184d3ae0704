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

mod analysis;
mod catalog;
mod data;
mod resolve;
mod types;

pub use analysis::{
    Access, Analysis, Column, Diagnostic, Nullability, Param, Rows, Severity, Statement,
};
pub use catalog::{Catalog, Function, Key, Relation, RelationColumn, RelationKind, Returns};
pub use types::{CompositeField, Type};
