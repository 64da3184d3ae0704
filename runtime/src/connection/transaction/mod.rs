//! Transactions: as guards, and as scopes.

mod retry;

use std::{
    fmt,
    future::{Future, IntoFuture},
    marker::PhantomData,
    panic::Location,
    sync::Arc,
    time::Duration,
};

use super::{
    Connection, scope,
    shared::{At, OpenLevel, SharedConnection},
};
pub use crate::backend::transaction::Isolation;
use crate::{
    Database, Error, QueryPlace, Result,
    backend::{
        BoxFuture,
        transaction::{Locking, Mode},
    },
    pool::{
        endpoints::Endpoints,
        lease::{LevelId, Opener},
    },
    statement::access::{Access, Write},
};

/// An open transaction, or a savepoint in one. Dropped before [`commit`](Transaction::commit), it is rolled back.
///
/// Queries take it by shared reference; those that run at the same time take turns. With `A =` [`Read`](crate::access::Read) it
/// is one on a [replica](Database::replica), which takes only queries that read.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # let db = aio_databases::Database::open("sqlite::memory:").await?;
/// # db.execute("create table users (name text)", ()).await?;
/// let tx = db.transaction().await?;
/// tx.execute("insert into users values ('Ada')", ()).await?;
/// drop(tx);
/// assert_eq!(db.fetchval::<i64>("select count(*) from users", ()).await?, Some(0));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
#[must_use = "a transaction that is not kept is rolled back at once"]
pub struct Transaction<'c, A = Write> {
    level: OpenLevel,
    /// What it is a part of can't be used meanwhile.
    outer: PhantomData<&'c mut ()>,
    access: PhantomData<fn() -> A>,
}

impl<A: Access> Transaction<'_, A> {
    pub(crate) fn held(&self) -> (Arc<SharedConnection>, At) {
        (Arc::clone(self.level.held()), At::Level(Some(self.level.id())))
    }

    /// Makes its changes last; those of a savepoint last if those of the transaction around it do.
    ///
    /// # Errors
    ///
    /// The server's: a constraint that is checked at the end, a serialization failure. [`Error::RolledBack`] where a
    /// statement in it had failed and the server kept nothing. In any case the transaction has ended.
    pub async fn commit(self) -> Result<()> {
        self.level.end(true).await
    }

    /// Takes its changes back.
    ///
    /// # Errors
    ///
    /// Where the connection is lost; the server takes the changes back then, too.
    pub async fn rollback(self) -> Result<()> {
        self.level.end(false).await
    }

    /// A savepoint: await it for a guard, or [`run`](TransactionBuilder::run) something in it. Until it has ended, the transaction
    /// around it can't be used:
    ///
    /// ```compile_fail,E0502
    /// # async fn example(db: aio_databases::Database) -> aio_databases::Result<()> {
    /// let mut tx = db.transaction().await?;
    /// let inner = tx.transaction().await?;
    /// tx.execute("delete from users", ()).await?; // cannot borrow `tx`
    /// inner.commit().await
    /// # }
    /// ```
    pub fn transaction(&mut self) -> TransactionBuilder<'_, Self> {
        TransactionBuilder::on(Arc::clone(self.level.held()), Some(self.level.id()), false)
    }
}

impl<A> fmt::Debug for Transaction<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("connection", self.level.held()).finish_non_exhaustive()
    }
}

/// A transaction to be: what `transaction()` of a [`Database`], a [`Connection`] or a [`Transaction`] (`On`) gives. Await it
/// for a guard, or [`run`](TransactionBuilder::run) something in it.
#[must_use = "await it to begin a transaction, or run something in it"]
pub struct TransactionBuilder<'c, On> {
    source: Source<'c>,
    mode: Mode,
    on: PhantomData<fn() -> On>,
}

/// Where a transaction begins.
#[derive(Clone)]
enum Source<'c> {
    /// On the scope's connection, or one of its own; with `separate`, always that.
    Database { endpoints: &'c Arc<Endpoints>, location: &'static Location<'static>, separate: bool },
    /// On a guard's connection, in its transaction.
    Connection { held: Arc<SharedConnection>, level: Option<LevelId> },
}

impl<'c> TransactionBuilder<'c, Database> {
    pub(crate) fn new(endpoints: &'c Arc<Endpoints>, location: &'static Location<'static>) -> Self {
        let source = Source::Database { endpoints, location, separate: false };
        TransactionBuilder { source, mode: Mode::default(), on: PhantomData }
    }

    /// On a connection of its own, whatever scope this runs in.
    pub fn separate(mut self) -> Self {
        if let Source::Database { separate, .. } = &mut self.source {
            *separate = true;
        }
        self
    }
}

