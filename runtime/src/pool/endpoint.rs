//! One server, or one file, and the pool of connections to it: a database's primary, or one of its replicas.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Instant,
};

use aio_databases_sql::Dialect;

use aio_databases_net as net;

use super::{Pool, Slot, lease::Lease, timed_out};
use crate::{
    Error, Result,
    backend::{
        Connector, Session,
        job::{Attempt, Job},
    },
    options::Options,
    statement::command::Command,
    url::DatabaseUrl,
};

pub(crate) struct Endpoint {
    pub(crate) url: DatabaseUrl,
    options: Arc<Options>,
    connector: Arc<dyn Connector>,
    pool: RwLock<Option<Arc<Pool>>>,
    /// Only one caller makes the pool at a time.
    making: tokio::sync::Mutex<()>,
}

impl Endpoint {
    pub(crate) fn new(url: DatabaseUrl, options: Arc<Options>, connector: Arc<dyn Connector>) -> Self {
        Endpoint { url, options, connector, pool: RwLock::default(), making: tokio::sync::Mutex::default() }
    }

    pub(crate) fn connector(&self) -> &Arc<dyn Connector> {
        &self.connector
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Makes the pool and opens its first connections. There is none where that fails, but for an error after which it
    /// `may_come_back`: then connections are opened when they are asked for.
    pub(crate) async fn connect(&self, may_come_back: fn(&Error) -> bool) -> Result<()> {
        let _making = self.making.lock().await;
        let (pool, is_new) = match self.pool() {
            Some(pool) => (pool, false),
            None => (self.new_pool().await?, true),
        };
        let filled = pool.fill(1).await;
        if is_new && filled.as_ref().err().is_none_or(may_come_back) {
            self.set_pool(pool);
        }
        filled
    }

    /// The pool, which is made when it is first needed. `None`: this database is not pooled unless it is connected.
    async fn pool_or_new(&self) -> Result<Option<Arc<Pool>>> {
        if !self.options.pooled {
            return Ok(self.pool());
        }
        let _making = self.making.lock().await;
        if let Some(pool) = self.pool() {
            return Ok(Some(pool));
        }
        let pool = self.new_pool().await?;
        self.set_pool(Arc::clone(&pool));
        Ok(Some(pool))
    }

    async fn new_pool(&self) -> Result<Arc<Pool>> {
        self.connector.keep(true).await?;
        let target = self.url.redacted().to_owned();
        Ok(Pool::new(Arc::clone(&self.connector), Arc::clone(&self.options), target))
    }

    fn set_pool(&self, pool: Arc<Pool>) {
        *self.pool.write().unwrap_or_else(PoisonError::into_inner) = Some(pool);
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

    /// Runs a job on the caller's thread, if there is an idle session and nothing to wait for. Otherwise the job is returned.
    pub(crate) fn run_now(&self, job: Job) -> Attempt {
        let started = Instant::now();
        let place = (job.command.file, job.command.line);
        let Some(mut lease) = self.take_idle(place, None, started) else {
            return Attempt::Later(job);
        };
        let (ran, ended) = lease.run_now(job, started);
        lease.end_now(ended);
        ran
    }

    /// Waits before a session is taken to write: see [`Connector::queue_to_write`].
    pub(crate) async fn queue_to_write(&self) -> Result<Option<Box<dyn Send>>> {
        match self.connector.is_remote() {
            true => Ok(None),
            false => self.connector.queue_to_write().await,
        }
    }

    /// Whether a pooler gives each transaction another session.
    pub(crate) fn is_behind_pooler(&self) -> bool {
        self.options.pooler
    }

    /// The most connections that its pool has.
    pub(crate) fn max_size(&self) -> usize {
        self.options.max_size
    }

    /// The SQL that is spoken here.
    pub(crate) fn dialect(&self) -> Dialect {
        self.url.backend().dialect()
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
        let (session, slot) = self.pool()?.take_idle(place, own, now)?;
        Some(self.lend(session, Some(slot), place))
    }

    fn lend(
        &self,
        mut session: Box<dyn Session>,
        slot: Option<Slot>,
        (file, line): (&'static str, u32),
    ) -> Lease {
        session.lend(file, line);
        Lease::new(session, Arc::clone(&self.options), slot)
    }

    async fn take_or_connect(&self, place: (&'static str, u32), own: Option<usize>) -> Result<Lease> {
        let pool = match self.pool() {
            Some(pool) => Some(pool),
            None => self.pool_or_new().await?,
        };
        let Some(pool) = pool else { return self.lease_alone(place).await };
        let (session, slot) = pool.acquire(place, own).await?;
        Ok(self.lend(session, Some(slot), place))
    }

    /// A session of its own, outside of the pool.
    pub(crate) async fn lease_alone(&self, place: (&'static str, u32)) -> Result<Lease> {
        let connecting = self.connector.connect();
        let session = match self.connector.is_remote() {
            true => net::timeout(self.options.acquire_timeout, connecting)
                .await
                .map_err(|_| timed_out(self.url.redacted(), self.options.acquire_timeout))??,
            false => connecting.await?,
        };
        Ok(self.lend(session, None, place))
    }

    pub(crate) fn pool(&self) -> Option<Arc<Pool>> {
        self.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
