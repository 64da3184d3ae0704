//! What sqlx has opened: its pools, its connections and its transactions run the same queries as ours do.
//!
//! sqlx prepares the statements, binds them and receives their rows. Arguments are encoded and rows are decoded by the codecs of our own
//! backends. There are no sessions here: sqlx's pool looks after its connections, and sqlx counts their transactions.

mod errors;
mod lent;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
mod run;
#[cfg(feature = "sqlite")]
mod sqlite;

use ::sqlx::{Pool, Transaction, pool::PoolConnection};
use aio_databases_sql::Dialect;

use crate::{
    Executor, ReadExecutor, Result,
    backend::{
        BoxFuture,
        job::{Job, Neighbour, Ran},
    },
    execute::executor::{Handle, Takes, reach::Exclusive, sealed::Sealed},
    statement::access::Access,
};
use lent::Lent;
use run::Driver;

impl<'e, D: Driver> Neighbour for Lent<'e, D> {
    fn dialect(&self) -> Dialect {
        D::BACKEND.dialect()
    }

    fn run<'n>(self: Box<Self>, job: Job) -> BoxFuture<'n, Result<Ran>>
    where
        Self: 'n,
    {
        Box::pin(run::run(*self, job))
    }
}

macro_rules! executors {
    ($($feature:literal $database:ident $connection:ident),*) => {$(
        #[cfg(feature = $feature)]
        impl Executor for Pool<::sqlx::$database> {}
        #[cfg(feature = $feature)]
        impl Sealed for Pool<::sqlx::$database> {}
        #[cfg(feature = $feature)]
        impl ReadExecutor for Pool<::sqlx::$database> {
            fn executor(&self) -> Handle<'_> {
                Handle::of_neighbour(Lent::Pool(self))
            }
        }
        executors!(@one_query $feature $database [] ::sqlx::$connection, Lent::Connection);
        executors!(@one_query $feature $database [] PoolConnection<::sqlx::$database>, Lent::PoolConnection);
        executors!(@one_query $feature $database ['t,] Transaction<'t, ::sqlx::$database>, |tx| Lent::Connection(&mut **tx));
    )*};
    (@one_query $feature:literal $database:ident [$($lifetime:tt)*] $connection:ty, $lent:expr) => {
        #[cfg(feature = $feature)]
        #[diagnostic::do_not_recommend]
        impl<'e, $($lifetime)* A: Access> Takes<'e, A> for &'e mut $connection {
            fn handle(self) -> Handle<'e> {
                let lent: fn(&'e mut $connection) -> Lent<'e, ::sqlx::$database> = $lent;
                Handle::of_neighbour(lent(self))
            }
        }
        #[cfg(feature = $feature)]
        impl<$($lifetime)*> Exclusive for $connection {}
    };
}
executors!("postgres" Postgres PgConnection, "mysql" MySql MySqlConnection, "sqlite" Sqlite SqliteConnection);
