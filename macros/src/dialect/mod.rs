//! What sets the dialects apart for the macros: a table of facts for each.

mod mysql;
mod postgres;
mod sqlite;

use aio_databases_analyzer::Type;
use aio_databases_sql::Dialect;

use crate::types::Scalar;

/// Everything about a dialect that the macros need to know.
pub(crate) struct Facts {
    /// This build of the macros has the dialect's backend.
    pub(crate) enabled: bool,
    /// The dialect's name in `aio_databases::Dialect`.
    pub(crate) variant: &'static str,
    /// The marker of a built-in type that is not an array.
    pub(crate) scalar: fn(&str) -> Option<Scalar>,
    /// The number by which a statement names a parameter's type, so that the server need not be asked for it; 0: there is none.
    pub(crate) type_number: fn(&Type) -> u32,
    /// The name of the type whose values have types of their own.
    pub(crate) any: Option<&'static str>,
    /// Truth has a type of its own; otherwise it is stored as 0 and 1.
    pub(crate) has_bool: bool,
    /// A timestamp without a time zone is in UTC.
    pub(crate) timestamps_are_utc: bool,
    /// What is written around a table and its columns for a copy of rows in a binary format, if there is one.
    pub(crate) copy: Option<(&'static str, &'static str)>,
    /// Unquoted names are in lowercase; otherwise they stay as they are written.
    pub(crate) lowercase_names: bool,
}

/// A dialect's facts.
pub(crate) trait Described {
    fn facts(self) -> &'static Facts;
}

impl Described for Dialect {
    fn facts(self) -> &'static Facts {
        match self {
            Dialect::Postgres => &postgres::FACTS,
            Dialect::Sqlite => &sqlite::FACTS,
            Dialect::Mysql => &mysql::FACTS,
        }
    }
}
