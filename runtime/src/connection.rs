//! A guard for one connection.

use std::{
    fmt,
    future::{Future, IntoFuture},
    panic::Location,
    sync::Arc,
};

use crate::{
    Backend, Beginning, Database, Error, Result,
    backend::BoxFuture,
    dynamic::dynamic_methods,
    held::{At, Held},
    lease::LevelId,
    scope,
};

/// One connection, taken from the database's pool (or opened, where there is none), and given back when it is dropped.
///
/// Queries take it by shared reference. Those that run at the same time (in `tokio::join!`) take turns, in the order
/// in which they came. While a stream of the connection is open, other queries are [`Error::Busy`] at once.
///
/// A connection whose operation was cancelled is made good again before the next; where that cannot be, the next
/// operation is [`Error::Interrupted`].
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
pub struct Connection {
    held: Arc<Held>,
    /// The transaction of a scope that it was taken in, with [`reuse`](Connecting::reuse).
    level: Option<LevelId>,
}

dynamic_methods!(Connection);

impl Connection {
    pub(crate) fn held(&self) -> (&Held, At<'_>) {
        (&self.held, At::Level(self.level))
    }

    /// The kind of server.
    pub(crate) fn backend(&self) -> Backend {
        self.held.database().backend()
    }

    /// Nobody else gets the connection: it is closed in the end.
    pub(crate) async fn keep(&self) -> Result<()> {
        self.held.keep().await
    }

    /// A transaction on this connection: await it for a guard, or [`run`](Beginning::run) something in it. Until it has
    /// ended, the connection can't be used but through it:
    ///
    /// ```compile_fail,E0502
    /// # async fn example(db: aio_databases::Database) -> aio_databases::Result<()> {
    /// let mut conn = db.connection().await?;
    /// let tx = conn.transaction().await?;
    /// conn.execute("delete from users", ()).await?; // cannot borrow `conn`
    /// tx.commit().await
    /// # }
    /// ```
    pub fn transaction(&mut self) -> Beginning<'_, Connection> {
        Beginning::on(Arc::clone(&self.held), self.level)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("lease", &self.held).finish_non_exhaustive()
    }
}

/// A connection to be: what [`Database::connection`] gives. Await it to have one, or [`run`](Connecting::run) something
/// on it.
#[must_use = "await it to have a connection, or run something on it"]
#[derive(Clone, Debug)]
pub struct Connecting<'d> {
    database: &'d Database,
    place: &'static Location<'static>,
    reuse: bool,
}

impl<'d> Connecting<'d> {
    pub(crate) fn new(database: &'d Database, place: &'static Location<'static>) -> Self {
        Connecting { database, place, reuse: false }
    }

    /// The connection of the scope that this runs in, if it runs in one of this database; else one of its own.
    pub fn reuse(mut self) -> Self {
        self.reuse = true;
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
    /// The future's own, and those of [`Database::connection`].
    pub async fn run<T, E: From<Error>>(self, future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let connection = self.await?;
        scope::within(&connection.held, None, future).await
    }
}

impl<'d> IntoFuture for Connecting<'d> {
    type Output = Result<Connection>;
    type IntoFuture = BoxFuture<'d, Result<Connection>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            if self.reuse
                && let Some(frame) = scope::current(self.database)
            {
                return Ok(Connection { held: Arc::clone(&frame.held), level: frame.open_level() });
            }
            let held = self.database.hold(self.place).await?;
            Ok(Connection { held, level: None })
        })
    }
}
