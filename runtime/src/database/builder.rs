//! A database with settings of its own.

use std::{
    future::Future,
    sync::{Arc, Weak},
    time::Duration,
};

#[cfg(feature = "sqlite")]
use crate::url::Hook;
use crate::{
    Connection, Database, Result, backend,
    connection::scope,
    database::hooks::{self, Init, Ready},
    options::{MOST_CONNECTIONS, Options, PasswordHook},
    pool::endpoint::Endpoint,
    pool::endpoints::Endpoints,
    url::DatabaseUrl,
};

/// Settings of a [`Database`]; each wins over the option of the same name in the URL.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// use std::time::Duration;
///
/// use aio_databases::Database;
///
/// let db = Database::builder("sqlite::memory:")
///     .max_size(20)
///     .acquire_timeout(Duration::from_secs(5))
///     .slow_query(Duration::from_millis(200))
///     .open()
///     .await?;
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
#[must_use = "build it, or open it"]
#[derive(Clone)]
pub struct Builder {
    url: String,
    /// What else a URL could say, by its names.
    parts: Vec<(&'static str, String)>,
    password: Option<PasswordHook>,
    replicas: Vec<String>,
    changes: Changes,
    init: Option<Init>,
    #[cfg(feature = "sqlite")]
    pragmas: Vec<(&'static str, String)>,
    #[cfg(feature = "sqlite")]
    init_sqlite: Hook,
}

#[derive(Clone, Debug, Default)]
struct Changes {
    max_size: Option<usize>,
    min_size: Option<usize>,
    acquire_timeout: Option<Duration>,
    idle_timeout: Option<Option<Duration>>,
    max_lifetime: Option<Option<Duration>>,
    slow_query: Option<Option<Duration>>,
    in_place: Option<Duration>,
    pooled: Option<bool>,
    disconnect_timeout: Option<Duration>,
    pooler: Option<bool>,
    statement_cache: Option<usize>,
    test_before_acquire: Option<bool>,
    connect_timeout: Option<Option<Duration>>,
    query_timeout: Option<Option<Duration>>,
    statement_timeout: Option<Option<Duration>>,
    lock_timeout: Option<Option<Duration>>,
}

/// Whether connections to a server are encrypted, and what is verified of it: see [`Builder::tls`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsMode {
    /// They are not (`sslmode=disable`).
    Disable,
    /// They are if the server supports it; nothing is verified, and an attacker can make them unencrypted (`sslmode=prefer`).
    Prefer,
    /// They are; on PostgreSQL, the authority is verified if a root certificate is given (`sslmode=require`).
    Require,
    /// They are, and a trusted authority signed the server's certificate (`sslmode=verify-ca`).
    VerifyCa,
    /// They are, and a trusted authority signed the server's certificate, which is for the host (`sslmode=verify-full`).
    VerifyFull,
}

impl TlsMode {
    fn name(self) -> &'static str {
        match self {
            TlsMode::Disable => "disable",
            TlsMode::Prefer => "prefer",
            TlsMode::Require => "require",
            TlsMode::VerifyCa => "verify-ca",
            TlsMode::VerifyFull => "verify-full",
        }
    }
}

