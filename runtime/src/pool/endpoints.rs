//! Where a database's sessions come from: its primary and its replicas.

use std::sync::{Arc, Weak};

use super::{endpoint::Endpoint, replicas::Replicas};
use crate::{
    Error, Result,
    backend::{
        job::{Attempt, Job, Ran, Running},
        sink::Sink,
    },
    statement::{Access, command::Command},
};

/// The endpoints of one database. Clones of a `Database` share them, and a scope belongs to one of these.
pub(crate) struct Endpoints {
    pub(crate) primary: Endpoint,
    pub(crate) replicas: Replicas,
    /// Only one caller connects or disconnects at a time.
    switching: tokio::sync::Mutex<()>,
}

impl Endpoints {
    pub(crate) fn new(
        primary: impl FnOnce(&Weak<Endpoints>) -> Endpoint,
        replicas: impl IntoIterator<Item: FnOnce(&Weak<Endpoints>) -> Endpoint>,
    ) -> Arc<Self> {
        Arc::new_cyclic(|endpoints| Endpoints {
            primary: primary(endpoints),
            replicas: Replicas::new(replicas.into_iter().map(|replica| replica(endpoints))),
            switching: tokio::sync::Mutex::default(),
        })
    }

    /// Makes the pools, unless there are some, and opens their first sessions.
    pub(crate) async fn connect(&self) -> Result<()> {
        let _switching = self.switching.lock().await;
        if self.is_connected() {
            return Ok(());
        }
        let connected = match self.primary.connect(|_| false).await {
            Ok(()) => self.replicas.connect().await,
            refused => refused,
        };
        if connected.is_err() {
            // The first error is the one to report.
            drop(self.close().await);
        }
        connected
    }

    /// Closes the pools.
    pub(crate) async fn disconnect(&self) -> Result<()> {
        let _switching = self.switching.lock().await;
        self.close().await
    }

    async fn close(&self) -> Result<()> {
        let primary = self.primary.disconnect().await;
        self.replicas.disconnect().await.and(primary)
    }

    /// Whether there are pools.
    pub(crate) fn is_connected(&self) -> bool {
        self.primary.pool().is_some()
    }

    /// Runs a job on any session of the primary.
    pub(crate) fn run(&self, job: Job) -> Running<'_> {
        let job = match self.primary.runs_in_place(&job.command) {
            true => self.primary.run_now(job),
            false => Attempt::Later(job),
        };
        match job {
            Attempt::Ran(ran) => Running::Ready(ran),
            // Shared from here on, so that the futures that hand it on are small: above a kilobyte, memory costs more.
            Attempt::Later(job) => Running::waiting(self.run_later(Arc::new(job.command), job.sink)),
        }
    }

    async fn run_later(&self, command: Arc<Command>, sink: Box<dyn Sink>) -> Result<Ran> {
        if command.leaves_transaction(self.primary.dialect()) {
            return Err(command.explain(Error::Transaction {
                message: "the transaction would end at once, because its connection returns to the pool: use \
                          `db.transaction()`, or run the statement on a connection from `db.connection()`",
                query: None,
            }));
        }
        let _queued = match command.access {
            Access::Write => self.primary.queue_to_write().await.map_err(|error| command.explain(error))?,
            Access::Read => None,
        };
        let mut lease = self.primary.lease((command.file, command.line), None).await?;
        let ran = lease.run(Arc::clone(&command), sink).await;
        if ran.is_ok() && lease.in_transaction() {
            // A procedure that does not commit, for one. The lease rolls back before anyone else has the session.
            tracing::warn!(
                target: "aio_databases::query",
                {
                    db.query.text = command.text.as_str(),
                    code.file.path = command.file,
                    code.line.number = command.line,
                },
                "the statement left a transaction open, which is rolled back: run it on a connection from `db.connection()`, and \
                 commit there"
            );
        }
        lease.end().await;
        ran
    }
}
