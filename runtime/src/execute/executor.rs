//! What a query can be run on.

use std::sync::Arc;

use crate::{
    Backend, Connection, Current, Database, Result, Transaction,
    backend::sink::Sink,
    connection::shared::{At, SharedConnection},
    execute::fetch::{Now, Ran},
    statement::access::{Access, Read, Write},
    statement::command::Command,
};

/// What a query can be run on that may write: a [`Database`], a [`Connection`], a [`Transaction`], the [`Current`] scope,
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

/// What a query can be run on that only reads: every [`Executor`], and what is of a [replica](Database::replica).
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
#[derive(Clone, Copy)]
pub struct Handle<'e>(Kind<'e>);

#[derive(Clone, Copy)]
enum Kind<'e> {
    Database(&'e Database),
    SharedConnection(&'e SharedConnection, At<'e>),
}

impl Executor for Database {}
impl Executor for Connection {}
impl Executor for Transaction<'_> {}
impl Executor for Current {}

impl ReadExecutor for Database {
    fn executor(&self) -> Handle<'_> {
        Handle(Kind::Database(self))
    }
}

macro_rules! holders {
    ($([$($generics:tt)*] $guard:ty),*) => {$(
        impl<$($generics)*> ReadExecutor for $guard {
            fn executor(&self) -> Handle<'_> {
                let (held, at) = self.held();
                Handle(Kind::SharedConnection(held, at))
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

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::Database {}
}

impl<'e> Handle<'e> {
    /// The kind of server that it runs on.
    pub(crate) fn backend(self) -> Backend {
        match self.0 {
            Kind::Database(database) => database.backend(),
            Kind::SharedConnection(held, _) => held.database().backend(),
        }
    }

    /// Runs a command here and now, if that takes no waiting.
    pub(crate) fn now(self, command: Command, sink: Box<dyn Sink>) -> Now {
        match self.0 {
            Kind::Database(database) => database.now(command, sink),
            Kind::SharedConnection(held, at) => held.now(at, command, sink),
        }
    }

    /// Runs a command to its end.
    pub(crate) async fn run(self, command: Arc<Command>, sink: Box<dyn Sink>) -> Result<Ran> {
        match self.0 {
            Kind::Database(database) => database.run(command, sink).await,
            Kind::SharedConnection(held, at) => held.run(at, command, sink).await,
        }
    }

    /// Runs a command whose rows are read one by one.
    pub(crate) async fn stream(self, command: Arc<Command>, sink: Box<dyn Sink>) -> Result<Ran> {
        match self.0 {
            Kind::Database(database) => database.stream(command, sink).await,
            Kind::SharedConnection(held, at) => held.stream(at, command, sink).await,
        }
    }
}

impl std::fmt::Debug for Handle<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Kind::Database(database) => database.fmt(f),
            Kind::SharedConnection(held, _) => held.fmt(f),
        }
    }
}
