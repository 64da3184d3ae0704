//! A connection of sqlx's for one job, and what becomes of it if the job's future is dropped.

use std::sync::atomic::{AtomicBool, Ordering};

use ::sqlx::{Database, Pool, pool::PoolConnection};

use super::{errors, run::Driver};
use crate::Result;

/// What a job runs on.
pub(super) enum Lent<'e, D: Database> {
    /// A connection of the pool, for this job.
    Pool(&'e Pool<D>),
    /// The caller's connection, which came from a pool.
    PoolConnection(&'e mut PoolConnection<D>),
    /// The caller's connection, perhaps in a transaction.
    Connection(&'e mut D::Connection),
}

/// The connection of a job that runs.
pub(super) struct InUse<'e, D: Driver> {
    connection: Held<'e, D>,
    pub(super) state: State,
}

enum Held<'e, D: Database> {
    /// Gone only while this is dropped.
    Own(Option<PoolConnection<D>>),
    OfPool(&'e mut PoolConnection<D>),
    Bare(&'e mut D::Connection),
}

/// Whether sqlx would lose track of what a connection is doing if the job's future was dropped now.
#[derive(Debug, Default)]
pub(super) struct State {
    is_unsettled: AtomicBool,
    /// Nobody but this job has the connection, so no transaction is open on it.
    pub(super) is_own: bool,
}

impl State {
    pub(super) fn set_unsettled(&self, is_unsettled: bool) {
        self.is_unsettled.store(is_unsettled, Ordering::Relaxed);
    }
}

impl<'e, D: Driver> InUse<'e, D> {
    /// Takes a connection of the pool, if none was lent.
    pub(super) async fn new(lent: Lent<'e, D>) -> Result<Self> {
        let connection = match lent {
            Lent::Pool(pool) => {
                let started = std::time::Instant::now();
                let acquired = pool.acquire().await;
                Held::Own(Some(acquired.map_err(|error| errors::acquire(pool, started.elapsed(), error))?))
            }
            Lent::PoolConnection(connection) => Held::OfPool(connection),
            Lent::Connection(connection) => Held::Bare(connection),
        };
        let is_own = matches!(connection, Held::Own(_));
        Ok(InUse { connection, state: State { is_own, ..State::default() } })
    }

    /// The connection, beside its state.
    pub(super) fn parts(&mut self) -> (&mut D::Connection, &State) {
        let connection = match &mut self.connection {
            Held::Own(connection) => connection.as_mut().expect("it is there until it is dropped"),
            Held::OfPool(connection) => connection,
            Held::Bare(connection) => return (connection, &self.state),
        };
        (connection, &self.state)
    }
}

impl<D: Driver> Drop for InUse<'_, D> {
    fn drop(&mut self) {
        if !*self.state.is_unsettled.get_mut() {
            return;
        }
        match &mut self.connection {
            // The socket is closed at once, and the pool opens another connection when it needs one.
            Held::Own(connection) => drop(connection.take().map(PoolConnection::detach)),
            Held::OfPool(connection) => connection.close_on_drop(),
            Held::Bare(_) => tracing::warn!(
                target: "aio_databases::cancel",
                "a query was dropped at a moment after which sqlx cannot go on with its connection: close the connection, or run \
                 the query on the pool"
            ),
        }
    }
}
