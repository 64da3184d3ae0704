//! The macros of [aio-databases](https://docs.rs/aio-databases): SQL checked while the program compiles.
//!
//! ```text
//! input ─ config, schema (project) ─ check: the analyzer, for each backend ─ unite: one answer, in Rust's types
//!                                                 │                               │
//!                                              message                     bind ─ expand
//! ```
//!
//! **Invariant: files are read in one place**, `project`, and by `include_str!` in `input`.
//!
//! **Invariant: one mistake gives one error**, which says where in the SQL and what to type instead.
//!
//! This crate is re-exported by `aio-databases`; its expansions name that crate's hidden module `__private`.

mod bind;
mod check;
mod config;
mod derive;
mod expand;
mod input;
mod join;
mod message;
mod override_;
mod pipeline;
mod place;
mod project;
mod schema;
mod track;
mod types;
mod unite;

use proc_macro::TokenStream;

use crate::input::Macro;

macro_rules! macros {
    ($($(#[doc = $doc:literal])+ $name:ident = $macro:ident;)*) => {$(
        $(#[doc = $doc])+
        #[proc_macro]
        pub fn $name(input: TokenStream) -> TokenStream {
            pipeline::run(Macro::$macro, input.into()).into()
        }
    )*};
}

macros! {
    /// A query, to run later: `.fetchone(&db)`, `.fetchall(&db)`, `.fetchmany(&db, n)`, `.fetchval(&db)`,
    /// `.execute(&db)`, `.iterate(&db)`.
    query = Query;
    /// A query for the first column of its rows, to run later: its records are the values.
    query_val = QueryVal;
    /// A query whose records are of a type of yours, to run later: `query_as!(User, "select id, name from users")`.
    query_as = QueryAs;
    /// Runs a statement and tells what it has done.
    execute = Execute;
    /// Runs one statement for many rows of arguments: all of them, or none.
    executemany = Executemany;
    /// All records of a query.
    fetchall = Fetchall;
    /// The first `n` records of a query; no more are read.
    fetchmany = Fetchmany;
    /// The first record of a query: an `Option`, or the record itself where the query always gives exactly one.
    fetchone = Fetchone;
    /// The first column of a query's first record.
    fetchval = Fetchval;
    /// The records of a query one by one, as they come.
    iterate = Iterate;
}

/// Lets a type of yours be an argument, and the type of a column (`as "mood: Mood"`, or a field of your own record).
///
/// A struct of one field goes wherever that field's type goes. An enum whose variants have no fields is kept as text, or as
/// an enum of the server's, by its variants' names:
///
/// ```ignore
/// #[derive(Type)]
/// struct UserId(i64);
///
/// #[derive(Type)]
/// #[aio_databases(rename_all = "snake_case")]
/// enum Mood {
///     Happy,                            // 'happy'
///     VerySad,                          // 'very_sad'
///     #[aio_databases(rename = "meh")]
///     Indifferent,                      // 'meh'
/// }
/// ```
///
/// `rename_all` is one of `lowercase`, `UPPERCASE`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `camelCase` and
/// `PascalCase`.
#[proc_macro_derive(Type, attributes(aio_databases))]
pub fn derive_type(input: TokenStream) -> TokenStream {
    derive::run(input.into()).into()
}
