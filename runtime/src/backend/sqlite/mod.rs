//! SQLite: `rusqlite`, with a worker thread a connection.
//!
//! Whole statements go to the thread and whole results come back; rows are decoded there. The session stands in a mutex:
//! a short statement that only reads runs on the caller's thread.

mod cancel;
#[cfg(feature = "verify")]
mod describe;
mod error;
mod in_place;
mod open;
mod session;
mod worker;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};
use std::time::Duration;

use super::{BoxFuture, Connector, Outcome, Wire};
use crate::{
    Result,
    command::{Command, Text},
    sink::{Discard, Sink},
    url::{Mode, SqliteTarget},
};
use session::Settings;
use worker::Worker;

/// Opens connections to one SQLite database.
pub(super) struct SqliteConnector {
    target: SqliteTarget,
    redacted: String,
    /// A database in memory lives as long as a connection to it: this one.
    anchor: Mutex<Option<Anchor>>,
    /// How long a read may run on the caller's thread.
    in_place: Duration,
}

struct Anchor {
    name: String,
    _connection: rusqlite::Connection,
}

impl SqliteConnector {
    pub(super) fn new(target: SqliteTarget, redacted: &str, in_place: Duration) -> Self {
        SqliteConnector { target, redacted: redacted.to_owned(), anchor: Mutex::default(), in_place }
    }

    /// The name of what to open. In memory: the pool's one database, else one that nobody shares.
    fn place(&self) -> open::Place {
        if self.target.mode != Mode::Memory {
            return open::Place::File;
        }
        match &*self.anchor.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(anchor) => open::Place::SharedMemory(anchor.name.clone()),
            None => open::Place::OwnMemory,
        }
    }

    fn drop_anchor(&self, keep: bool) -> Result<()> {
        if self.target.mode != Mode::Memory {
            return Ok(());
        }
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let anchor = match keep {
            true => {
                let name = format!("aio-databases-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
                let place = open::Place::SharedMemory(name.clone());
                let connection = open::open(&self.target, &place, &self.redacted)?;
                Some(Anchor { name, _connection: connection })
            }
            false => None,
        };
        *self.anchor.lock().unwrap_or_else(PoisonError::into_inner) = anchor;
        Ok(())
    }
}

impl Connector for SqliteConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Wire>>> {
        let (target, place, redacted) = (self.target.clone(), self.place(), self.redacted.clone());
        Box::pin(async move {
            let settings =
                Settings { in_memory: target.mode == Mode::Memory, busy_timeout: target.busy_timeout };
            let worker = Worker::start(settings, move || open::open(&target, &place, &redacted)).await?;
            Ok(Box::new(SqliteWire { worker, in_place: self.in_place }) as Box<dyn Wire>)
        })
    }

    fn is_remote(&self) -> bool {
        false
    }

    fn keep(&self, connected: bool) -> BoxFuture<'_, Result<()>> {
        // Opening what is in memory takes microseconds.
        Box::pin(std::future::ready(self.drop_anchor(connected)))
    }
}

/// One connection, on its worker.
struct SqliteWire {
    worker: Worker,
    in_place: Duration,
}

impl Wire for SqliteWire {
    fn run(&mut self, command: Arc<Command>, sink: Box<dyn Sink>) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let sink = match in_place::run(&self.worker, &command, sink, self.in_place) {
                Ok(outcome) => {
                    in_place::share(self.in_place).await;
                    return outcome;
                }
                Err(sink) => sink,
            };
            match self.worker.call(move |session| session.run(&command, sink)).await {
                Ok(outcome) => outcome,
                Err(error) => Outcome { sink: Box::new(Discard), result: Err(error), rows: 0 },
            }
        })
    }

    fn control(&mut self, sql: Text) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.worker.call(move |session| session.script(sql.as_str())).await? })
    }

    #[cfg(feature = "verify")]
    fn describe(&mut self, wanted: crate::verify::Wanted) -> BoxFuture<'_, Result<crate::verify::Described>> {
        Box::pin(async move { self.worker.call(move |session| describe::describe(session, &wanted)).await? })
    }

    fn recover(&mut self) -> BoxFuture<'_, Result<()>> {
        // What was cancelled stops by itself; after it comes this.
        Box::pin(async move { self.worker.call(|_| ()).await })
    }

    fn is_clean(&self) -> bool {
        self.worker.is_outside_of_transactions()
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(self.worker.close())
    }
}
