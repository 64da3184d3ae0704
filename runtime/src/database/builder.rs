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
    options::{MOST_CONNECTIONS, Options},
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
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        Builder {
            url: url.to_owned(),
            replicas: Vec::new(),
            changes: Changes::default(),
            init: None,
            #[cfg(feature = "sqlite")]
            pragmas: Vec::new(),
            #[cfg(feature = "sqlite")]
            init_sqlite: Hook::default(),
        }
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
        let (url, options) = DatabaseUrl::parse(&self.url)?;
        let backend = url.backend();
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
        options.prepares_sessions = self.init.is_some() || read_only;
        #[cfg(feature = "sqlite")]
        if let Some(target) = url.sqlite() {
            target.set_up(&self.pragmas, self.init_sqlite.clone());
        }
        let inner = backend::connector(&url, &options, scope::holds)?;
        let (init, options) = (self.init.clone(), Arc::new(options));
        Ok(move |endpoints: &Weak<Endpoints>| {
            if init.is_none() && !read_only {
                return Endpoint::new(url, options, inner);
            }
            let ready = Ready {
                inner,
                endpoints: Weak::clone(endpoints),
                options: Arc::clone(&options),
                target: url.redacted().to_owned(),
                init,
                read_only,
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
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let url = crate::url::redact(&self.url);
        let replicas: Vec<_> = self.replicas.iter().map(|url| crate::url::redact(url)).collect();
        f.debug_struct("Builder")
            .field("url", &url)
            .field("replicas", &replicas)
            .field("changes", &self.changes)
            .field("init", &self.init.is_some())
            .finish()
    }
}
