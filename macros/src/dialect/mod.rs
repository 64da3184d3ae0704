//! How the dialects differ for the macros: a table of facts for each dialect.

mod mysql;
mod postgres;
mod sqlite;

use aio_databases_analyzer::Type;
use aio_databases_sql::Dialect;

use crate::types::Scalar;

/// The facts about a dialect that the macros use.
pub(crate) struct Facts {
    /// The dialect's backend is enabled in this build of the macros.
    pub(crate) enabled: bool,
    /// The dialect's name in `aio_databases::Dialect`.
    pub(crate) variant: &'static str,
    /// The marker of a built-in type other than an array.
    pub(crate) scalar: fn(&str) -> Option<Scalar>,
    /// The number by which a statement names a parameter's type, so that the server need not be asked for it; 0: there is none.
    pub(crate) type_number: fn(&Type) -> u32,
    /// The name of the type whose values each have their own type.
    pub(crate) any: Option<&'static str>,
    /// There is a boolean type; otherwise booleans are stored as 0 and 1.
    pub(crate) has_bool: bool,
    /// A timestamp without a time zone is in UTC.
    pub(crate) timestamps_are_utc: bool,
    /// What is written around a table and its columns for a copy of rows in a binary format, if there is one.
    pub(crate) copy: Option<(&'static str, &'static str)>,
    /// Unquoted names are folded to lowercase; otherwise they stay as written.
    pub(crate) lowercase_names: bool,
}

/// Dialects that have facts.
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