/// What is between a program and PostgreSQL: see [`Builder::pooler`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pooler {
    /// Nothing, or a pooler that gives each connection a session of the server until it is closed.
    Session,
    /// A pooler that gives each transaction any session of the server, such as PgBouncer with `pool_mode = transaction`.
    Transaction,
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        Builder {
            url: url.to_owned(),
            parts: Vec::new(),
            password: None,
            replicas: Vec::new(),
            changes: Changes::default(),
            init: None,
            #[cfg(feature = "sqlite")]
            pragmas: Vec::new(),
            #[cfg(feature = "sqlite")]
            init_sqlite: Hook::default(),
        }
    }

    /// An option by the name that it has in a URL, and with its values: `.option("application_name", "shop")`. They are for the primary;
    /// a replica has those of its own URL.
    pub fn option(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parts.push((name, value.into()));
        self
    }

    /// The server's host.
    pub fn host(self, host: impl Into<String>) -> Self {
        self.option("host", host)
    }

    /// The server's port.
    pub fn port(self, port: u16) -> Self {
        self.option("port", port.to_string())
    }

    /// The server's unix socket: for PostgreSQL the folder, for MySQL the file.
    pub fn socket(self, path: impl Into<String>) -> Self {
        self.option("socket", path)
    }

    /// The user.
    pub fn user(self, user: impl Into<String>) -> Self {
        self.option("user", user)
    }

    /// The password. It is not percent-encoded.
    pub fn password(self, password: impl Into<String>) -> Self {
        self.option("password", password)
    }

    /// Sets a hook that returns the password for each new connection, for tokens that expire. It takes precedence over
    /// [`password`](Builder::password). If it fails, connecting fails with [`Error::Connect`](crate::Error::Connect).
    ///
    /// ```no_run
    /// # async fn fetch_token() -> std::io::Result<String> { Ok(String::new()) }
    /// # #[cfg(feature = "postgres")]
    /// # async fn example() -> aio_databases::Result<()> {
    /// use aio_databases::Database;
    ///
    /// let db = Database::builder("postgres://ada@db.example.org/shop").password_hook(fetch_token).open().await?;
    /// # Ok(())
    /// # }
    /// # fn main() {}
    /// ```
    pub fn password_hook<F, E>(mut self, hook: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.password = Some(PasswordHook(Arc::new(move || {
            let asked = hook();
            Box::pin(async move { asked.await.map_err(Into::into) })
        })));
        self
    }

    /// The database's name.
    pub fn database(self, name: impl Into<String>) -> Self {
        self.option("database", name)
    }

    /// PostgreSQL: the name by which the server's statistics and logs know the program.
    pub fn application_name(self, name: impl Into<String>) -> Self {
        self.option("application_name", name)
    }

    /// Whether connections are encrypted, and what is verified of the server. [`TlsMode::Prefer`] by default.
    pub fn tls(self, mode: TlsMode) -> Self {
        self.option("sslmode", mode.name())
    }

    /// The file with the certificates of the authorities that are trusted, in PEM. Without it, those that browsers trust.
    pub fn root_certificate(self, path: impl Into<String>) -> Self {
        self.option("sslrootcert", path)
    }

    /// The files with the client's certificate and its key, in PEM.
    pub fn client_certificate(self, certificate: impl Into<String>, key: impl Into<String>) -> Self {
        self.option("sslcert", certificate).option("sslkey", key)
    }

    /// Without a pool until [`Database::connect`]: see [`Database::unpooled`].
    pub fn unpooled(mut self) -> Self {
        self.changes.pooled = Some(false);
        self
    }

    /// How long [`Database::disconnect`] waits for connections in use before it stops their statements. 10 seconds by default.
    pub fn disconnect_timeout(mut self, time: Duration) -> Self {
        self.changes.disconnect_timeout = Some(time);
        self
    }

    /// The most connections that the pool has at a time. 10 by default; less than 1 is taken as 1, more than 100,000 as
    /// 100,000.
    pub fn max_size(mut self, connections: usize) -> Self {
        self.changes.max_size = Some(connections.clamp(1, MOST_CONNECTIONS));
        self
    }

    /// How many connections the pool keeps open, idle or not: at most `max_size`. None by default.
    pub fn min_size(mut self, connections: usize) -> Self {
        self.changes.min_size = Some(connections);
        self
    }

    /// How long to wait for a connection: for a free one and for a new one to answer, together. 30 seconds by default.
    pub fn acquire_timeout(mut self, time: Duration) -> Self {
        self.changes.acquire_timeout = Some(time);
        self
    }

    /// How long a connection may be idle before it is closed. 10 minutes by default; for SQLite, `None`: for ever.
    pub fn idle_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.changes.idle_timeout = Some(time.into());
        self
    }

    /// How old a connection may become before it is closed; one that is in use is closed when it is given back. 30
    /// minutes by default; for SQLite, `None`: for ever.
    pub fn max_lifetime(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.changes.max_lifetime = Some(time.into());
        self
    }

    /// How long a query may take before a warning is told to `tracing`. A second by default; `None`: never.
    pub fn slow_query(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.changes.slow_query = Some(time.into());
        self
    }

    /// SQLite: how long a query that only reads may run on the thread that asks for it, where it costs what SQLite costs. One
    /// that takes longer is stopped, and runs again on the connection's own thread; for so long the asynchronous runtime's
    /// thread does nothing else. 500 µs by default; zero: no query runs there. It means nothing elsewhere.
    pub fn in_place(mut self, time: Duration) -> Self {
        self.changes.in_place = Some(time);
        self
    }

    /// PostgreSQL: what is between the program and the server; in a URL `pooler=transaction`, `pgbouncer=true` or
    /// `statement_cache_capacity=0`. It means nothing elsewhere.
    ///
    /// A pooler in transaction mode (PgBouncer, Supabase, the pooled endpoints of Neon) can give each transaction another session of the
    /// server. With [`Pooler::Transaction`], nothing depends on one: statements have no names, and are prepared and run in one group of
    /// messages. Queries, transactions, scopes, streams, cancelling, migrations and `verify` work as they do on the server itself.
    ///
    /// Whatever needs a session of its own is [`Error::Unsupported`](crate::Error::Unsupported), before it is sent: `set` (write `set local` in a
    /// transaction), `listen`, `prepare`, advisory locks of the session (use `pg_advisory_xact_lock`), temporary tables without
    /// `on commit drop`. [`statement_timeout`](Builder::statement_timeout) and [`lock_timeout`](Builder::lock_timeout) are set in each
    /// transaction, but not for scripts outside of one.
    pub fn pooler(mut self, pooler: Pooler) -> Self {
        self.changes.pooler = Some(pooler == Pooler::Transaction);
        self
    }

    /// PostgreSQL and MySQL: how many prepared statements each connection keeps. 256 by default; on PostgreSQL, 0 means
    /// [`Pooler::Transaction`].
    pub fn statement_cache_capacity(mut self, statements: usize) -> Self {
        self.changes.statement_cache = Some(statements);
        self
    }

    /// Whether an idle connection has to answer before it is used, which costs a round trip. Off by default: whether the other end has
    /// closed a connection is seen without one.
    pub fn test_before_acquire(mut self, test: bool) -> Self {
        self.changes.test_before_acquire = Some(test);
        self
    }

    /// PostgreSQL and MySQL: how long it may take to reach one address of the server and to log in. By default only
    /// [`acquire_timeout`](Builder::acquire_timeout) limits it.
    pub fn connect_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.changes.connect_timeout = Some(time.into());
        self
    }

    /// How long a query can take, once it has a connection; for a stream, how long it can take for its next row. After that it is
    /// [`Error::QueryTimedOut`](crate::Error::QueryTimedOut), even if the server does not respond, and the server is asked to stop it. By default,
    /// there is no limit.
    ///
    /// A connection or transaction can have a limit of its own ([`Connecting::query_timeout`](crate::Connecting::query_timeout),
    /// [`TransactionBuilder::query_timeout`](crate::TransactionBuilder::query_timeout)), and so can a query
    /// ([`Fetch::timeout`](crate::Fetch::timeout), [`Rows::timeout`](crate::Rows::timeout)).
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// use std::time::Duration;
    ///
    /// use aio_databases::{Database, Error};
    ///
    /// let db = Database::builder("sqlite::memory:").query_timeout(Duration::from_millis(50)).open().await?;
    /// let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
    /// assert!(matches!(db.fetchone(endless, ()).await, Err(Error::QueryTimedOut { .. })));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    pub fn query_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.changes.query_timeout = Some(time.into());
        self
    }

    /// PostgreSQL and MySQL: how long the server lets a statement run. Then the statement is an error with the server's code (`57014` on
    /// PostgreSQL, `3024` on MySQL, `1969` on MariaDB). MySQL limits only `select`s. By default, the server's own setting applies.
    ///
    /// [`query_timeout`](Builder::query_timeout) also works if the server does not respond.
    pub fn statement_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.changes.statement_timeout = Some(time.into());
        self
    }

    /// PostgreSQL and MySQL: how long the server lets a statement wait for a lock. Then the statement is an error with the server's code
    /// (`55P03` on PostgreSQL, `1205` on MySQL, which counts whole seconds). By default, the server's own setting applies: on PostgreSQL
    /// there is no limit. For SQLite, there is the URL's `busy_timeout`.
    pub fn lock_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.changes.lock_timeout = Some(time.into());
        self
    }

    /// A replica to read from: see [`Database::replica`]. Call it again for more.
    ///
    /// It is of the same backend, and has a pool of its own, with the settings of this builder. SQLite opens the file to read
    /// it (`mode=ro`): it must be there.
    pub fn replica(mut self, url: impl AsRef<str>) -> Self {
        self.replicas.push(url.as_ref().to_owned());
        self
    }

    /// What to do with each new connection, to the primary and to replicas, before anyone has it: settings of the session,
    /// a temporary table. They are not undone when it is given back. Where it fails there is no connection, but
    /// [`Error::Connect`](crate::Error::Connect).
    ///
    /// What it does on the database itself runs on that connection, too.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// use aio_databases::Database;
    ///
    /// let db = Database::builder("sqlite::memory:")
    ///     .init(async |conn| {
    ///         conn.execute("pragma cache_size = -64000", ()).await?;
    ///         Ok(())
    ///     })
    ///     .open()
    ///     .await?;
    /// assert_eq!(db.fetchval::<i64>("pragma cache_size", ()).await?, Some(-64_000));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    pub fn init<F: Future<Output = Result<()>> + Send + 'static>(
        mut self,
        hook: impl Fn(Connection) -> F + Send + Sync + 'static,
    ) -> Self {
        self.init = Some(hooks::hook(hook));
        self
    }

    /// SQLite: a pragma's value on each connection, over what the URL and this crate say (`foreign_keys` on, and for a
    /// file `journal_mode` WAL and `synchronous` normal). It means nothing elsewhere.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// use aio_databases::Database;
    ///
    /// let db = Database::builder("sqlite::memory:").pragma("cache_size", -64_000).open().await?;
    /// assert_eq!(db.fetchval::<i64>("pragma cache_size", ()).await?, Some(-64_000));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "sqlite")]
    pub fn pragma(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.pragmas.push((name, value.to_string()));
        self
    }

    /// SQLite: what to do with each new connection, as [`rusqlite`](crate::rusqlite) has it: functions and collations of your own,
    /// extensions. Where it fails there is no connection, but [`Error::Connect`](crate::Error::Connect). It means nothing
    /// elsewhere.
    ///
    /// A function runs where the statement runs that calls it, which may be the asynchronous runtime's thread: see
    /// [`in_place`](Builder::in_place). The busy handler and the progress handler are this crate's.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// use aio_databases::{Database, rusqlite::functions::FunctionFlags};
    ///
    /// let db = Database::builder("sqlite::memory:")
    ///     .init_sqlite(|conn| {
    ///         let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    ///         conn.create_scalar_function("double", 1, flags, |args| Ok(2 * args.get::<i64>(0)?))
    ///     })
    ///     .open()
    ///     .await?;
    /// assert_eq!(db.fetchval::<i64>("select double($1)", (21,)).await?, Some(42));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "sqlite")]
    pub fn init_sqlite(
        mut self,
        hook: impl Fn(&rusqlite::Connection) -> rusqlite::Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.init_sqlite = Hook(Some(Arc::new(hook)));
        self
    }

    /// The database. Nothing is opened: see [`Database::new`].
    ///
    /// # Errors
    ///
    /// [`Error::Url`](crate::Error::Url) and [`Error::FeatureMissing`](crate::Error::FeatureMissing).
    pub fn build(self) -> Result<Database> {
        let (mut url, mut options) = DatabaseUrl::parse(&self.url)?;
        let backend = url.backend();
        for (name, value) in &self.parts {
            url.set_option(&mut options, name, value)?;
        }
        let primary = self.endpoint(url, options, false)?;
        let replicas = self.replicas.iter().map(|replica| {
            let (url, options) = DatabaseUrl::parse(replica)?;
            self.endpoint(url.of_replica(backend)?, options, true)
        });
        Ok(Database::from_endpoints(Endpoints::new(primary, replicas.collect::<Result<Vec<_>>>()?)))
    }

    /// What makes the primary's endpoint, or a replica's, of the database that it belongs to.
    fn endpoint(
        &self,
        #[allow(unused_mut)] mut url: DatabaseUrl,
        mut options: Options,
        read_only: bool,
    ) -> Result<impl FnOnce(&Weak<Endpoints>) -> Endpoint + use<>> {
        self.changes.clone().apply(&mut options);
        options.password = self.password.clone();
        options.only_reads = read_only;
        // Other programs use a pooler's sessions too, so each transaction is made read-only instead.
        let tells_once = read_only && !options.pooler;
        options.prepares_sessions = self.init.is_some() || tells_once;
        #[cfg(feature = "sqlite")]
        if let Some(target) = url.sqlite() {
            target.set_up(&self.pragmas, self.init_sqlite.clone());
        }
        let inner = backend::connector(&url, &options, scope::holds)?;
        let (init, options) = (self.init.clone(), Arc::new(options));
        Ok(move |endpoints: &Weak<Endpoints>| {
            if init.is_none() && !tells_once {
                return Endpoint::new(url, options, inner);
            }
            let ready = Ready {
                inner,
                endpoints: Weak::clone(endpoints),
                options: Arc::clone(&options),
                target: url.redacted().to_owned(),
                init,
                read_only: tells_once,
            };
            Endpoint::new(url, options, Arc::new(ready))
        })
    }

    /// The database, connected: see [`Database::open`].
    ///
    /// # Errors
    ///
    /// Those of [`build`](Builder::build), and [`Error::Connect`](crate::Error::Connect).
    pub async fn open(self) -> Result<Database> {
        let database = self.build()?;
        database.connect().await?;
        Ok(database)
    }
}

