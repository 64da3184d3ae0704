//! What a query can be run on.

use std::sync::Arc;

use super::dynamic::dynamic_methods;
#[cfg(feature = "sqlx")]
use crate::backend::job::Neighbour;
use crate::{
    Connection, Current, Dialect, Transaction,
    backend::job::{Job, Running},
    connection::{
        scope,
        shared::{At, SharedConnection},
    },
    pool::endpoints::Endpoints,
    statement::access::{Access, Read, Write},
};

/// What a query can be run on that may write: a [`Database`](crate::Database), a [`Connection`], a [`Transaction`], the [`Current`] scope,
/// and references and smart pointers to them.
///
/// Executors are taken by shared reference and used as often as one likes:
///
/// ```
/// use aio_databases::{Executor, Result, sql};
///
/// async fn add(executor: &impl Executor, name: &str) -> Result<Option<i64>> {
///     sql("insert into users (name) values ($1)", (name,)).execute(executor).await?;
///     sql("select count(*) from users", ()).fetchval(executor).await
/// }
/// ```
///
/// # On what sqlx has opened
///
/// With the feature `sqlx`, the pools of sqlx are executors too: `sqlx::PgPool`, `MySqlPool` and `SqlitePool`, each with the feature of its
/// backend. The macros, and the methods of [`Query`](crate::Query) and [`DynamicQuery`](crate::DynamicQuery), also accept sqlx's
/// connections and transactions, which one query at a time borrows mutably. In a macro, a variable is borrowed by itself:
///
/// ```
/// # #[cfg(all(feature = "sqlx", feature = "sqlite", feature = "macros"))]
/// # fn example() {
/// use aio_databases::{Result, execute, fetchval, query};
///
/// async fn rename(pool: &sqlx::SqlitePool, id: i64, name: &str) -> Result<i64> {
///     let mut tx = pool.begin().await?;
///     sqlx::query("delete from users where name = $1").bind(name).execute(&mut *tx).await?;
///     execute!(tx, "update users set name = {name} where id = {id}").await?;
///     query!("update users set email = null where id = $1", id).execute(&mut *tx).await?;
///     tx.commit().await?;
///     fetchval!(pool, "select count(*) from users").await
/// }
/// # }
/// ```
///
/// Arguments are encoded as the types that the server says the parameters have, and values are read as strictly as those of a
/// [`Database`](crate::Database). Errors have the same codes, constraints and places, and `?` turns an `sqlx::Error` into an
/// [`Error`](crate::Error). [`executemany!`](crate::executemany) is all or nothing, in a transaction or savepoint of sqlx's.
///
/// The connection stays sqlx's, with its limits:
///
/// - sqlx names prepared statements by counting (`sqlx_s_1`). A pooler that gives each transaction another server's session must keep track of
///   prepared statements, as PgBouncer does with `max_prepared_statements`. A [`Database`](crate::Database) needs none of that.
/// - sqlx counts its transactions. A statement that begins or ends one is [`Error::Transaction`](crate::Error::Transaction), and so is
///   `executemany!` in a transaction that was begun by a statement that went past this library.
/// - Settings of a session stay set when its connection returns to sqlx's pool.
/// - A dropped query is not stopped at the server. sqlx reads the rest of its rows before the connection runs anything else.
/// - MySQL: sqlx loses track of a connection if a query is dropped while its statement is prepared for the first time there. A pool's connection is
///   then closed. A connection or a transaction that you lent is not, and a warning is logged: close it, or run queries that may be
///   dropped on the pool.
/// - MySQL: sqlx sets the time zone of its sessions to UTC, which values of the type `timestamp` need, and makes `||` concatenate,
///   which queries are not checked for: `MySqlConnectOptions::pipes_as_concat(false)` undoes that.
///
/// The trait is sealed: only the types of this crate, and those pools, are executors.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run a query that may write",
    label = "expected a `Database`, a `Connection` or a `Transaction`, or a reference to one"
)]
pub trait Executor: ReadExecutor {}

/// What a query can be run on that only reads: every [`Executor`], and what is of a [replica](crate::Database::replica).
///
/// ```
/// use aio_databases::{ReadExecutor, Result, sql};
///
/// async fn count(executor: &impl ReadExecutor) -> Result<Option<i64>> {
///     sql("select count(*) from users", ()).fetchval(executor).await
/// }
/// ```
///
/// The trait is sealed, too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run a query",
    label = "expected a `Database`, a `Connection` or a `Transaction`, or a reference to one"
)]
pub trait ReadExecutor: sealed::Sealed + Send + Sync {
    /// What the runner needs of it.
    #[doc(hidden)]
    fn executor(&self) -> Handle<'_>;
}

/// What a query of one access can be handed: a reference to an executor, or to something that only one query at a time can use.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run this query",
    label = "expected a reference to a `Database`, a `Connection` or a `Transaction`",
    note = "what is of a replica (`Connection<Read>`, `Transaction<Read>`) takes only queries that read: run one that may write \
            on the `Database`, or on what its `connection()` or `transaction()` gives",
    note = "with the feature `sqlx`, pools of sqlx are executors too, and its connections and transactions as `&mut *tx`"
)]
pub trait Takes<'e, A> {
    #[doc(hidden)]
    fn handle(self) -> Handle<'e>;
}

