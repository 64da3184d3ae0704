//! A guard for one connection.

use std::{
    fmt,
    future::{Future, IntoFuture},
    marker::PhantomData,
    panic::Location,
    sync::Arc,
    time::Duration,
};

use super::{
    TransactionBuilder, scope,
    shared::{At, SharedConnection},
};
use aio_databases_sql::Dialect;

use crate::{
    Error, Result,
    backend::BoxFuture,
    pool::{endpoints::Endpoints, lease::LevelId},
    statement::access::{Access, Write},
};

/// One connection, taken from the database's pool (or opened, where there is none), and given back when it is dropped.
///
/// Queries take it by shared reference. Those that run at the same time (in `tokio::join!`) take turns, in the order
/// in which they came. While a stream of the connection is open, other queries are [`Error::Busy`] at once.
///
/// A connection whose operation was cancelled is made good again before the next; where that cannot be, the next
/// operation is [`Error::Interrupted`].
///
/// With `A =` [`Read`](crate::access::Read) it is one of a [replica](crate::Database::replica), which takes only queries that read. A checked query
/// that may write does not compile there:
///
/// ```compile_fail,E0277
/// # async fn example(db: aio_databases::Database) -> aio_databases::Result<()> {
/// let replica = db.replica().await?;
/// aio_databases::execute!(replica, "delete from users where id = 1").await?; // cannot run a query that may write
/// # Ok(())
/// # }
/// ```
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # let db = aio_databases::Database::open("sqlite::memory:").await?;
/// let conn = db.connection().await?;
/// conn.execute("create temporary table t (a int)", ()).await?;
/// conn.execute("insert into t values ($1)", (1,)).await?;
/// let count: Option<i64> = conn.fetchval("select count(*) from t", ()).await?;
/// assert_eq!(count, Some(1));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
pub struct Connection<A = Write> {
    held: Arc<SharedConnection>,
    /// The transaction of a scope that it was taken in, with [`reuse`](Connecting::reuse).
    level: Option<LevelId>,
    access: PhantomData<fn() -> A>,
}

impl<A: Access> Connection<A> {
    pub(crate) fn new(held: Arc<SharedConnection>, level: Option<LevelId>) -> Self {
        Connection { held, level, access: PhantomData }
    }

    pub(crate) fn held(&self) -> (Arc<SharedConnection>, At) {
        (Arc::clone(&self.held), At::Level(self.level))
    }

    /// The SQL that it speaks.
    pub(crate) fn dialect(&self) -> Dialect {
        self.held.endpoints().primary.dialect()
    }

    /// Whether a transaction is open on it, as the server reported last.
    pub(crate) async fn in_transaction(&self) -> Result<bool> {
        self.held.in_transaction().await
    }

    /// Closes it, or gives it back, and waits for that.
    pub(crate) async fn close(self) {
        if let Some(lease) = self.held.into_lease() {
            lease.end().await;
        }
    }

    /// A transaction on this connection: await it for a guard, or [`run`](TransactionBuilder::run) something in it. On a replica it
    /// only reads. Until it has ended, the connection can't be used but through it:
    ///
    /// ```compile_fail,E0502
    /// # async fn example(db: aio_databases::Database) -> aio_databases::Result<()> {
    /// let mut conn = db.connection().await?;
    /// let tx = conn.transaction().await?;
    /// conn.execute("delete from users", ()).await?; // cannot borrow `conn`
    /// tx.commit().await
    /// # }
    /// ```
    pub fn transaction(&mut self) -> TransactionBuilder<'_, Self> {
        TransactionBuilder::on(Arc::clone(&self.held), self.level, A::READ_ONLY)
    }
}

impl<A> fmt::Debug for Connection<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("lease", &self.held).finish_non_exhaustive()
    }
}

/// A connection to be: what [`Database::connection`](crate::Database::connection) and [`Database::replica`](crate::Database::replica) give. Await it to have one, or [`run`](Connecting::run) something
/// on it.
#[must_use = "await it to have a connection, or run something on it"]
pub struct Connecting<'d, A = Write> {
    endpoints: &'d Arc<Endpoints>,
    location: &'static Location<'static>,
    reuse: bool,
    timeout: Option<Duration>,
    access: PhantomData<fn() -> A>,
}

impl<'d, A: Access> Connecting<'d, A> {
    pub(crate) fn new(endpoints: &'d Arc<Endpoints>, location: &'static Location<'static>) -> Self {
        Connecting { endpoints, location, reuse: false, timeout: None, access: PhantomData }
    }

    /// The connection of the scope that this runs in, if it runs in one of this database, and of the same kind (the
    /// primary's, or a replica's); else one of its own.
    pub fn reuse(mut self) -> Self {
        self.reuse = true;
        self
    }

    /// How long each query on it can take: see [`Builder::query_timeout`](crate::Builder::query_timeout). By default, it is the
    /// database's. A connection that is [reused](Connecting::reuse) keeps its own.
    pub fn query_timeout(mut self, time: Duration) -> Self {
        self.timeout = Some(time);
        self
    }

    /// Runs a future with one connection: each query on the database that it makes, in whatever function, uses that one.
    ///
    /// The connection follows the task: futures that are joined inside share it and take turns; a task that is spawned
    /// inside does not have it. It is given back at the end.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// use aio_databases::{Database, Result};
    ///
    /// async fn count(db: &Database) -> Result<Option<i64>> {
    ///     db.fetchval("select count(*) from temp.basket", ()).await
    /// }
    ///
    /// # let db = Database::open("sqlite::memory:").await?;
    /// let counted: Result<_> = db
    ///     .connection()
    ///     .run(async {
    ///         db.execute("create temporary table basket (item text)", ()).await?;
    ///         count(&db).await // on the same connection
    ///     })
    ///     .await;
    /// assert_eq!(counted?, Some(0));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// The future's own, and those of [`Database::connection`](crate::Database::connection).
    pub async fn run<T, E: From<Error>>(self, future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let connection = self.await?;
        scope::within(&connection.held, None, future).await
    }
}

impl<'d, A: Access> IntoFuture for Connecting<'d, A> {
    type Output = Result<Connection<A>>;
    type IntoFuture = BoxFuture<'d, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            if self.reuse
                && let Some(frame) = scope::current(self.endpoints)
                && frame.held.is_replica() == A::READ_ONLY
            {
                return Ok(Connection::new(Arc::clone(&frame.held), frame.open_level()));
            }
            let held = match A::READ_ONLY {
                true => SharedConnection::open_replica(self.endpoints, self.location, self.timeout).await?,
                false => SharedConnection::open(self.endpoints, self.location, self.timeout).await?,
            };
            Ok(Connection::new(held, None))
        })
    }
}

impl<A> Clone for Connecting<'_, A> {
    fn clone(&self) -> Self {
        Connecting { access: PhantomData, ..*self }
    }
}

impl<A> fmt::Debug for Connecting<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connecting")
            .field("database", &self.endpoints.primary.url.redacted())
            .field("reuse", &self.reuse)
            .finish()
    }
}
