//! What the servers have built in: types, operators, functions and casts, as tables.
//!
//! The tables are text beside this file, sorted by name, and searched where they lie: nothing but what is asked for is
//! ever read, and compiling them costs nothing.

pub(crate) mod builtin;
mod cache;
pub(crate) mod mysql;
pub(crate) mod postgres;
pub(crate) mod sqlite;
mod table;
pub(crate) mod traits;

use table::{Fields, Table};
