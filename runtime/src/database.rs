//! The database: where its connections come from.

use std::{
    fmt,
    panic::Location,
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    Backend, Beginning, Builder, Current, Result,
    backend::{self, Connector},
    connection::Connecting,
    dynamic::dynamic_methods,
    fetch::{Ran, Request},
    held::{At, Held},
    lease::Lease,
    options::Options,
    pool::{Pool, timed_out},
    scope,
    sink::Sink,
    url::DatabaseUrl,
};

/// A database: one URL, and a pool of connections to it. Cloning is cheap; clones share the pool.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// use aio_databases::Database;
///
/// let db = Database::open("sqlite::memory:").await?;
/// db.execute("create table users (id integer primary key, name text not null)", ()).await?;
/// let done = db.execute("insert into users (name) values ($1)", ("Ada",)).await?;
/// assert_eq!((done.rows_affected, done.last_insert_id), (1, Some(1)));
/// let name: Option<String> = db.fetchval("select name from users where id = $1", (1,)).await?;
/// assert_eq!(name.as_deref(), Some("Ada"));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
///
/// # URLs
///
/// | URL | Database |
/// |---|---|
/// | `sqlite:data.db`, `sqlite://data.db` | a file, in the current folder |
/// | `sqlite:///var/lib/data.db`, `sqlite:/var/lib/data.db` | a file, by its absolute path |
/// | `sqlite::memory:` | in memory: one database for the whole pool, gone with it |
/// | `postgres://user:password@host:5432/name`, `postgresql:…` | PostgreSQL |
/// | `mysql://user:password@host:3306/name`, `mariadb:…` | MySQL or MariaDB |
///
/// `aiosqlite`, `asyncpg`, `aiopg`, `aiomysql` and `trio-mysql`, as the Python package has them, each also with `+pool`
/// at its end, name the same backends. (After `aiosqlite:`, a path is read as there: `aiosqlite:///data.db` lies in the current
/// folder, `aiosqlite:////var/lib/data.db` is absolute.)
///
/// User, password, path and options are percent-decoded: in a password, write `%` as `%25` and `?` as `%3F`; other
/// characters may be encoded or not. After `?` stand options: for all backends `max_size`, `min_size`,
/// `acquire_timeout`, `idle_timeout`, `max_lifetime`, `slow_query` and `in_place` (times in seconds; see [`Builder`]);
///
/// - SQLite: `mode` (`rwc`, the default, creates the file; `rw` does not; `ro` only reads; `memory`), `foreign_keys`,
///   `journal_mode`, `synchronous`, `busy_timeout` (seconds);
/// - PostgreSQL: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `host` (or a socket's folder), `port`, `user`, `password`, `dbname`,
///   `application_name`, `options`;
/// - MySQL: `ssl-mode`, `ssl-ca`, `ssl-cert`, `ssl-key`, `socket`, `port`, `user`, `password`, `charset`, `collation`.
///
/// An option that is not known is an error.
#[derive(Clone)]
pub struct Database {
    shared: Arc<Shared>,
}

struct Shared {
    url: DatabaseUrl,
    options: Arc<Options>,
    connector: Arc<dyn Connector>,
    pool: RwLock<Option<Arc<Pool>>>,
    /// Only one connects or disconnects at a time.
    switching: tokio::sync::Mutex<()>,
}

dynamic_methods!(Database);

impl Database {
    /// The database at a URL. Nothing is opened.
    ///
    /// Until [`connect`](Database::connect) there is no pool: each query opens a connection and closes it. (For
    /// `sqlite::memory:` this means an empty database each time.)
    ///
    /// # Errors
    ///
    /// [`Error::Url`](crate::Error::Url) and [`Error::FeatureMissing`](crate::Error::FeatureMissing).
    pub fn new(url: impl AsRef<str>) -> Result<Self> {
        Database::builder(url).build()
    }

    /// The database at a URL, connected: [`new`](Database::new) and [`connect`](Database::connect).
    ///
    /// # Errors
    ///
    /// Those of `new`, and [`Error::Connect`](crate::Error::Connect).
    pub async fn open(url: impl AsRef<str>) -> Result<Self> {
        Database::builder(url).open().await
    }

    /// A database with settings of its own.
    pub fn builder(url: impl AsRef<str>) -> Builder {
        Builder::new(url.as_ref())
    }

    pub(crate) fn from_parts(url: DatabaseUrl, options: Options) -> Result<Self> {
        let connector = backend::connector(&url, &options)?;
        Ok(Database {
            shared: Arc::new(Shared {
                url,
                options: Arc::new(options),
                connector,
                pool: RwLock::default(),
                switching: tokio::sync::Mutex::default(),
            }),
        })
    }

    /// Makes the pool and opens its first connections: `min_size`, and at least one. If there is a pool already, nothing
    /// is done.
    pub async fn connect(&self) -> Result<()> {
        let _turn = self.shared.switching.lock().await;
        if self.pool().is_some() {
            return Ok(());
        }
        self.shared.connector.keep(true).await?;
        let shared = &self.shared;
        let target = shared.url.redacted().to_owned();
        let pool = Pool::new(Arc::clone(&shared.connector), Arc::clone(&shared.options), target);
        pool.fill(1).await?;
        *shared.pool.write().unwrap_or_else(PoisonError::into_inner) = Some(pool);
        Ok(())
    }

