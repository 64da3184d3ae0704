//! A connection in use, in what state it is, and which transactions are open on it.

mod release;
mod transactions;

use std::{pin::pin, sync::Arc, time::Instant};

use aio_databases_sql::Dialect;

pub(crate) use release::close_in_background;
pub(crate) use transactions::{Abandoned, LevelId, Opener};

use crate::{
    Error, Result,
    backend::sink::Sink,
    backend::thread_budget,
    backend::transaction::Mode,
    backend::{Outcome, Session},
    execute::fetch::{Now, Ran},
    pool::Slot,
    pool::options::Options,
    pool::replicas::Busy,
    statement::Access,
    statement::command::{Args, Command, Text},
    statement::kind::StatementKind,
    statement::trace,
};
use transactions::Levels;

/// A connection in use. Dropped, it goes back to its pool if it is as good as new, after its transaction was rolled
/// back if one is open; else it is closed.
pub(crate) struct Lease {
    /// Gone only while it is dropped or closed.
    wire: Option<Box<dyn Session>>,
    backend: Dialect,
    options: Arc<Options>,
    home: Option<Slot>,
    /// The replica that it leads to: nothing may be written then.
    replica: Option<Busy>,
    state: State,
    /// A transaction that the user began by a statement is open.
    open: bool,
    /// A statement changed what later ones mean (`set`, `attach`, …): nobody else may have this connection.
    changed: bool,
    /// It comes from the pool, and nothing was sent since: the server may have closed it meanwhile.
    unproved: bool,
    /// The transactions of guards and scopes that are open.
    levels: Levels,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is under way.
    Ready,
    /// Something was sent, and its end was not seen yet. Where this is found before a statement, the one before was
    /// cancelled.
    Running,
    /// Nothing more can be done with it.
    Broken,
}

impl Lease {
    pub(crate) fn new(
        wire: Box<dyn Session>,
        backend: Dialect,
        options: Arc<Options>,
        home: Option<Slot>,
    ) -> Self {
        Lease {
            wire: Some(wire),
            backend,
            options,
            unproved: home.as_ref().is_some_and(Slot::is_used),
            home,
            replica: None,
            state: State::Ready,
            open: false,
            changed: false,
            levels: Levels::default(),
        }
    }

    /// The same, to a replica.
    pub(crate) fn of_replica(mut self, replica: Busy) -> Self {
        self.replica = Some(replica);
        self
    }

    /// Whether it leads to a replica.
    pub(crate) fn is_replica(&self) -> bool {
        self.replica.is_some()
    }

    /// The connection's number: see [`Session::number`].
    #[cfg(feature = "sqlite")]
    pub(crate) fn number(&self) -> Option<u64> {
        self.wire.as_ref().and_then(|wire| wire.number())
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&mut self, command: Arc<Command>, sink: Box<dyn Sink>) -> Result<Ran> {
        let span = trace::span(&command, self.backend);
        let started = Instant::now();
        let outcome = trace::inside(&span, pin!(self.attempt(&command, sink))).await;
        let took = started.elapsed();
        trace::ended(&command, self.backend, outcome.as_ref(), took, self.options.slow_query);
        let outcome = outcome.map_err(|error| command.explain(error))?;
        ran(&command, outcome, &span)
    }

