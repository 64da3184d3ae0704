//! The servers that the answers are compared with.

mod catalog;
mod mysql;
mod postgres;
mod sqlite;

use aio_databases_analyzer::{Catalog, Type};
use aio_databases_sql::Dialect;
use anyhow::{Context as _, Result};

/// What a server says of a statement before it runs.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// The columns' names and, where it tells, types.
    pub columns: Option<Vec<(String, Option<String>)>>,
    /// The parameters' types, where it tells.
    pub params: Option<Vec<String>>,
    /// Whether it says that the statement only reads, where it tells.
    pub reads: Option<bool>,
}

/// What came of running a statement.
#[derive(Clone, Debug)]
pub enum Ran {
    /// Rows, or none.
    Rows {
        /// How many.
        count: usize,
        /// For each column: whether a null came out.
        nulls: Vec<bool>,
        /// The columns' names and types, where they are told (or seen) only now; a type that was not seen is none.
        columns: Vec<(String, Option<String>)>,
    },
    /// The values made it impossible, or it took too long.
    Failed(String),
    /// It was to read only, and the server says that it writes.
    Wrote(String),
}

/// An argument: the parameter's type as the analyzer says, and a value as text; none is null.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The parameter's type.
    pub ty: Option<Type>,
    /// The value.
    pub value: Option<String>,
}

/// A server.
pub trait Server {
    /// Whether there is a function of a name, as far as the server tells.
    fn has_function(&mut self, name: &str) -> bool;

    /// A new, empty schema in the place of the one before.
    ///
    /// # Errors
    ///
    /// Where the server is not to be reached.
    fn fresh(&mut self) -> Result<()>;

    /// Runs a statement of the schema; whether it was taken.
    fn take(&mut self, statement: &str) -> bool;

    /// The types of a relation's columns, where the server has types and names them as queries do.
    fn column_types(&mut self, relation: &str) -> Option<Vec<String>>;

    /// What the analyzer's catalog says of tables and the server does not.
    ///
    /// # Errors
    ///
    /// Where the server is not to be reached.
    fn catalog(&mut self, catalog: &Catalog) -> Result<Vec<String>>;

    /// Puts these rows, and no others, into the tables.
    ///
    /// # Errors
    ///
    /// Where the server is not to be reached.
    fn fill(&mut self, tables: &[String], rows: &[String]) -> Result<()>;

    /// What the server says of a statement.
    ///
    /// # Errors
    ///
    /// The outer one where the server is not to be reached; the inner where it refuses.
    fn describe(&mut self, sql: &str) -> Result<Result<Described, String>>;

    /// Runs a statement, and takes back what it did.
    ///
    /// # Errors
    ///
    /// Where the server is not to be reached.
    fn run(&mut self, sql: &str, arguments: &[Argument], reads: bool) -> Result<Ran>;

    /// Whether what the analyzer says is what the server's type is.
    fn same(&self, said: &Type, seen: &str) -> bool;
}

/// The server of a dialect; none where there is none to test with.
///
/// # Errors
///
/// Where it is not to be reached.
pub fn connect(dialect: Dialect, name: &str) -> Result<Option<Box<dyn Server>>> {
    let variable = match dialect {
        Dialect::Sqlite => return Ok(Some(Box::new(sqlite::Sqlite::new()?))),
        Dialect::Postgres => "AIO_DATABASES_POSTGRES_URL",
        Dialect::Mysql => "AIO_DATABASES_MYSQL_URL",
    };
    let Ok(url) = std::env::var(variable) else {
        eprintln!(
            "NOT TESTED: {dialect}: {variable} is not set; run `cargo xtask test` or `cargo xtask generate`"
        );
        return Ok(None);
    };
    Ok(Some(match dialect {
        Dialect::Postgres => {
            Box::new(postgres::Postgres::new(&url, name).context("connecting to PostgreSQL")?)
        }
        _ => {
            let mut server = mysql::Mysql::new(&url, name).context("connecting to MariaDB")?;
            let version = server.version()?;
            if !version.contains("MariaDB") {
                eprintln!(
                    "NOT TESTED: {dialect}: the analyzer knows MariaDB's dialect, and this is MySQL {version}"
                );
                return Ok(None);
            }
            Box::new(server)
        }
    }))
}