    /// Closes the pool: idle connections now, each other as soon as it is given back. Those who wait for one get
    /// [`Error::PoolClosed`](crate::Error::PoolClosed). After that, the database is as [`new`](Database::new) gave it.
    pub async fn disconnect(&self) -> Result<()> {
        let _turn = self.shared.switching.lock().await;
        let pool = self.shared.pool.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(pool) = pool {
            pool.close().await;
        }
        self.shared.connector.keep(false).await
    }

    /// Whether there is a pool.
    pub fn is_connected(&self) -> bool {
        self.pool().is_some()
    }

    /// The kind of server.
    pub fn backend(&self) -> Backend {
        self.shared.url.backend()
    }

    /// The URL, with `***` in place of the password.
    pub fn url(&self) -> &str {
        self.shared.url.redacted()
    }

    /// A connection, for as long as the guard is kept.
    ///
    /// # Errors
    ///
    /// [`Error::Connect`](crate::Error::Connect); with a pool also [`Error::PoolTimedOut`](crate::Error::PoolTimedOut) and
    /// [`Error::PoolClosed`](crate::Error::PoolClosed).
    #[track_caller]
    pub fn connection(&self) -> Connecting<'_> {
        Connecting::new(self, Location::caller())
    }

    /// A transaction: await it for a guard, or [`run`](Beginning::run) something in it.
    ///
    /// In a scope of this database, it is on the scope's connection: a transaction, or a savepoint in the one that is
    /// open. Elsewhere, and with [`separate`](Beginning::separate), it has a connection of its own.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// use aio_databases::{Database, Error, Result};
    ///
    /// async fn add_user(db: &Database, name: &str) -> Result<()> {
    ///     db.execute("insert into users values ($1)", (name,)).await?;
    ///     Ok(())
    /// }
    ///
    /// # let db = Database::open("sqlite::memory:").await?;
    /// # db.execute("create table users (name text unique)", ()).await?;
    /// // A guard.
    /// let mut tx = db.transaction().await?;
    /// tx.execute("insert into users values ('Ada')", ()).await?;
    /// let inner = tx.transaction().await?; // a savepoint
    /// inner.execute("insert into users values ('Grace')", ()).await?;
    /// inner.rollback().await?;
    /// tx.commit().await?;
    ///
    /// // A scope: all that is inside belongs to it.
    /// let failed: Result<()> = db
    ///     .transaction()
    ///     .run(async {
    ///         add_user(&db, "Grace").await?;
    ///         add_user(&db, "Ada").await // there already: both are taken back
    ///     })
    ///     .await;
    /// assert!(failed.unwrap_err().is_unique_violation());
    /// assert_eq!(db.fetchall("select name from users", ()).await?, [("Ada",)]);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    #[track_caller]
    pub fn transaction(&self) -> Beginning<'_, Database> {
        Beginning::new(self, Location::caller())
    }

    /// The scope of this database that the task is in, if there is one.
    pub fn current(&self) -> Option<Current> {
        scope::current(self).map(Current::new)
    }

    /// Whether both are clones of one.
    pub(crate) fn is(&self, other: &Database) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// A connection to hold on to.
    pub(crate) async fn hold(&self, place: &'static Location<'static>) -> Result<Arc<Held>> {
        let lease = self.lease((place.file(), place.line())).await?;
        Ok(Held::new(self.clone(), lease))
    }

    /// A connection of the pool, or one of its own where there is no pool.
    pub(crate) async fn lease(&self, (file, line): (&'static str, u32)) -> Result<Lease> {
        let options = Arc::clone(&self.shared.options);
        match self.pool() {
            Some(pool) => {
                let (wire, home) = pool.acquire(file, line).await?;
                Ok(Lease::new(wire, self.backend(), options, Some(home)))
            }
            None => {
                let connecting = self.shared.connector.connect();
                let wire = match self.shared.connector.is_remote() {
                    true => tokio::time::timeout(options.acquire_timeout, connecting)
                        .await
                        .map_err(|_| timed_out(self.url(), options.acquire_timeout))??,
                    false => connecting.await?,
                };
                Ok(Lease::new(wire, self.backend(), options, None))
            }
        }
    }

    /// Runs a request on the scope's connection, or on any.
    pub(crate) async fn run(&self, request: Request, sink: Box<dyn Sink>) -> Result<Ran> {
        match scope::current(self) {
            Some(frame) => frame.held.run(At::Scope(&frame), request, sink).await,
            None => self.run_on_any(request, sink).await,
        }
    }

    /// The same for one whose rows are read one by one.
    pub(crate) async fn stream(&self, request: Request, sink: Box<dyn Sink>) -> Result<Ran> {
        match scope::current(self) {
            Some(frame) => frame.held.stream(At::Scope(&frame), request, sink).await,
            None => self.run_on_any(request, sink).await,
        }
    }

    async fn run_on_any(&self, request: Request, sink: Box<dyn Sink>) -> Result<Ran> {
        let mut lease = self.lease(request.location()).await?;
        let ran = lease.run(request, sink).await;
        lease.end().await;
        ran
    }

    fn pool(&self) -> Option<Arc<Pool>> {
        self.shared.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("url", &self.url()).field("connected", &self.is_connected()).finish()
    }
}

impl fmt::Display for Database {
    /// The URL, with `***` in place of the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url())
    }
}
