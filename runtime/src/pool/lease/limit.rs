//! How long a query can take: its own limit, or else that of the transaction, the guard or scope, or the database.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use aio_databases_net as net;
use aio_databases_sql::Dialect;

use super::{Lease, State};
use crate::{
    Error, Result,
    backend::{
        Outcome,
        sink::{Progress, Sink},
    },
    statement::command::{Command, Text},
};

impl Lease {
    /// Sets how long each query on it can take. `None` leaves it to the database.
    pub(crate) fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }

    fn limit(&self) -> Option<Duration> {
        self.levels.timeout().or(self.timeout).or(self.options.query_timeout)
    }

    /// Runs a command, until it ends, its time is over, or its pool is closed.
    pub(super) async fn attempt_in_time(
        &mut self,
        command: &Arc<Command>,
        sink: Box<dyn Sink>,
    ) -> Result<Outcome> {
        let Some(end) = self.slot.as_ref().map(|slot| Arc::clone(slot.end())) else {
            return self.attempt_within(command, sink).await;
        };
        match end.has_come() {
            true => Err(Error::PoolClosed),
            false => end.limit(self.attempt_within(command, sink)).await?,
        }
    }

    /// Runs a command for as long as it can take. A stream can take that long for the next of its rows.
    ///
    /// If the time is over, the command is left as if its future had been dropped.
    async fn attempt_within(&mut self, command: &Arc<Command>, sink: Box<dyn Sink>) -> Result<Outcome> {
        let Some(limit) = command.timeout.or_else(|| self.limit()) else {
            return self.attempt(command, sink).await;
        };
        let progress = sink.progress();
        let attempt = Box::pin(self.attempt(command, sink));
        let ran = match progress {
            None => net::timeout(limit, attempt).await,
            Some(progress) => paced(limit, &*progress, attempt).await,
        };
        ran.unwrap_or(Err(Error::QueryTimedOut { after: limit, query: None }))
    }

    /// Runs a statement about the transaction for as long as a query can take. After that the session is given up: nobody knows
    /// which transaction is open. SQLite's locks have time limits of their own.
    pub(super) async fn control_in_time(&mut self, begin: Option<Text>, sql: Text) -> Result<()> {
        let limit = self.limit().filter(|_| self.dialect != Dialect::Sqlite);
        let Some(limit) = limit else { return self.session().control(begin, sql).await };
        let done = net::timeout(limit, self.session().control(begin, sql)).await;
        done.unwrap_or_else(|_| {
            self.is_lost = true;
            Err(Error::QueryTimedOut { after: limit, query: None })
        })
    }

    /// Cleans up after a statement whose future was dropped, for as long as a query can take.
    pub(super) async fn recover_in_time(&mut self) -> Result<()> {
        let Some(limit) = self.limit() else {
            self.recover().await;
            return Ok(());
        };
        let recovered = net::timeout(limit, self.recover()).await;
        recovered.map_err(|_| Error::QueryTimedOut { after: limit, query: None })
    }

    /// Has a statement that took too long stopped, so that it does not go on while nobody waits for it.
    pub(crate) async fn stop(&mut self) {
        if self.state == State::Running {
            // Otherwise it is tried again before the next statement, and when the session is returned.
            let _ = net::timeout(self.patience(), self.recover()).await;
        }
    }
}

/// Limits how long a stream can take for its next row. While its reader does something else, no time passes.
async fn paced<F: Future>(
    limit: Duration,
    progress: &dyn Progress,
    mut stream: Pin<Box<F>>,
) -> Result<F::Output, net::TimedOut> {
    let mut timer: Option<Pin<Box<net::Sleep>>> = None;
    poll_fn(|cx| {
        let before = progress.rows();
        if let Poll::Ready(output) = stream.as_mut().poll(cx) {
            return Poll::Ready(Ok(output));
        }
        if progress.rows() > before {
            // The reader has rows to read, and polls again after that.
            timer = None;
            return Poll::Pending;
        }
        timer
            .get_or_insert_with(|| Box::pin(net::sleep(limit)))
            .as_mut()
            .poll(cx)
            .map(|()| Err(net::TimedOut))
    })
    .await
}
