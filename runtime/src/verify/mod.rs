//! Whether the database at hand is the one that the program's queries were checked for.
//!
//! Each query that a macro has checked stands in a list that the linker makes, with what the analyzer said of it. The
//! server is asked to prepare each, and what it says is held against that. No query is run, and nothing is written.

mod compare;
mod expected;
mod migrations;
mod report;

use std::panic::Location;

pub use expected::Checked;
#[cfg(any(feature = "sqlite", feature = "mysql"))]
pub(crate) use expected::Origin;
pub(crate) use expected::{Described, DescribedColumn, Params, Wanted};
pub use report::{Difference, DifferenceKind, Verified, VerifyError};

use crate::{
    Connection, Database, Result,
    connection::{scope, shared::SharedConnection},
    statement::Statement,
    statement::access::Write,
};

inventory::collect!(Checked);

impl Database {
    /// Asks the server to prepare each checked query of the program, and holds what it says against what the query was
    /// compiled for: for the start of a program that may meet a database other than that of its migrations. Gives how
    /// many queries and migrations agree; queries that are not checked for this backend are left out.
    ///
    /// What is compared:
    ///
    /// - on all backends: that the query is taken, how many columns it has and what they are called, and that a column of
    ///   a table that the query relies on to be not null is so;
    /// - PostgreSQL: the types of columns and parameters, by name;
    /// - MySQL and MariaDB: how many parameters there are, and the declared types of the tables' columns (text is text,
    ///   whatever its length);
    /// - SQLite: how many parameters there are, and the declared types of the tables' columns.
    ///
    /// And, first of all, that the migrations that the queries were checked against are those that were applied: by the numbers and
    /// checksums in the table `_sqlx_migrations`, which [`migrate`](Database::migrate) and sqlx keep. It is an error that one is missing, was
    /// changed, stopped half-way, or is not known to the program. Where there is no such table, or the program knows a whole schema
    /// rather than migrations, that is not an error: [`Verified::migrations`] says that they were not compared, and why.
    ///
    /// A program that may run beside one that is newer lets the newer one's migrations pass, where its own queries are as they were:
    ///
    /// ```
    /// # use aio_databases::{Database, Error, MigrateError, Result};
    /// async fn verify(db: &Database) -> Result<()> {
    ///     match db.verify().await {
    ///         Err(Error::Verify(error))
    ///             if error.differences.is_empty()
    ///                 && error.migrations().iter().all(|found| matches!(found, MigrateError::Missing { .. })) =>
    ///         {
    ///             Ok(())
    ///         }
    ///         verified => verified.map(drop),
    ///     }
    /// }
    /// ```
    ///
    /// No query is run. The connection is a fresh one or one of the pool, and is closed afterwards.
    ///
    /// Only queries that are part of the program are seen: the linker leaves out what is never called. The list costs some
    /// time to compile, so it is there with the feature `verify` only.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// # use aio_databases::Database;
    /// # let db = Database::open("sqlite::memory:").await?;
    /// # db.execute(include_str!("../../docs/schema.sql"), ()).await?;
    /// match db.verify().await {
    ///     Ok(verified) => println!("{verified}"), // 7 queries and 3 migrations agree with the database
    ///     Err(error) => println!("{error}"), // all differences, each with the file and line of its query
    /// }
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Verify`](crate::Error::Verify): what differs. Others where the server can't be reached.
    #[track_caller]
    pub fn verify(&self) -> impl Future<Output = Result<Verified>> + Send {
        let place = Location::caller();
        async move {
            let mut queries: Vec<_> = inventory::iter::<Checked>.into_iter().collect();
            let known = queries.iter().filter_map(|checked| checked.migrations(self.dialect())).collect();
            let conn =
                Connection::<Write>::new(SharedConnection::open(self.endpoints(), place, None).await?, None);
            let migrations = migrations::compare(&conn, known).await?;
            drop(conn);
            // The linker's order is any.
            queries.sort_by_key(|checked| (checked.statement.file, checked.statement.line));
            let own = scope::sessions_of(self.endpoints());
            let location = (place.file(), place.line());
            let mut lease = self.endpoints().primary.lease(location, Some(own)).await?;
            // What was prepared stays on the connection: nobody else gets it.
            lease.keep();
            let (mut seen, mut differences) = (0, Vec::new());
            for checked in queries {
                let Some(expected) = checked.expected(self.dialect()) else { continue };
                seen += 1;
                let found =
                    match lease.describe(Wanted::new(checked.statement, &expected, self.dialect())).await {
                        Ok(described) => compare::compare(&expected, &described, self.dialect()),
                        Err(error) if error.database().is_some() => {
                            vec![DifferenceKind::Refused { error: Box::new(error) }]
                        }
                        Err(error) => return Err(error),
                    };
                let of = |kind| difference(checked.statement, self, kind);
                differences.extend(found.into_iter().map(of));
            }
            lease.end().await;
            report::report(self.dialect(), seen, migrations, differences)
        }
    }
}

fn difference(statement: &'static Statement, db: &Database, kind: DifferenceKind) -> Difference {
    let sql = statement.for_dialect(db.dialect()).map_or("", |sql| sql.text);
    Difference { file: statement.file, line: statement.line, sql, kind }
}
