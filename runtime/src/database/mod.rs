//! The database: where its connections come from.

mod builder;
pub(crate) mod hooks;

pub use builder::{Builder, Pooler, TlsMode};

use std::{fmt, panic::Location, sync::Arc};

use crate::{
    Backend, Connecting, Current, Dialect, Executor, Listen, ReadExecutor, Result, TransactionBuilder,
    connection::scope,
    execute::{
        dynamic::dynamic_methods,
        executor::{Handle, sealed},
    },
    pool::{endpoints::Endpoints, status::PoolStatus},
    statement::access::Read,
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
/// | `sqlite::memory:`, `sqlite:`, `sqlite://` | in memory: one database for the whole pool, gone with it |
/// | `postgres://user:password@host:5432/name`, `postgresql:…` | PostgreSQL |
/// | `postgres://user:password@host1,host2:5433/name` | PostgreSQL on the first host that answers, with `target_session_attrs=read-write` the primary |
/// | `mysql://user:password@host:3306/name`, `mariadb:…` | MySQL or MariaDB |
///
/// `aiosqlite`, `asyncpg`, `aiopg`, `triopg`, `aiomysql` and `trio-mysql`, as the Python package has them, each also with `+pool`
/// at its end, name the same backends. (After `aiosqlite:`, a path is read as there: `aiosqlite:///data.db` lies in the current
/// folder, `aiosqlite:////var/lib/data.db` is absolute.)
///
/// User, password, path and options are percent-decoded: in a password, write `%` as `%25` and `?` as `%3F`; other
/// characters may be encoded or not. After `?` stand options: for all backends `max_size`, `min_size`,
/// `acquire_timeout`, `idle_timeout`, `max_lifetime`, `slow_query`, `in_place` and `test_before_acquire` (times in seconds, or with a unit:
/// `500ms`, `5min`; see [`Builder`]);
///
/// - SQLite: `mode` (`rwc`, the default, creates the file; `rw` does not; `ro` only reads; `memory`), `foreign_keys`,
///   `journal_mode`, `synchronous`, `busy_timeout` (how many seconds a writer waits for others; without it, `acquire_timeout` for those
///   of this process, and at most 5 for another process);
/// - PostgreSQL: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `host` (or a socket's folder), `port`, `user`, `password`, `dbname`,
///   `application_name`, `options`, `schema`, `timezone`, `target_session_attrs`, `load_balance_hosts`, `channel_binding`, `sslnegotiation`,
///   `hostaddr`, `pooler` (`transaction` behind PgBouncer and its kin: see [`Builder::pooler`]);
/// - PostgreSQL and MySQL: `connect_timeout`, `statement_timeout`, `lock_timeout`, `statement_cache_capacity`, `keepalives`, `keepalives_idle`,
///   `keepalives_interval`, `keepalives_count`, `tcp_user_timeout` (in libpq's units);
/// - MySQL: `ssl-mode`, `ssl-ca`, `ssl-cert`, `ssl-key`, `socket`, `port`, `user`, `password`, `charset`, `collation`.
///
/// Without `sslmode` (MySQL: `ssl-mode`), connections are encrypted if the server supports it, but nothing is verified, and an attacker can make
/// them unencrypted. Over an open network, write `sslmode=verify-full`, and name the authority with `sslrootcert` unless it is one that browsers
/// trust. With `sslrootcert`, `require` verifies the authority, as libpq does; a unix socket is never encrypted.
///
/// TCP keepalive finds a peer that is gone after two minutes: 60 seconds, then 4 probes 15 seconds apart. Unacknowledged data has the system's
/// limit (on Linux about 15 minutes), because a server that stops reading while it waits for a lock looks the same: `tcp_user_timeout` is yours
/// to set.
///
/// Other names of these options, as sqlx, libpq and Prisma have them, are accepted. An option that is not known is an error, and one
/// of another program that is not supported says what to do instead.
#[derive(Clone)]
pub struct Database {
    endpoints: Arc<Endpoints>,
}

impl Executor for Database {}

impl ReadExecutor for Database {
    fn executor(&self) -> Handle<'_> {
        Handle::of_database(&self.endpoints)
    }
}

impl sealed::Sealed for Database {}

dynamic_methods!([] Database);

impl Database {
    /// The database at a URL. Nothing is opened: connections are opened when they are needed, and kept in a pool. So a mistake in the
    /// URL's host, user or password is the error of the first query. [`open`](Database::open) finds it at once.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// use std::sync::LazyLock;
    ///
    /// use aio_databases::Database;
    ///
    /// static DB: LazyLock<Database> = LazyLock::new(|| Database::new("sqlite::memory:").expect("the URL is good"));
    ///
    /// DB.execute("create table users (name text)", ()).await?;
    /// assert_eq!(DB.fetchval::<i64>("select count(*) from users", ()).await?, Some(0));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Url`](crate::Error::Url) and [`Error::FeatureMissing`](crate::Error::FeatureMissing).
    pub fn new(url: impl AsRef<str>) -> Result<Self> {
        Database::builder(url).build()
    }

