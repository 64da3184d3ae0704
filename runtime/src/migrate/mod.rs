//! Migrations: a folder of SQL files, applied in order, each once.
//!
//! The files' names, the table and the checksums are sqlx's, so that a project can change over from it, or back.

mod apply;
mod checksum;
mod compare;
mod failure;
mod folder;
mod foreign_keys;
mod lock;
mod progress;
mod run;
mod script;
mod session;
mod table;

use std::{borrow::Cow, path::Path, time::Duration};

#[cfg(feature = "verify")]
pub(crate) use self::{
    checksum::Checksums,
    compare::{Wanted, differences},
    table::exists,
};
use crate::{Database, Dialect, Error, MigrateError, Result};

/// How long to wait for another runner, if the program does not say.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// A project's migrations: compiled in by [`migrate!`](crate::migrate), or read from a folder.
///
/// A file is named `<version>_<description>.sql`, or `….up.sql` with a `….down.sql` beside it that
/// [reverts](Database::revert) it. Line ends (LF or CRLF) and a byte order mark do not count as a change of a file.
///
/// # Transactions
///
/// Each migration runs in a transaction of its own, which also notes that it is applied: both are kept, or neither is. A
/// script that begins and commits one transaction itself (`begin; …; commit;`) runs in that one.
///
/// - A script whose first line begins with `-- no-transaction` runs outside of a transaction, as `vacuum` and PostgreSQL's
///   `create index concurrently` need it.
/// - A script that ends the transaction (`commit; vacuum; begin;`) goes on outside of it, as with sqlx.
/// - A script that leaves its own transaction open is an error.
/// - MySQL commits by itself before and after it changes a table.
///
/// Where such a script fails after a part of it was committed, the table `_sqlx_migrations` says `success = false`, and
/// the next run reports it until the tables were mended by hand.
///
/// # Sessions
///
/// Each script starts in a fresh session. A later script does not see what an earlier one has set (`set search_path`, `use`,
/// temporary tables), and nothing of it comes to the pool.
///
/// In SQLite, `pragma foreign_keys = off` works although it does nothing in a transaction: the pragma is set before the
/// transaction begins, and before the commit `pragma foreign_key_check` must find no new row that refers to nothing. This is
/// how a table is rebuilt.
#[derive(Clone, Debug)]
pub struct Migrations {
    /// For each backend that has some: they can be the same.
    sets: Cow<'static, [(Dialect, &'static [Migration])]>,
    /// For all backends.
    read: Vec<Migration>,
    ignore_missing: bool,
    lock_timeout: Duration,
}

/// One migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    version: i64,
    description: Cow<'static, str>,
    up: Source,
    down: Option<Source>,
}

/// A file and its text.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    file: Cow<'static, str>,
    sql: Cow<'static, str>,
}

/// Whether a migration is applied or reverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

impl Migrations {
    /// The migrations that `migrate!` compiles in.
    #[doc(hidden)]
    pub const fn embedded(sets: &'static [(Dialect, &'static [Migration])]) -> Self {
        Migrations::new(Cow::Borrowed(sets), Vec::new())
    }

    const fn new(sets: Cow<'static, [(Dialect, &'static [Migration])]>, read: Vec<Migration>) -> Self {
        Migrations { sets, read, ignore_missing: false, lock_timeout: LOCK_TIMEOUT }
    }

    /// Reads the migrations of a folder, now: for a program that does not have them compiled in.
    ///
    /// # Errors
    ///
    /// [`MigrateError::File`]: the folder or a file can't be read, a `.sql` file's name has no version, or two have the same.
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<Self> {
        let read = folder::read(folder.as_ref()).map_err(|error| Error::Migrate(Box::new(error)))?;
        Ok(Migrations::new(Cow::Borrowed(&[]), read))
    }

    /// The same migrations, for a database that may have more of them applied: after a deploy was rolled back, the older program
    /// still starts on the newer database. Without this, it is [`MigrateError::Missing`].
    ///
    /// ```no_run
    /// # async fn example(db: aio_databases::Database) -> aio_databases::Result<()> {
    /// # let migrations = aio_databases::Migrations::from_folder("migrations")?;
    /// db.migrate(&migrations.ignore_missing()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn ignore_missing(&self) -> Migrations {
        Migrations { ignore_missing: true, ..self.clone() }
    }

    /// The same migrations, with another time to wait for a runner that is already migrating the database: 10 minutes by
    /// default. After it, the error is [`MigrateError::Locked`].
    pub fn lock_timeout(&self, time: Duration) -> Migrations {
        Migrations { lock_timeout: time, ..self.clone() }
    }

    /// Those for a backend, in order.
    fn of(&self, dialect: Dialect) -> Result<&[Migration], MigrateError> {
        if self.sets.is_empty() {
            return Ok(&self.read);
        }
        let set = self.sets.iter().find(|(other, _)| *other == dialect);
        set.map(|(_, migrations)| *migrations).ok_or_else(|| MigrateError::NoneFor {
            dialect,
            there: self.sets.iter().map(|(dialect, _)| *dialect).collect(),
        })
    }
}

