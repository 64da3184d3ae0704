//! What a query can be run on.

use std::sync::Arc;

use crate::{
    Connection, Current, Database, Result, Transaction,
    fetch::{Ran, Request},
    held::{At, Held},
    sink::Sink,
};

/// What a query can be run on: a [`Database`], a [`Connection`], a [`Transaction`], the [`Current`] scope, and references
/// and smart pointers to them.
///
/// Executors are taken by shared reference and used as often as one likes:
///
/// ```
/// use aio_databases::{Executor, Result, sql};
///
/// async fn count(executor: &impl Executor) -> Result<i64> {
///     let users: Option<i64> = sql("select count(*) from users", ()).fetchval(executor).await?;
///     let admins: Option<i64> = sql("select count(*) from admins", ()).fetchval(executor).await?;
///     Ok(users.unwrap_or(0) + admins.unwrap_or(0))
/// }
/// ```
///
/// The trait is sealed: only this crate's types are executors.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run a query",
    label = "expected a `Database`, a `Connection` or a `Transaction`, or a reference to one"
)]
pub trait Executor: sealed::Sealed + Send + Sync {
    /// What the runner needs of it.
    #[doc(hidden)]
    fn executor(&self) -> Handle<'_>;
}

/// An executor, whatever its type.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Handle<'e>(Kind<'e>);

#[derive(Clone, Copy)]
enum Kind<'e> {
    Database(&'e Database),
    Held(&'e Held, At<'e>),
}

impl Executor for Database {
    fn executor(&self) -> Handle<'_> {
        Handle(Kind::Database(self))
    }
}

macro_rules! holders {
    ($($guard:ty),*) => {$(
        impl Executor for $guard {
            fn executor(&self) -> Handle<'_> {
                let (held, at) = self.held();
                Handle(Kind::Held(held, at))
            }
        }
        impl sealed::Sealed for $guard {}
    )*};
}
holders!(Connection, Transaction<'_>, Current);

macro_rules! through {
    ($($pointer:ty),*) => {$(
        impl<E: Executor + ?Sized> Executor for $pointer {
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
    /// Runs a request to its end.
    pub(crate) async fn run(self, request: Request, sink: Box<dyn Sink>) -> Result<Ran> {
        match self.0 {
            Kind::Database(database) => database.run(request, sink).await,
            Kind::Held(held, at) => held.run(at, request, sink).await,
        }
    }

    /// Runs a request whose rows are read one by one.
    pub(crate) async fn stream(self, request: Request, sink: Box<dyn Sink>) -> Result<Ran> {
        match self.0 {
            Kind::Database(database) => database.stream(request, sink).await,
            Kind::Held(held, at) => held.stream(at, request, sink).await,
        }
    }
}

impl std::fmt::Debug for Handle<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Kind::Database(database) => database.fmt(f),
            Kind::Held(held, _) => held.fmt(f),
        }
    }
}
