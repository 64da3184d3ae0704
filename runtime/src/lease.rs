//! A connection in use, and in what state it is.

use std::{sync::Arc, time::Instant};

use aio_databases_sql::Dialect;
use tracing::Instrument as _;

use crate::{
    Error, Result,
    backend::{self, Outcome, Wire},
    command::{Args, Command},
    fetch::{Ran, Request},
    options::Options,
    pool::Home,
    sink::Sink,
    trace,
    verb::Verb,
};

/// A connection in use. Dropped, it goes back to its pool if it is as good as new, else it is closed.
pub(crate) struct Lease {
    /// Gone only while it is dropped or closed.
    wire: Option<Box<dyn Wire>>,
    backend: Dialect,
    options: Arc<Options>,
    home: Option<Home>,
    state: State,
    /// A transaction that the user began by a statement is open.
    open: bool,
    /// A statement changed what later ones mean (`set`, `attach`, …): nobody else may have this connection.
    changed: bool,
    /// What takes back a transaction of our own, from before it begins until it has ended.
    unfinished: Option<&'static str>,
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

const MANY_BEGIN: &str = "savepoint aio_databases_many";
const MANY_END: &str = "release savepoint aio_databases_many";
const MANY_UNDO: &str = "rollback to savepoint aio_databases_many";

impl Lease {
    pub(crate) fn new(
        wire: Box<dyn Wire>,
        backend: Dialect,
        options: Arc<Options>,
        home: Option<Home>,
    ) -> Self {
        Lease {
            wire: Some(wire),
            backend,
            options,
            home,
            state: State::Ready,
            open: false,
            changed: false,
            unfinished: None,
        }
    }

    /// Runs a request to its end.
    pub(crate) async fn run(&mut self, request: Request, sink: Box<dyn Sink>) -> Result<Ran> {
        let command = Arc::new(Command::new(request, self.backend)?);
        let span = trace::span(&command, self.backend);
        let started = Instant::now();
        let outcome = self.attempt(&command, sink).instrument(span.clone()).await;
        trace::slow(&command, started, self.options.slow_query);
        let Outcome { sink, result, rows } = outcome.map_err(|error| command.explain(error))?;
        span.record("db.response.returned_rows", rows);
        match result {
            Ok(done) => Ok(Ran { done, sink, command }),
            Err(error) => Err(command.explain(error)),
        }
    }

    async fn attempt(&mut self, command: &Arc<Command>, sink: Box<dyn Sink>) -> Result<Outcome> {
        self.prepare().await?;
        match command.verb {
            Verb::Begin => self.open = true,
            Verb::Session => self.changed = true,
            _ => {}
        }
        let outcome = match command.args {
            Args::Many(_) => self.all_or_nothing(command, sink).await?,
            Args::One(_) | Args::Script => self.step(command, sink).await,
        };
        if command.verb == Verb::End && outcome.result.is_ok() {
            self.open = false;
        }
        Ok(outcome)
    }

    /// Makes sure that the connection can take a statement.
    async fn prepare(&mut self) -> Result<()> {
        if self.state == State::Running {
            let recovered = self.wire().recover().await;
            if let (Ok(()), Some(undo)) = (&recovered, self.unfinished) {
                match self.wire().control(undo).await {
                    // There was nothing to take back.
                    Ok(()) | Err(Error::Database(_)) => self.unfinished = None,
                    Err(_) => self.state = State::Broken,
                }
            }
            if self.state == State::Running {
                self.state = if recovered.is_ok() { State::Ready } else { State::Broken };
            }
        }
        match self.state {
            State::Broken => Err(Error::Interrupted { query: None }),
            _ => Ok(()),
        }
    }

    /// Runs one command.
    async fn step(&mut self, command: &Arc<Command>, sink: Box<dyn Sink>) -> Outcome {
        self.state = State::Running;
        let outcome = self.wire().run(Arc::clone(command), sink).await;
        self.settle(outcome.result.as_ref().err());
        outcome
    }

    async fn control(&mut self, sql: &'static str) -> Result<()> {
        self.state = State::Running;
        let result = self.wire().control(sql).await;
        self.settle(result.as_ref().err());
        result
    }

    fn settle(&mut self, error: Option<&Error>) {
        self.state = if error.is_some_and(Error::ends_connection) { State::Broken } else { State::Ready };
    }

    /// Runs one statement for many rows in a transaction, or in a savepoint of the one that is open.
    async fn all_or_nothing(&mut self, command: &Arc<Command>, sink: Box<dyn Sink>) -> Result<Outcome> {
        let (begin, commit, undo) = match self.open {
            false => (backend::begin(self.backend), "commit", "rollback"),
            true => (MANY_BEGIN, MANY_END, MANY_UNDO),
        };
        self.unfinished = Some(undo);
        self.control(begin).await?;
        let mut outcome = self.step(command, sink).await;
        if outcome.result.is_ok()
            && let Err(error) = self.control(commit).await
        {
            outcome.result = Err(error);
        }
        if outcome.result.is_err() && self.state == State::Ready {
            // The first error is the one to tell. Where this fails as well, the connection is not used again.
            if self.control(undo).await.is_err() && !self.undone_by_itself() {
                self.state = State::Broken;
            }
        }
        self.unfinished = None;
        Ok(outcome)
    }

    /// SQLite takes some failed transactions back without being asked, and `rollback` is an error then.
    fn undone_by_itself(&self) -> bool {
        self.backend == Dialect::Sqlite && self.state == State::Ready && !self.open
    }

    /// Whether someone else may have it.
    fn is_clean(&self) -> bool {
        self.state == State::Ready
            && !self.open
            && !self.changed
            && self.unfinished.is_none()
            && self.wire.as_ref().is_some_and(|wire| wire.is_clean())
    }

    /// Gives a pooled connection back, and closes one that is not pooled.
    pub(crate) async fn end(mut self) {
        if self.home.is_none()
            && self.state != State::Running
            && let Some(wire) = self.wire.take()
        {
            wire.close().await;
        }
    }

    fn wire(&mut self) -> &mut dyn Wire {
        &mut **self.wire.as_mut().expect("a lease has its connection until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let clean = self.is_clean();
        let state = self.state;
        match (self.wire.take(), self.home.take()) {
            (Some(wire), Some(home)) if clean => home.give_back(wire),
            (Some(wire), home) => {
                // The place in the pool is free at once.
                drop(home);
                if state == State::Ready {
                    close_in_background(wire);
                }
            }
            (None, _) => {}
        }
    }
}

/// Says goodbye without anyone waiting for it, where there is a runtime to do so; else the connection is just dropped.
pub(crate) fn close_in_background(wire: Box<dyn Wire>) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(wire.close());
    }
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lease")
            .field("backend", &self.backend)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