    /// The database at a URL, as the Python package has it: until [`connect`](Database::connect) there is no pool, and each query opens a
    /// connection and closes it. (For `sqlite::memory:` this means an empty database each time.)
    ///
    /// # Errors
    ///
    /// Those of [`new`](Database::new).
    pub fn unpooled(url: impl AsRef<str>) -> Result<Self> {
        Database::builder(url).unpooled().build()
    }

    /// A PostgreSQL database whose parts are not in a URL.
    ///
    /// ```
    /// # #[cfg(feature = "postgres")]
    /// # fn main() -> aio_databases::Result<()> {
    /// use aio_databases::{Database, TlsMode};
    ///
    /// let db = Database::postgres()
    ///     .host("db.example.org")
    ///     .user("ada")
    ///     .password("p@ss/word") // as it is, not percent-encoded
    ///     .database("shop")
    ///     .tls(TlsMode::VerifyFull)
    ///     .build()?;
    /// assert_eq!(db.url(), "postgres://ada@db.example.org/shop");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "postgres"))]
    /// # fn main() {}
    /// ```
    pub fn postgres() -> Builder {
        Builder::new("postgres:///")
    }

    /// A MySQL or MariaDB database whose parts are not in a URL: see [`postgres`](Database::postgres).
    pub fn mysql() -> Builder {
        Builder::new("mysql:///")
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

    pub(crate) fn from_endpoints(endpoints: Arc<Endpoints>) -> Self {
        Database { endpoints }
    }

    pub(crate) fn endpoints(&self) -> &Arc<Endpoints> {
        &self.endpoints
    }

    /// Makes the pool and opens its first connections: `min_size`, and at least one. If there is a pool already, nothing
    /// is done. Each replica has a pool of its own; one that can't be reached is left out until it can, but one that does
    /// not let this user in, or has no such database, is an error.
    pub async fn connect(&self) -> Result<()> {
        self.endpoints.connect().await
    }

    /// Closes the pools: idle connections now, each other as soon as it is returned. Whoever waits for one gets
    /// [`Error::PoolClosed`](crate::Error::PoolClosed). After that, the database is as [`new`](Database::new) returned it.
    ///
    /// This waits for the connections that are in use, for [`disconnect_timeout`](Builder::disconnect_timeout). Then the statements
    /// that still run are stopped, and are [`Error::PoolClosed`](crate::Error::PoolClosed); so is each later statement on these
    /// connections. Guards and scopes of the task that calls this keep their connections, and their transactions, until they end:
    /// disconnecting inside of a scope is safe.
    pub async fn disconnect(&self) -> Result<()> {
        self.endpoints.disconnect().await
    }

    /// Whether there is a pool.
    pub fn is_connected(&self) -> bool {
        self.endpoints.is_connected()
    }

    /// How full the pool of the primary is at this moment. Without a pool, it is empty.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// # let db = aio_databases::Database::open("sqlite::memory:").await?;
    /// let conn = db.connection().await?;
    /// let status = db.pool_status();
    /// assert_eq!((status.in_use, status.idle, status.max_size), (1, 0, 10));
    /// # drop(conn);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    ///
    /// The feature `metrics` has the same as gauges, and waiting times.
    pub fn pool_status(&self) -> PoolStatus {
        let primary = &self.endpoints.primary;
        let empty = PoolStatus { max_size: primary.max_size(), ..PoolStatus::default() };
        primary.pool().map_or(empty, |pool| pool.status())
    }

    /// The driver that carries statements to it.
    pub fn backend(&self) -> Backend {
        self.endpoints.primary.url.backend()
    }

    /// The SQL that it understands, for code that chooses between texts.
    pub fn dialect(&self) -> Dialect {
        self.endpoints.primary.dialect()
    }

    /// The URL, with `***` in place of the password.
    pub fn url(&self) -> &str {
        self.endpoints.primary.url.redacted()
    }

    /// A connection, for as long as the guard is kept.
    ///
    /// # Errors
    ///
    /// [`Error::Connect`](crate::Error::Connect); with a pool also [`Error::PoolTimedOut`](crate::Error::PoolTimedOut) and
    /// [`Error::PoolClosed`](crate::Error::PoolClosed).
    #[track_caller]
    pub fn connection(&self) -> Connecting<'_> {
        Connecting::new(&self.endpoints, Location::caller())
    }

