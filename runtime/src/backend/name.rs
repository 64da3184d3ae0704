//! The backends' names.

use std::fmt;

use aio_databases_sql::Dialect;

/// What carries statements to a database: a driver, with its types, errors and settings.
///
/// The SQL that a database understands is its [`Dialect`]. The two are different things: code that chooses between SQL
/// texts asks for [`Database::dialect`](crate::Database::dialect).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Backend {
    /// SQLite, in this process (feature `sqlite`).
    Sqlite,
    /// A PostgreSQL server (feature `postgres`).
    Postgres,
    /// A MySQL or MariaDB server (feature `mysql`).
    Mysql,
}

impl Backend {
    /// Every backend, whether or not it was compiled in.
    pub const ALL: [Backend; 3] = [Backend::Sqlite, Backend::Postgres, Backend::Mysql];

    /// The SQL that its databases understand.
    pub const fn dialect(self) -> Dialect {
        match self {
            Backend::Sqlite => Dialect::Sqlite,
            Backend::Postgres => Dialect::Postgres,
            Backend::Mysql => Dialect::Mysql,
        }
    }

    /// The name of the Cargo feature that compiles it in: `sqlite`, `postgres` or `mysql`.
    pub const fn name(self) -> &'static str {
        match self {
            Backend::Sqlite => "sqlite",
            Backend::Postgres => "postgres",
            Backend::Mysql => "mysql",
        }
    }

    /// The name that people use: `SQLite`, `PostgreSQL` or `MySQL`.
    pub const fn title(self) -> &'static str {
        match self {
            Backend::Sqlite => "SQLite",
            Backend::Postgres => "PostgreSQL",
            Backend::Mysql => "MySQL",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
