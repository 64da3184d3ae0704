//! One server, or one file, and the pool of connections to it: a database's primary, or one of its replicas.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Instant,
};

use aio_databases_sql::Dialect;

use crate::{
    Error, Result,
    backend::sink::Sink,
    backend::{Connector, Session},
    execute::fetch::Now,
    pool::lease::Lease,
    pool::options::Options,
    pool::{Pool, Slot, timed_out},
    statement::command::Command,
    url::DatabaseUrl,
};

pub(crate) struct Endpoint {
    pub(crate) url: DatabaseUrl,
    options: Arc<Options>,
    connector: Arc<dyn Connector>,
    pool: RwLock<Option<Arc<Pool>>>,
}

impl Endpoint {
    pub(crate) fn new(url: DatabaseUrl, options: Arc<Options>, connector: Arc<dyn Connector>) -> Self {
        Endpoint { url, options, connector, pool: RwLock::default() }
    }

    /// Makes the pool and opens its first connections. There is none where that fails, but for an error after which it
    /// `may_come_back`: then connections are opened when they are asked for.
    pub(crate) async fn connect(&self, may_come_back: fn(&Error) -> bool) -> Result<()> {
        self.connector.keep(true).await?;
        let target = self.url.redacted().to_owned();
        let pool = Pool::new(Arc::clone(&self.connector), Arc::clone(&self.options), target);
        let filled = pool.fill(1).await;
        if filled.as_ref().err().is_none_or(may_come_back) {
            *self.pool.write().unwrap_or_else(PoisonError::into_inner) = Some(pool);
        }
        filled
    }

    /// Closes the pool.
    pub(crate) async fn disconnect(&self) -> Result<()> {
        let pool = self.pool.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(pool) = pool {
            pool.close().await;
        }
        self.connector.keep(false).await
    }

    /// Whether such a command may run on the caller's thread.
    pub(crate) fn runs_in_place(&self, command: &Command) -> bool {
        self.connector.runs_in_place(command)
    }

    /// Runs a command here and now, if there is an idle connection and nothing to wait for.
    pub(crate) fn now(&self, command: Command, sink: Box<dyn Sink>) -> Now {
        let started = Instant::now();
        let Some(mut lease) = self.take_idle((command.file, command.line), None, started) else {
            return Now::Later(command, sink);
        };
        let (now, ended) = lease.now(command, sink, started);
        lease.end_now(ended);
        now
    }

    /// Waits before a connection is taken to write: see [`Connector::line_up`].
    pub(crate) async fn line_up(&self) -> Result<Option<Box<dyn Send>>> {
        match self.url.backend() {
            Dialect::Sqlite => self.connector.line_up().await,
            _ => Ok(None),
        }
    }

    /// A connection of the pool, or one of its own where there is no pool. `own`: how many of the pool's the scopes around
    /// this hold.
    pub(crate) async fn lease(&self, place: (&'static str, u32), own: Option<usize>) -> Result<Lease> {
        match self.take_idle(place, own, Instant::now()) {
            Some(lease) => Ok(lease),
            None => Box::pin(self.take_or_connect(place, own)).await,
        }
    }

    /// An idle connection of the pool, if there is one.
    fn take_idle(&self, place: (&'static str, u32), own: Option<usize>, now: Instant) -> Option<Lease> {
        let (wire, home) = self.pool()?.take_idle(place, own, now)?;
        Some(self.lend(wire, Some(home), place))
    }

    fn lend(
        &self,
        mut wire: Box<dyn Session>,
        home: Option<Slot>,
        (file, line): (&'static str, u32),
    ) -> Lease {
        wire.lend(file, line);
        Lease::new(wire, self.url.backend(), Arc::clone(&self.options), home)
    }

    async fn take_or_connect(&self, place: (&'static str, u32), own: Option<usize>) -> Result<Lease> {
        let Some(pool) = self.pool() else { return self.lease_alone(place).await };
        let (wire, home) = pool.acquire(place, own).await?;
        Ok(self.lend(wire, Some(home), place))
    }

    /// A connection of its own, outside of the pool.
    pub(crate) async fn lease_alone(&self, place: (&'static str, u32)) -> Result<Lease> {
        let connecting = self.connector.connect();
        let wire = match self.connector.is_remote() {
            true => tokio::time::timeout(self.options.acquire_timeout, connecting)
                .await
                .map_err(|_| timed_out(self.url.redacted(), self.options.acquire_timeout))??,
            false => connecting.await?,
        };
        Ok(self.lend(wire, None, place))
    }

    pub(crate) fn pool(&self) -> Option<Arc<Pool>> {
        self.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
