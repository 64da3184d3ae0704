//! What the tests of the feature `sqlx` share: a pool of sqlx's to a fresh database of each backend.

use std::future::Future;

use aio_databases::{Backend, Database};
use aio_databases_tests::TestResult;
use sqlx::pool::PoolOptions;

/// Writes each case out for every backend: `async fn name(db, pool) { … }` becomes the tests `name::sqlite`, `name::postgres` and
/// `name::mysql`. `db` is our own `Database` to the same database.
#[macro_export]
macro_rules! on_every_pool {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident, $pool:ident) $body:block)*) => {$(
        mod $name {
            $crate::on_every_pool!(@one sqlite Sqlite $(#[$meta])* $name $db $pool $body);
            $crate::on_every_pool!(@one postgres Postgres $(#[$meta])* $name $db $pool $body);
            $crate::on_every_pool!(@one mysql Mysql $(#[$meta])* $name $db $pool $body);
        }
    )*};
    (@one $test:ident $backend:ident $(#[$meta:meta])* $name:ident $db:ident $pool:ident $body:block) => {
        #[test]
        $(#[$meta])*
        fn $test() {
            #[allow(unused_imports)]
            use super::*;

            #[allow(unused_variables)]
            async fn case(
                $db: ::aio_databases::Database,
                $pool: ::sqlx::Pool<$crate::of::$backend>,
            ) -> ::aio_databases_tests::TestResult {
                $body
                Ok(())
            }
            $crate::run(::aio_databases::Backend::$backend, case);
        }
    };
}

/// sqlx's databases by the names of our backends.
pub mod of {
    pub use sqlx::{MySql as Mysql, Postgres, Sqlite};
}

/// How many connections a test's pool has. With a connection for each of them it would not be seen that one is lost.
pub const CONNECTIONS: u32 = 2;

/// Runs a case with a pool of sqlx's to a database of its own.
pub fn run<D: sqlx::Database, F: Future<Output = TestResult>>(
    backend: Backend,
    case: impl FnOnce(Database, sqlx::Pool<D>) -> F,
) {
    aio_databases_tests::run(backend, |db| async move {
        let options = PoolOptions::new().max_connections(CONNECTIONS);
        let pool = options.connect(&aio_databases_tests::url(&db)).await?;
        let result = case(db, pool.clone()).await;
        pool.close().await;
        result
    });
}
