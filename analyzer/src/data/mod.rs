//! The servers' built-in types, operators, functions and casts, as tables.
//!
//! The tables are text files, sorted by name and searched in place. Only the lines that are needed are parsed, and
//! compiling the tables costs nothing.

pub(crate) mod builtin;
mod cache;
pub(crate) mod mysql;
pub(crate) mod postgres;
pub(crate) mod sqlite;
mod table;
pub(crate) mod traits;

use table::{Fields, Table};