impl Changes {
    fn apply(self, options: &mut Options) {
        fn set<T>(option: &mut T, change: Option<T>) {
            if let Some(value) = change {
                *option = value;
            }
        }
        set(&mut options.max_size, self.max_size);
        set(&mut options.min_size, self.min_size);
        set(&mut options.acquire_timeout, self.acquire_timeout);
        set(&mut options.idle_timeout, self.idle_timeout);
        set(&mut options.max_lifetime, self.max_lifetime);
        set(&mut options.slow_query, self.slow_query);
        set(&mut options.in_place, self.in_place);
        if let Some(capacity) = self.statement_cache {
            options.set_statement_cache(capacity);
        }
        set(&mut options.pooled, self.pooled);
        set(&mut options.disconnect_timeout, self.disconnect_timeout);
        set(&mut options.pooler, self.pooler);
        set(&mut options.test_before_acquire, self.test_before_acquire);
        set(&mut options.connect_timeout, self.connect_timeout);
        set(&mut options.query_timeout, self.query_timeout);
        set(&mut options.statement_timeout, self.statement_timeout);
        set(&mut options.lock_timeout, self.lock_timeout);
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let url = crate::url::redact(&self.url);
        let replicas: Vec<_> = self.replicas.iter().map(|url| crate::url::redact(url)).collect();
        f.debug_struct("Builder")
            .field("url", &url)
            .field("replicas", &replicas)
            .field("options", &self.parts.iter().map(|(name, _)| *name).collect::<Vec<_>>())
            .field("changes", &self.changes)
            .field("init", &self.init.is_some())
            .finish()
    }
}