    /// Runs a command here and now, if that takes no waiting; and tells the time.
    pub(crate) fn now(&mut self, command: Command, sink: Box<dyn Sink>, started: Instant) -> (Now, Instant) {
        let refused = self.is_replica() && command.access == Access::Write;
        if refused
            || self.state != State::Ready
            || self.levels.has_abandoned()
            || self.check(&command, false).is_err()
        {
            return (Now::Later(command, sink), started);
        }
        let span = trace::span(&command, self.backend);
        let outcome = {
            let _inside = span.enter();
            self.state = State::Running;
            self.wire().run_now(&command, sink, started)
        };
        let ended = Instant::now();
        let took = ended - started;
        thread_budget::add(took, self.options.in_place);
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(sink) => {
                self.state = State::Ready;
                return (Now::Later(command, sink), ended);
            }
        };
        self.settle(outcome.result.as_ref().err(), || Some(command.place()));
        trace::ended(&command, self.backend, Ok(&outcome), took, self.options.slow_query);
        (Now::Ran(ran(&command, outcome, &span)), ended)
    }

    async fn attempt(&mut self, command: &Arc<Command>, sink: Box<dyn Sink>) -> Result<Outcome> {
        if self.is_replica() && command.access == Access::Write {
            return Err(Error::ReadOnly { query: Box::new(command.place()) });
        }
        self.prepare().await?;
        let (begins, last) = command.controls(self.backend);
        self.check(command, last.is_some())?;
        self.open |= begins;
        self.changed |= command.kind == StatementKind::Session;
        let outcome = match command.args {
            Args::Many(_) => Box::pin(self.all_or_nothing(command, sink)).await?,
            #[cfg(feature = "sqlite")]
            Args::PackedRows(_) => Box::pin(self.all_or_nothing(command, sink)).await?,
            Args::One(_) | Args::Batch(..) | Args::Script => self.step(command, sink).await,
        };
        if let (Some(last), Ok(_)) = (last, &outcome.result) {
            self.open = last == StatementKind::Begin;
        }
        Ok(outcome)
    }

    /// Nobody else gets the connection: it is closed in the end.
    pub(crate) fn keep(&mut self) {
        self.changed = true;
    }

    /// Whether the open transactions take such a statement.
    fn check(&self, command: &Command, controls: bool) -> Result<()> {
        if self.levels.is_empty() {
            return Ok(());
        }
        if controls {
            return Err(Error::Transaction {
                message: "a transaction is open here: end it by `commit()` or `rollback()`, and nest another by \
                          `transaction()`, not by a statement",
                query: Some(Box::new(command.place())),
            });
        }
        if self.levels.are_read_only() && command.access == Access::Write {
            return Err(Error::ReadOnly { query: Box::new(command.place()) });
        }
        self.levels.check()
    }

    /// Makes sure that the connection can take a statement, and takes back what was cancelled.
    ///
    /// What is seldom is in a box here and elsewhere on the way of a statement: its future is small, and cheap to make.
    async fn prepare(&mut self) -> Result<()> {
        if self.state != State::Ready || self.levels.has_abandoned() {
            Box::pin(self.recover()).await;
        }
        match self.state {
            State::Ready => Ok(()),
            _ => Err(Error::Interrupted { query: None }),
        }
    }

    /// Takes back what was cancelled.
    async fn recover(&mut self) {
        if self.state == State::Running {
            let recovered = self.wire().recover().await;
            self.state = if recovered.is_ok() { State::Ready } else { State::Broken };
            if self.state == State::Ready && self.in_transaction() && self.backend == Dialect::Postgres {
                // What was cancelled may have failed, and the transaction with it: then this fails, and that is noted.
                let _ = self.control(Text::Static("select 1")).await;
            }
            // SQLite takes a transaction back of which it was to stop a statement that writes.
            if self.backend == Dialect::Sqlite && self.wire().is_clean() {
                self.open = false;
                self.levels.lose();
            }
        }
        if self.state == State::Ready && self.levels.has_abandoned() {
            self.take_back().await;
        }
    }

    /// Has a statement prepared, and not run.
    #[cfg(feature = "verify")]
    pub(crate) async fn describe(
        &mut self,
        wanted: crate::verify::Wanted,
    ) -> Result<crate::verify::Described> {
        self.prepare().await?;
        self.state = State::Running;
        let described = self.wire().describe(wanted).await;
        self.settle(described.as_ref().err(), || None);
        described
    }

    /// Runs one command; on a new connection where the one from the pool was closed while it was idle.
    async fn step(&mut self, command: &Arc<Command>, sink: Box<dyn Sink>) -> Outcome {
        self.state = State::Running;
        let mut outcome = self.wire().run(Arc::clone(command), sink).await;
        if let Err(error) = &outcome.result
            && self.unproved
            && outcome.rows == 0
            && !self.in_transaction()
            && command.may_run_again(error, self.backend)
            && Box::pin(self.renew()).await
        {
            outcome = self.wire().run(Arc::clone(command), outcome.sink).await;
        }
        self.settle(outcome.result.as_ref().err(), || Some(command.place()));
        outcome
    }

    async fn control(&mut self, sql: Text) -> Result<()> {
        self.state = State::Running;
        let mut result = self.wire().control(sql.clone()).await;
        // Nothing is lost with a connection on which nothing was done.
        if result.as_ref().is_err_and(Error::ends_connection) && self.unproved && self.renew().await {
            result = self.wire().control(sql).await;
        }
        self.settle(result.as_ref().err(), || None);
        result
    }

    /// Takes a new connection for one that the server has closed.
    async fn renew(&mut self) -> bool {
        self.unproved = false;
        let Some(home) = &mut self.home else { return false };
        match home.renew().await {
            Ok(wire) => {
                self.wire = Some(wire);
                true
            }
            // The first error is the one to tell.
            Err(_) => false,
        }
    }

    fn settle(&mut self, error: Option<&Error>, place: impl FnOnce() -> Option<crate::QueryPlace>) {
        self.unproved = false;
        self.state = match error {
            Some(error) if error.ends_connection() => {
                if let Some(home) = &self.home {
                    home.lost();
                }
                State::Broken
            }
            _ => State::Ready,
        };
        if let Some(replica) = &self.replica {
            replica.answered(self.state != State::Broken);
        }
        match error {
            None => self.levels.succeeded(),
            Some(error) => {
                let outside = self.backend == Dialect::Sqlite && self.wire().is_clean();
                self.levels.failed(error, self.open, outside, place);
            }
        }
    }

    /// Runs one statement for many rows: for all at once, or row by row.
    async fn all_or_nothing(&mut self, command: &Arc<Command>, sink: Box<dyn Sink>) -> Result<Outcome> {
        let Some(batch) = command.all_at_once() else { return self.in_level(command, sink).await };
        let outcome = match batch.is_atomic() && !self.in_transaction() {
            true => self.step(&batch, sink).await,
            false => self.in_level(&batch, sink).await?,
        };
        match &outcome.result {
            // Row by row it may go (`do update` of one row twice), and if not, it is known which row it was.
            Err(error) if self.state == State::Ready && error.is_of_a_row() => {
                self.in_level(command, outcome.sink).await
            }
            _ => Ok(outcome),
        }
    }

    /// Runs a command in a transaction, or in a savepoint of the one that is open.
    async fn in_level(&mut self, command: &Arc<Command>, sink: Box<dyn Sink>) -> Result<Outcome> {
        if !self.in_transaction() && self.wire().is_clean() && self.wire().makes_whole(command) {
            return Ok(self.step(command, sink).await);
        }
        let (level, _) = self.begin(&Mode::default(), Opener::Guard).await?;
        // If this is dropped midway, nobody else ends it.
        let abandoned = self.levels.abandon(level);
        let mut outcome = self.step(command, sink).await;
        abandoned.take_up(level);
        match &outcome.result {
            Ok(_) => {
                if let Err(error) = self.finish(level, true).await {
                    outcome.result = Err(error);
                }
            }
            // The first error is the one to tell.
            Err(_) => drop(self.finish(level, false).await),
        }
        Ok(outcome)
    }

    fn wire(&mut self) -> &mut dyn Session {
        &mut **self.wire.as_mut().expect("a lease has its connection until it is dropped")
    }
}

/// What a command came to.
fn ran(command: &Command, outcome: Outcome, span: &tracing::Span) -> Result<Ran> {
    let Outcome { sink, result, rows } = outcome;
    span.record("db.response.returned_rows", rows);
    match result {
        Ok(done) => Ok(Ran { done, sink, place: command.at() }),
        Err(error) => Err(command.explain(error)),
    }
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lease")
            .field("backend", &self.backend)
            .field("state", &self.state)
            .field("transactions", &self.levels.len())
            .finish_non_exhaustive()
    }
}
