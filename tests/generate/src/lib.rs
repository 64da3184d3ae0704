//! Random schemas and queries, for which the analyzer's answers are compared with the servers' answers.
//!
//! A seed gives schemas, each with its data and its queries. What the server says of a query when it is prepared, and
//! what comes out when it runs (on empty tables, on full ones, and on ones full of nulls, with arguments and with nulls in
//! their place), must be what the analyzer says. A query of which it says that it does not know enough is a gap: those are
//! counted and shown. A wrong answer is a failure: it is made as small as can be, and printed with its schema.
//!
//! | module | job |
//! |---|---|
//! | [`lang`], [`literal`] | what a dialect has: types, functions, operators, values |
//! | [`model`], [`schema`], [`data`] | a schema, and rows for it |
//! | [`state`], [`scope`] | the state of generating a query, and what its parts can speak of |
//! | [`expr`], [`predicate`], [`call`], [`from`], [`select`], [`change`] | the grammar |
//! | [`tree`] | SQL that can be made smaller |
//! | [`server`], [`judge`] | asking, and comparing |
//! | [`run`], [`report`] | the whole run, and its report |

pub mod call;
pub mod change;
pub mod data;
pub mod expr;
pub mod from;
pub mod judge;
pub mod lang;
pub mod literal;
pub mod model;
pub mod predicate;
pub mod report;
pub mod rng;
pub mod run;
pub mod schema;
pub mod scope;
pub mod select;
pub mod server;
pub mod state;
pub mod tree;
