//! SQL as text: what is a word, a literal, a comment, a placeholder, in each dialect.
//!
//! This crate has no dependencies and knows no schema. It finds the placeholders of a query, whatever style its
//! author likes, and writes the query in the style of each backend.

mod dialect;
mod span;

pub use dialect::Dialect;
pub use span::{Position, Span};
