//! Migrations: a folder of SQL files, applied in order, each once.
//!
//! The files' names, the table and the checksums are sqlx's, so that a project may change over from it, or back.

mod compare;
mod folder;
mod run;
mod table;

use std::{borrow::Cow, path::Path};

#[cfg(feature = "verify")]
pub(crate) use self::{
    compare::{Wanted, differences},
    table::exists,
};
use crate::{Backend, Database, Error, MigrateError, Result};

/// A project's migrations: what [`migrate!`](crate::migrate) compiles in, or what stands in a folder.
///
/// A file is named `<version>_<description>.sql`, or `….up.sql` where a `….down.sql` beside it undoes it (which is not
/// run). Each is applied in a transaction of its own. One whose first line begins with `-- no-transaction`, or that begins or
/// ends a transaction itself, is applied without.
#[derive(Clone, Debug)]
pub struct Migrations {
    /// For each backend that has some: they may be the same.
    sets: Cow<'static, [(Backend, &'static [Migration])]>,
    /// For all backends.
    read: Vec<Migration>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    version: i64,
    description: Cow<'static, str>,
    sql: Cow<'static, str>,
}

impl Migrations {
    /// What `migrate!` writes down.
    #[doc(hidden)]
    pub const fn embedded(sets: &'static [(Backend, &'static [Migration])]) -> Self {
        Migrations { sets: Cow::Borrowed(sets), read: Vec::new() }
    }

    /// Reads the migrations of a folder, now: for a program that does not have them compiled in.
    ///
    /// # Errors
    ///
    /// [`MigrateError::File`]: the folder or a file can't be read, a `.sql` file's name has no version, or two have the same.
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<Self> {
        let read = folder::read(folder.as_ref()).map_err(|error| Error::Migrate(Box::new(error)))?;
        Ok(Migrations { sets: Cow::Borrowed(&[]), read })
    }

    /// Those for a backend, in order.
    fn of(&self, backend: Backend) -> Result<&[Migration], MigrateError> {
        if self.sets.is_empty() {
            return Ok(&self.read);
        }
        let set = self.sets.iter().find(|(other, _)| *other == backend);
        set.map(|(_, migrations)| *migrations).ok_or_else(|| MigrateError::NoneFor {
            backend,
            there: self.sets.iter().map(|(backend, _)| *backend).collect(),
        })
    }
}

impl Migration {
    /// What `migrate!` writes down.
    #[doc(hidden)]
    pub const fn embedded(version: i64, description: &'static str, sql: &'static str) -> Self {
        Migration { version, description: Cow::Borrowed(description), sql: Cow::Borrowed(sql) }
    }

    /// Its number.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// What its name says that it does.
    pub fn description(&self) -> &str {
        &self.description
    }
}

impl Database {
    /// Applies the migrations that were not applied yet, in the order of their versions, and gives these versions.
    ///
    /// One runner does so at a time: another waits for it (by the lock that sqlx takes, too). A migration that fails is taken
    /// back, and with it the error names the file; MySQL, which commits at each `create table`, may keep a part of it, and says so the
    /// next time.
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
    /// [`Error::Migrate`]: a migration failed, was changed after it had been applied, or is gone.
    pub async fn migrate(&self, migrations: &Migrations) -> Result<Vec<i64>> {
        let of_backend = migrations.of(self.backend()).map_err(|error| Error::Migrate(Box::new(error)))?;
        run::run(self, of_backend).await
    }
}
