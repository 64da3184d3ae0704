//! The macros of `aio-databases`: SQL checked while the program compiles.
//!
//! ```text
//! input ─ project: settings, schema ─ check: the analyzer, for each backend ─ unite: one answer, in Rust's types
//!                                                 │                               │
//!                                          message                       bind ─ expand
//! ```
//!
//! **Invariant: files are read in one place**, `project`, and by `include_str!` in `input`.
//!
//! **Invariant: one mistake causes one error**, which shows the place in the SQL and a suggestion.
//!
//! This crate is re-exported by `aio-databases`; its expansions name that crate's hidden module `__private`.

mod bind;
mod check;
mod column_alias;
mod derive;
mod dialect;
mod expand;
mod ident;
mod input;
mod location;
#[cfg(feature = "verify")]
mod manifest;
mod message;
mod migrate;
mod pipeline;
mod project;
mod track;
mod types;
mod unify;
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

// `aio-databases` documents the macros, with examples, where it re-exports them.
macros! {
    /// Called as `query!(sql, arguments…)`.
    query = Query;
    /// Called as `query_val!(sql, arguments…)`.
    query_val = QueryVal;
    /// Called as `query_as!(Type, sql, arguments…)`.
    query_as = QueryAs;
    /// Called as `execute!(executor, sql, arguments…)`.
    execute = Execute;
    /// Called as `executemany!(executor, sql, rows)`.
    executemany = Executemany;
    /// Called as `copy_in!(executor, table, rows)`, `copy_in!(executor, Type, table, rows)`.
    copy_in = CopyIn;
    /// Called as `fetchall!(executor, sql, arguments…)`, `fetchall!(executor, Type, sql, arguments…)`.
    fetchall = Fetchall;
    /// Called as `fetchmany!(executor, n, sql, arguments…)`, `fetchmany!(executor, n, Type, sql, arguments…)`.
    fetchmany = Fetchmany;
    /// Called as `fetchone!(executor, sql, arguments…)`, `fetchone!(executor, Type, sql, arguments…)`.
    fetchone = Fetchone;
    /// Called as `fetchval!(executor, sql, arguments…)`.
    fetchval = Fetchval;
    /// Called as `iterate!(executor, sql, arguments…)`, `iterate!(executor, Type, sql, arguments…)`.
    iterate = Iterate;
}

/// Called as `migrate!()`, `migrate!("folder")`.
#[proc_macro]
pub fn migrate(input: TokenStream) -> TokenStream {
    migrate::run(input.into()).into()
}

/// A struct with one field can be used like that field's type. An enum whose variants have no fields is stored as text,
/// or as an enum of the server. The stored value is the variant's name, possibly changed:
///
/// - `#[aio_databases(rename_all = "…")]` converts all names to one of the cases `lowercase`, `UPPERCASE`,
///   `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `camelCase` or `PascalCase`;
/// - `#[aio_databases(rename = "…")]` sets the name of one variant.
#[proc_macro_derive(Type, attributes(aio_databases))]
pub fn derive_type(input: TokenStream) -> TokenStream {
    derive::run(input.into()).into()
}