    /// A connection that only reads, to one of the [replicas](Builder::replica): await it for a guard, or
    /// [`run`](Connecting::run) something on it.
    ///
    /// A statement that may write, and a transaction that is not [`read_only`](TransactionBuilder::read_only), are
    /// [`Error::ReadOnly`](crate::Error::ReadOnly) there, before anything is sent; checked queries that may write do not
    /// even compile on the guard. The server is told, too, and refuses what nobody could know. To write inside of a scope,
    /// take [`connection`](Database::connection), or a transaction that is [`separate`](TransactionBuilder::separate).
    ///
    /// Of several replicas it is the one with the fewest connections in use. One that does not answer is left out for a while (a
    /// second, then longer, up to 30) while others do. Where none does, it is the error of the last: a primary is never asked
    /// instead, for it might not bear it. To have it asked, name it as one of the replicas.
    ///
    /// A replica is a little behind its primary: what was just written may not be there yet.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// use aio_databases::{Database, Error, Result};
    ///
    /// # let folder = std::env::temp_dir().join(format!("aio-databases-replica-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// # let (primary, replica) = (folder.join("a.db"), folder.join("b.db"));
    /// # let (primary, replica) = (format!("sqlite:{}", primary.display()), format!("sqlite:{}", replica.display()));
    /// # for url in [&primary, &replica] {
    /// #     Database::open(url).await?.execute("create table users (name text)", ()).await?;
    /// # }
    /// async fn count(db: &Database) -> Result<Option<i64>> {
    ///     db.fetchval("select count(*) from users", ()).await
    /// }
    ///
    /// let db = Database::builder(primary).replica(replica).open().await?;
    /// let counted: Result<_> = db
    ///     .replica()
    ///     .run(async {
    ///         let refused = db.execute("delete from users", ()).await;
    ///         assert!(matches!(refused, Err(Error::ReadOnly { .. })));
    ///         db.connection().await?.execute("insert into users values ('Ada')", ()).await?; // on the primary
    ///         count(&db).await // on the replica
    ///     })
    ///     .await;
    /// assert_eq!(counted?, Some(0));
    /// # db.disconnect().await?;
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NoReplica`](crate::Error::NoReplica) where none was given, and those of
    /// [`connection`](Database::connection).
    #[track_caller]
    pub fn replica(&self) -> Connecting<'_, Read> {
        Connecting::new(&self.endpoints, Location::caller())
    }

    /// Listens for PostgreSQL's notifications on channels: await it for a stream of them, which has a connection of its own
    /// and opens it again when it is lost. See [`Listener`](crate::Listener).
    ///
    /// The names are case-sensitive, as those of `pg_notify` are: `listen(["Jobs"])` receives `select pg_notify('Jobs', …)` and
    /// `notify "Jobs"`, but not `notify Jobs`, which means `notify jobs`. To send a notification, run `select pg_notify($1, $2)`.
    ///
    /// ```no_run
    /// # async fn example(db: aio_databases::Database) -> aio_databases::Result<()> {
    /// use aio_databases::ListenEvent;
    ///
    /// let mut listener = db.listen(["jobs"]).await?;
    /// db.execute("select pg_notify('jobs', $1)", ("42",)).await?;
    /// if let Some(ListenEvent::Notification(job)) = listener.try_next().await? {
    ///     assert_eq!((&*job.channel, &*job.payload), ("jobs", "42"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Sql`](crate::Error::Sql) if no channel is named, or if a name is empty, has a NUL character or more than 63 bytes;
    /// [`Error::Connect`](crate::Error::Connect); and [`Error::Unsupported`](crate::Error::Unsupported) on SQLite and MySQL, which
    /// have no notifications.
    #[track_caller]
    pub fn listen<C: AsRef<str>>(&self, channels: impl IntoIterator<Item = C>) -> Listen<'_> {
        Listen::new(&self.endpoints, channels, Location::caller())
    }

    /// A transaction: await it for a guard, or [`run`](TransactionBuilder::run) something in it.
    ///
    /// In a scope of this database, it is on the scope's connection: a transaction, or a savepoint in the one that is
    /// open. Elsewhere, and with [`separate`](TransactionBuilder::separate), it has a connection of its own.
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
    pub fn transaction(&self) -> TransactionBuilder<'_, Database> {
        TransactionBuilder::new(&self.endpoints, Location::caller())
    }

    /// The scope of this database that the task is in, if there is one.
    pub fn current(&self) -> Option<Current> {
        scope::current(&self.endpoints).map(Current::new)
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let replicas: Vec<&str> =
            self.endpoints.replicas.all().map(|replica| replica.url.redacted()).collect();
        f.debug_struct("Database")
            .field("url", &self.url())
            .field("replicas", &replicas)
            .field("connected", &self.is_connected())
            .finish()
    }
}

impl fmt::Display for Database {
    /// The URL, with `***` in place of the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url())
    }
}