impl Migration {
    /// A migration that `migrate!` compiles in.
    #[doc(hidden)]
    pub const fn embedded(version: i64, description: &'static str, up: Source, down: Option<Source>) -> Self {
        Migration { version, description: Cow::Borrowed(description), up, down }
    }

    /// Its number.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// What its name says that it does.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Whether it has a `.down.sql` that reverts it.
    pub fn is_reversible(&self) -> bool {
        self.down.is_some()
    }
}

impl Source {
    /// A file that `migrate!` compiles in.
    #[doc(hidden)]
    pub const fn embedded(file: &'static str, sql: &'static str) -> Self {
        Source { file: Cow::Borrowed(file), sql: Cow::Borrowed(sql) }
    }
}

impl Database {
    /// Applies the migrations that were not applied yet, in the order of their versions, and returns these versions.
    ///
    /// One runner does so at a time. Another waits for it, also one of sqlx's on PostgreSQL: see
    /// [`lock_timeout`](Migrations::lock_timeout). It uses up to two connections outside of the pool. A migration that fails is
    /// rolled back, and the error names its file and line; MySQL, which commits at each `create table`, can keep a part of
    /// it, and the next run reports that.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// use aio_databases::{Database, Migrations};
    ///
    /// # let folder = std::env::temp_dir().join(format!("aio-databases-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// # std::fs::write(folder.join("0001_users.sql"), "create table users (name text)").unwrap();
    /// let db = Database::open("sqlite::memory:").await?;
    /// let migrations = Migrations::from_folder(&folder)?; // or `aio_databases::migrate!()`, which compiles them in
    /// assert_eq!(db.migrate(&migrations).await?, [1]);
    /// assert!(db.migrate(&migrations).await?.is_empty());
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Migrate`]: a migration failed, was changed after it had been applied, or is gone; or another runner did not
    /// finish in time.
    pub async fn migrate(&self, migrations: &Migrations) -> Result<Vec<i64>> {
        run::migrate(self, migrations).await
    }

    /// Reverts the applied migrations after the version `target`, the newest first, by their `.down.sql` files, and returns
    /// their versions. With `0` it reverts all.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// use aio_databases::{Database, Migrations};
    ///
    /// # let folder = std::env::temp_dir().join(format!("aio-databases-revert-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// # std::fs::write(folder.join("1_users.sql"), "create table users (name text)").unwrap();
    /// # std::fs::write(folder.join("2_tags.up.sql"), "create table tags (name text)").unwrap();
    /// # std::fs::write(folder.join("2_tags.down.sql"), "drop table tags").unwrap();
    /// let db = Database::open("sqlite::memory:").await?;
    /// let migrations = Migrations::from_folder(&folder)?;
    /// assert_eq!(db.migrate(&migrations).await?, [1, 2]);
    /// assert_eq!(db.revert(&migrations, 1).await?, [2]);
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Migrate`]: one of them has no `.down.sql` or is not among `migrations` (nothing is reverted then), a script
    /// failed (those before it stay reverted), or no migration has the version `target`.
    pub async fn revert(&self, migrations: &Migrations, target: i64) -> Result<Vec<i64>> {
        run::revert(self, migrations, target).await
    }
}