macro_rules! takes {
    ($($pointer:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<'e, E: ReadExecutor + ?Sized> Takes<'e, Read> for $pointer {
            fn handle(self) -> Handle<'e> {
                let executor: &'e E = self;
                executor.executor()
            }
        }
        #[diagnostic::do_not_recommend]
        impl<'e, E: Executor + ?Sized> Takes<'e, Write> for $pointer {
            fn handle(self) -> Handle<'e> {
                let executor: &'e E = self;
                executor.executor()
            }
        }
    )*};
}
takes!(&'e E, &'e mut E);

/// An executor, whatever its type.
#[doc(hidden)]
pub struct Handle<'e>(Kind<'e>);

enum Kind<'e> {
    Database(&'e Arc<Endpoints>),
    Connection(Arc<SharedConnection>, At),
    #[cfg(feature = "sqlx")]
    Neighbour(Box<dyn Neighbour + 'e>),
}

dynamic_methods!([A: Access] Connection<A>);
dynamic_methods!([A: Access] Transaction<'_, A>);
dynamic_methods!([] Current);

impl Executor for Connection {}
impl Executor for Transaction<'_> {}
impl Executor for Current {}

macro_rules! holders {
    ($([$($generics:tt)*] $guard:ty),*) => {$(
        impl<$($generics)*> ReadExecutor for $guard {
            fn executor(&self) -> Handle<'_> {
                let (held, at) = self.held();
                Handle(Kind::Connection(held, at))
            }
        }
        impl<$($generics)*> sealed::Sealed for $guard {}
    )*};
}
holders!([A: Access] Connection<A>, [A: Access] Transaction<'_, A>, [] Current);

macro_rules! through {
    ($($pointer:ty),*) => {$(
        impl<E: Executor + ?Sized> Executor for $pointer {}
        impl<E: ReadExecutor + ?Sized> ReadExecutor for $pointer {
            fn executor(&self) -> Handle<'_> {
                (**self).executor()
            }
        }
        impl<E: sealed::Sealed + ?Sized> sealed::Sealed for $pointer {}
    )*};
}
through!(&E, &mut E, Arc<E>, Box<E>);

/// How a macro hands on an executor that is a variable or a field: borrowed as its type wants it.
///
/// The method that the compiler finds is that of a type that several queries can use at a time, and else that of one that only one can.
#[doc(hidden)]
pub mod reach {
    use super::ReadExecutor;

    pub trait Shared {
        fn __executor(&self) -> &Self {
            self
        }
    }

    impl<E: ReadExecutor + ?Sized> Shared for E {}

    #[cfg(feature = "sqlx")]
    pub trait Exclusive {
        fn __executor(&mut self) -> &mut Self {
            self
        }
    }
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

impl<'e> Handle<'e> {
    /// Runs on the scope's connection, or on any.
    pub(crate) fn of_database(endpoints: &'e Arc<Endpoints>) -> Self {
        Handle(Kind::Database(endpoints))
    }

    /// Runs on what another library has opened.
    #[cfg(feature = "sqlx")]
    pub(crate) fn of_neighbour(neighbour: impl Neighbour + 'e) -> Self {
        Handle(Kind::Neighbour(Box::new(neighbour)))
    }

    /// The SQL that it speaks.
    pub(crate) fn dialect(&self) -> Dialect {
        match &self.0 {
            Kind::Database(endpoints) => endpoints.primary.dialect(),
            Kind::Connection(held, _) => held.endpoints().primary.dialect(),
            #[cfg(feature = "sqlx")]
            Kind::Neighbour(neighbour) => neighbour.dialect(),
        }
    }

    /// Whether rows can be sent as a binary copy.
    pub(crate) fn copies_rows(&self) -> bool {
        match &self.0 {
            #[cfg(feature = "sqlx")]
            Kind::Neighbour(_) => false,
            _ => self.dialect() == Dialect::Postgres,
        }
    }

    /// Whether rows of arguments go packed: see [`Args::many`](crate::statement::command::Args::many).
    pub(crate) fn packs_rows(&self) -> bool {
        match &self.0 {
            #[cfg(feature = "sqlx")]
            Kind::Neighbour(_) => false,
            _ => self.dialect() == Dialect::Sqlite,
        }
    }

    /// Runs a job.
    pub(crate) fn run(self, job: Job) -> Running<'e> {
        match self.0 {
            Kind::Connection(held, at) => held.run(at, job),
            Kind::Database(endpoints) => match scope::current(endpoints) {
                Some(frame) => Arc::clone(&frame.held).run(At::Scope(frame), job),
                None => endpoints.run(job),
            },
            #[cfg(feature = "sqlx")]
            Kind::Neighbour(neighbour) => Running::Waiting(neighbour.run(job)),
        }
    }
}

impl std::fmt::Debug for Handle<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Kind::Database(endpoints) => f.write_str(endpoints.primary.url.redacted()),
            Kind::Connection(held, _) => held.fmt(f),
            #[cfg(feature = "sqlx")]
            Kind::Neighbour(neighbour) => write!(f, "{} through sqlx", neighbour.dialect().title()),
        }
    }
}
