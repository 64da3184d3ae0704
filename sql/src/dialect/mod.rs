//! The three families of servers.

pub(crate) mod facts;
mod mysql;
mod postgres;
mod sqlite;

use std::{fmt, str::FromStr};

use self::facts::Facts;

/// A family of servers that read SQL in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// SQLite 3.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
}

impl Dialect {
    /// Every dialect, in the order in which answers are shown.
    pub const ALL: [Dialect; 3] = [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql];

    /// The name in features, folders and settings: `sqlite`, `postgres` or `mysql`.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The name for people: `SQLite`, `PostgreSQL` or `MySQL`.
    pub fn title(self) -> &'static str {
        self.facts().title
    }

    /// How servers of this dialect read text.
    pub(crate) fn facts(self) -> &'static Facts {
        match self {
            Dialect::Sqlite => &sqlite::FACTS,
            Dialect::Postgres => &postgres::FACTS,
            Dialect::Mysql => &mysql::FACTS,
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let named = |dialect: &Dialect| dialect.name() == name || dialect.facts().other_names.contains(&name);
        Dialect::ALL.into_iter().find(named).ok_or_else(|| UnknownDialect(name.to_owned()))
    }
}

/// The error for an unknown name of a dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDialect(String);

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a dialect: write `sqlite`, `postgres` or `mysql`", self.0)
    }
}

impl std::error::Error for UnknownDialect {}
