//! What a query can be run on.

use std::sync::Arc;

use super::dynamic::dynamic_methods;
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
/// The trait is sealed: only this crate's types are executors.
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

/// What runs queries of one access.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run this query",
    label = "expected a `Database`, a `Connection` or a `Transaction`, or a reference to one",
    note = "what is of a replica (`Connection<Read>`, `Transaction<Read>`) takes only queries that read: run one that may write \
            on the `Database`, or on what its `connection()` or `transaction()` gives"
)]
pub trait Takes<A>: ReadExecutor {}

#[diagnostic::do_not_recommend]
impl<E: ReadExecutor + ?Sized> Takes<Read> for E {}
#[diagnostic::do_not_recommend]
impl<E: Executor + ?Sized> Takes<Write> for E {}

/// An executor, whatever its type.
#[doc(hidden)]
pub struct Handle<'e>(Kind<'e>);

enum Kind<'e> {
    Database(&'e Arc<Endpoints>),
    Connection(Arc<SharedConnection>, At),
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

pub(crate) mod sealed {
    pub trait Sealed {}
}

impl<'e> Handle<'e> {
    /// Runs on the scope's connection, or on any.
    pub(crate) fn of_database(endpoints: &'e Arc<Endpoints>) -> Self {
        Handle(Kind::Database(endpoints))
    }

    /// The SQL that it speaks.
    pub(crate) fn dialect(&self) -> Dialect {
        match &self.0 {
            Kind::Database(endpoints) => endpoints.primary.dialect(),
            Kind::Connection(held, _) => held.endpoints().primary.dialect(),
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
        }
    }
}

impl std::fmt::Debug for Handle<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Kind::Database(endpoints) => f.write_str(endpoints.primary.url.redacted()),
            Kind::Connection(held, _) => held.fmt(f),
        }
    }
}