impl<On> TransactionBuilder<'_, On> {
    /// How long each query in it can take: see [`Builder::query_timeout`](crate::Builder::query_timeout). By default, it is that of the
    /// transaction, scope or guard around it, or else of the database.
    pub fn query_timeout(mut self, time: Duration) -> Self {
        self.mode.query_timeout = Some(time);
        self
    }

    pub(crate) fn on(held: Arc<SharedConnection>, level: Option<LevelId>, read_only: bool) -> Self {
        let mode = Mode { read_only, ..Mode::default() };
        TransactionBuilder { source: Source::Connection { held, level }, mode, on: PhantomData }
    }

    /// Runs a future in the transaction: each query on the database that it makes, in whatever function, belongs to it.
    /// `Ok` commits; `Err` rolls back, and so do a panic and dropping the future that this gives.
    ///
    /// The scope follows the task, not the guard's variable: futures that are joined inside share the connection and take
    /// turns; a task that is spawned inside is not part of the transaction. A transaction inside is a savepoint, and what
    /// else is joined with it waits for its end. [`Database::current`] ends it early.
    ///
    /// The error type is any that this crate's [`Error`] can become, such as `anyhow::Error`. Where nothing else names it, say
    /// it with the last value: `Ok::<_, Error>(())`.
    ///
    /// # Errors
    ///
    /// The future's own, and those of beginning and committing: see [`Transaction::commit`].
    pub async fn run<T, E: From<Error>>(self, future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let level = self.begin(Opener::Scope).await?;
        let result = scope::within(level.held(), Some(&level), future).await;
        // The first error is the one to tell; what can't be rolled back is rolled back by the server, with the connection.
        let ended = level.end(result.is_ok()).await;
        let value = result?;
        ended?;
        Ok(value)
    }

    async fn begin(&self, opener: Opener) -> Result<OpenLevel> {
        match &self.source {
            Source::Database { endpoints, location, separate } => match scope::current(endpoints) {
                Some(frame) if !separate => {
                    if frame.held.is_replica() && !self.mode.read_only && frame.open_level().is_none() {
                        return Err(Error::ReadOnly { query: Box::new(QueryPlace::of_begin(location)) });
                    }
                    frame.held.begin(&At::Scope(Arc::clone(&frame)), &self.mode, opener).await
                }
                _ => {
                    let _first = match self.mode.read_only {
                        true => None,
                        false => endpoints.primary.queue_to_write().await?,
                    };
                    let held = SharedConnection::open(endpoints, location, None).await?;
                    held.begin(&At::Level(None), &self.mode, opener).await
                }
            },
            Source::Connection { held, level } => held.begin(&At::Level(*level), &self.mode, opener).await,
        }
    }
}

/// What has settings: a transaction that is not known to be a savepoint.
macro_rules! settings {
    ($([$($generics:tt)*] $on:ty),*) => {$(
        impl<$($generics)*> TransactionBuilder<'_, $on> {
            /// What it sees of others that run at the same time; by default, as the server is set. SQLite's transactions
            /// are always serializable.
            ///
            /// In another transaction, a savepoint can't have a level of its own: beginning it is
            /// [`Error::Transaction`] then.
            pub fn isolation(mut self, isolation: Isolation) -> Self {
                self.mode.isolation = Some(isolation);
                self
            }

            /// Nothing can be changed in it: a statement that is known to write is [`Error::ReadOnly`] before anything
            /// is sent, and the server refuses the others. SQLite's waits for no writer.
            pub fn read_only(mut self) -> Self {
                self.mode.read_only = true;
                self
            }

            /// PostgreSQL: a serializable transaction that only reads waits at its beginning until nothing can make it
            /// fail (the manual's `SET TRANSACTION`). It means nothing elsewhere.
            pub fn deferrable(mut self) -> Self {
                self.mode.deferrable = true;
                self
            }

            /// SQLite: it takes the right to write at once, as is the default (SQLite's `BEGIN IMMEDIATE`). It means nothing
            /// elsewhere.
            pub fn immediate(mut self) -> Self {
                self.mode.locking = Locking::Immediate;
                self
            }

            /// SQLite: nobody else may read either, where the journal is not a WAL (SQLite's `BEGIN EXCLUSIVE`). It means
            /// nothing elsewhere.
            pub fn exclusive(mut self) -> Self {
                self.mode.locking = Locking::Exclusive;
                self
            }
        }
    )*};
}
settings!([] Database, [A: Access] Connection<A>);

impl<'c> IntoFuture for TransactionBuilder<'c, Database> {
    type Output = Result<Transaction<'static>>;
    type IntoFuture = BoxFuture<'c, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.guard())
    }
}

impl<'c, A: Access> IntoFuture for TransactionBuilder<'c, Connection<A>> {
    type Output = Result<Transaction<'c, A>>;
    type IntoFuture = BoxFuture<'c, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.guard())
    }
}

impl<'c, A: Access> IntoFuture for TransactionBuilder<'c, Transaction<'_, A>> {
    type Output = Result<Transaction<'c, A>>;
    type IntoFuture = BoxFuture<'c, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        // What it stands on is not needed any more.
        let TransactionBuilder { source, mode, .. } = self;
        Box::pin(TransactionBuilder::<'c, Connection<A>> { source, mode, on: PhantomData }.guard())
    }
}

impl<On> TransactionBuilder<'_, On> {
    async fn guard<'g, A>(self) -> Result<Transaction<'g, A>> {
        Ok(Transaction { level: self.begin(Opener::Guard).await?, outer: PhantomData, access: PhantomData })
    }
}

impl<On> Clone for TransactionBuilder<'_, On> {
    fn clone(&self) -> Self {
        TransactionBuilder { source: self.source.clone(), mode: self.mode, on: PhantomData }
    }
}

impl<On> fmt::Debug for TransactionBuilder<'_, On> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionBuilder").field("mode", &self.mode).finish_non_exhaustive()
    }
}
