//! A session in use: its state, and which transactions are open in it.

mod limit;
mod release;
pub(crate) mod trace;
mod transactions;

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use aio_databases_net as net;
use aio_databases_sql::Dialect;
use futures_util::future::{Either, select};

pub(crate) use release::close_in_background;
pub(crate) use transactions::{Abandoned, LevelId, Opener};

use super::{Slot, replicas::Busy};
use crate::{
    Error, QueryPlace, Result,
    backend::{
        Outcome, Session, TransactionStatus,
        job::{Attempt, Job, Ran},
        sink::Sink,
        thread_budget,
        transaction::Mode,
    },
    options::Options,
    statement::{
        Access,
        command::{Args, Command, Text},
        pooled,
    },
};
use transactions::Levels;

/// How long a statement whose future was dropped can take to end by itself before the server is asked to stop it.
const GRACE: Duration = Duration::from_millis(10);

/// A session in use. When it is dropped, the session goes back to its pool as it came, after whatever is left of its work was
/// cleaned up in the background.
pub(crate) struct Lease {
    /// Gone only while the lease is dropped or closed.
    session: Option<Box<dyn Session>>,
    dialect: Dialect,
    options: Arc<Options>,
    slot: Option<Slot>,
    /// The replica that it leads to: nothing can be written then.
    replica: Option<Busy>,
    state: State,
    /// A statement changed the session for later ones (`set`, `listen`, an advisory lock, …).
    is_changed: bool,
    /// Nobody else can have the session: it is closed in the end.
    is_kept: bool,
    /// It comes from the pool, and nothing was sent since: the server might have closed it meanwhile.
    is_unproved: bool,
    /// The transactions of guards and scopes that are open.
    levels: Levels,
    /// The beginning of the transaction, while it waits to travel with the first statement.
    unsent: Option<Text>,
    /// How long each query can take, if its guard or scope says so.
    timeout: Option<Duration>,
    /// Nobody knows what the server made of the last statement about the transaction.
    is_lost: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is under way.
    Ready,
    /// Something was sent, and its end was not seen yet. If this is found before a statement, the one before was cancelled.
    Running,
    /// Nothing more can be done with it.
    Broken,
}

impl Lease {
    pub(crate) fn new(session: Box<dyn Session>, options: Arc<Options>, slot: Option<Slot>) -> Self {
        Lease {
            dialect: session.backend().dialect(),
            session: Some(session),
            options,
            is_unproved: slot.as_ref().is_some_and(Slot::is_used),
            slot,
            replica: None,
            state: State::Ready,
            is_changed: false,
            is_kept: false,
            levels: Levels::default(),
            unsent: None,
            timeout: None,
            is_lost: false,
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

    /// The session's number: see [`Session::number`].
    pub(crate) fn number(&self) -> Option<u64> {
        self.session.as_ref().and_then(|session| session.number())
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&mut self, command: Arc<Command>, sink: Box<dyn Sink>) -> Result<Ran> {
        let span = trace::span(&command, self.dialect);
        let started = Instant::now();
        let outcome = trace::inside(&span, pin!(self.attempt_in_time(&command, sink))).await;
        let took = started.elapsed();
        trace::ended(&command, self.dialect, outcome.as_ref(), took, self.options.slow_query);
        let outcome = outcome.map_err(|error| command.explain(error))?;
        ran(&command, outcome, &span)
    }

    /// Runs a job on the caller's thread, if that needs no waiting, and returns the time of its end. Otherwise the job is returned
    /// unchanged.
    pub(crate) fn run_now(&mut self, job: Job, started: Instant) -> (Attempt, Instant) {
        let Job { command, sink, is_stream } = job;
        let refused = self.is_replica() && command.access == Access::Write;
        let ended = self.slot.as_ref().is_some_and(|slot| slot.end().has_come());
        if refused
            || ended
            || self.state != State::Ready
            || self.unsent.is_some()
            || self.levels.has_abandoned()
            || self.check(&command, false).is_err()
        {
            return (Attempt::Later(Job { command, sink, is_stream }), started);
        }
        let span = trace::span(&command, self.dialect);
        let outcome = {
            let _inside = span.enter();
            self.state = State::Running;
            self.session().run_now(&command, sink, started)
        };
        let ended = Instant::now();
        let took = ended - started;
        thread_budget::add(took, self.options.in_place);
        let mut outcome = match outcome {
            Ok(outcome) => outcome,
            Err(sink) => {
                self.state = State::Ready;
                return (Attempt::Later(Job { command, sink, is_stream }), ended);
            }
        };
        outcome.result = self.settle(outcome.result, || Some(command.place()));
        trace::ended(&command, self.dialect, Ok(&outcome), took, self.options.slow_query);
        (Attempt::Ran(ran(&command, outcome, &span)), ended)
    }

    async fn attempt(&mut self, command: &Arc<Command>, sink: Box<dyn Sink>) -> Result<Outcome> {
        if self.is_replica() && command.access == Access::Write {
            return Err(Error::ReadOnly { query: Box::new(command.place()) });
        }
        self.prepare().await?;
        let (_, last) = command.controls(self.dialect);
        self.check(command, last.is_some())?;
        self.check_pooler(command)?;
        // Behind a pooler, nothing that stays in the session was accepted.
        self.is_changed |= command.changes_session && !self.options.pooler;
        Ok(match command.args {
            Args::Many(_) => Box::pin(self.all_or_nothing(command, sink)).await?,
            #[cfg(feature = "sqlite")]
            Args::Packed(_) => Box::pin(self.all_or_nothing(command, sink)).await?,
            Args::One(_) | Args::Batch(..) | Args::Copy(_) | Args::Script => self.step(command, sink).await,
        })
    }

    /// Keeps the session from everyone else: it is closed in the end.
    pub(crate) fn keep(&mut self) {
        self.is_kept = true;
    }

    /// Whether the open transactions accept such a statement.
    fn check(&self, command: &Command, controls: bool) -> Result<()> {
        if self.levels.is_empty() {
            return Ok(());
        }
        if controls {
            return Err(Error::Transaction {
                message: "a transaction is open here: end it with `commit()` or `rollback()`, and nest another with \
                          `transaction()`, not with a statement",
                query: Some(Box::new(command.place())),
            });
        }
        if self.levels.are_read_only() && command.access == Access::Write {
            return Err(Error::ReadOnly { query: Box::new(command.place()) });
        }
        self.levels.check()
    }

    /// Rejects what needs a session of its own if a pooler gives each transaction another one.
    fn check_pooler(&self, command: &Command) -> Result<()> {
        if self.options.pooler
            && let Some(message) = pooled::needs_session(command)
        {
            return Err(Error::Unsupported { message, query: Some(Box::new(command.place())) });
        }
        Ok(())
    }

    /// Makes sure that the session can take a statement, and cleans up after one whose future was dropped.
    ///
    /// Rare steps are boxed, here and elsewhere on the way of a statement: so its future is small, and cheap to make.
    async fn prepare(&mut self) -> Result<()> {
        if self.state != State::Ready || self.levels.has_abandoned() {
            Box::pin(self.recover_in_time()).await?;
        }
        match self.state {
            State::Ready => Ok(()),
            _ => Err(Error::Interrupted { query: None }),
        }
    }

    /// Cleans up after a statement whose future was dropped.
    async fn recover(&mut self) {
        if self.state == State::Running {
            let recovered = recover(&mut **self.session_mut()).await;
            self.state = if recovered.is_ok() { State::Ready } else { State::Broken };
            if self.state == State::Ready {
                // The statement may have failed, and the transaction with it.
                self.levels.follow(self.status(), || None);
            }
        }
        if self.state == State::Ready && self.levels.has_abandoned() {
            self.roll_back_abandoned().await;
        }
    }

    /// Prepares a statement without running it.
    #[cfg(feature = "verify")]
    pub(crate) async fn describe(
        &mut self,
        wanted: crate::verify::Wanted,
    ) -> Result<crate::verify::Described> {
        self.prepare().await?;
        self.state = State::Running;
        let described = self.session().describe(wanted).await;
        self.settle(described, || None)
    }

    /// Runs one command; on a new session if the one from the pool was closed while it was idle.
    async fn step(&mut self, command: &Arc<Command>, sink: Box<dyn Sink>) -> Outcome {
        self.state = State::Running;
        let begin = self.unsent.take();
        let mut outcome = self.session().run(begin.clone(), Arc::clone(command), sink).await;
        if let Err(error) = &outcome.result
            && self.is_unproved
            && outcome.rows == 0
            && outcome.sink.restart()
            && error.ends_connection()
            // Nothing of a transaction that was never committed was kept.
            && (begin.is_some() || self.levels.is_empty() && command.may_run_again(error))
            && Box::pin(self.renew()).await
        {
            outcome = self.session().run(begin, Arc::clone(command), outcome.sink).await;
        }
        outcome.result = self.settle(outcome.result, || Some(command.place()));
        outcome
    }

    async fn control(&mut self, sql: Text) -> Result<()> {
        self.state = State::Running;
        let begin = self.unsent.take();
        let mut result = self.control_in_time(begin.clone(), sql.clone()).await;
        // Nothing is lost with a session on which nothing was done.
        if result.as_ref().is_err_and(Error::ends_connection) && self.is_unproved && self.renew().await {
            result = self.control_in_time(begin, sql).await;
        }
        self.note_end(&result);
        match self.status() {
            _ if self.state != State::Ready => {}
            // It was the end of the transaction, or there is none.
            TransactionStatus::Idle => {}
            status => self.levels.follow(status, || None),
        }
        result
    }

    /// Takes a new session for one that the server has closed.
    async fn renew(&mut self) -> bool {
        self.is_unproved = false;
        let Some(slot) = &mut self.slot else { return false };
        match slot.renew().await {
            Ok(session) => {
                self.session = Some(session);
                true
            }
            // The first error is the one to report.
            Err(_) => false,
        }
    }

    /// Notes the end of a statement, and what it did to the transaction. A statement that ended the transaction by itself is an
    /// error, even if it succeeded.
    fn settle<T>(&mut self, result: Result<T>, place: impl Fn() -> Option<QueryPlace>) -> Result<T> {
        self.note_end(&result);
        if self.levels.is_empty() || self.state != State::Ready {
            return result;
        }
        let was_lost = self.levels.is_lost();
        self.levels.follow(self.status(), place);
        if result.is_ok() && !was_lost && self.levels.is_lost() {
            self.levels.ended_by_statement();
            self.levels.check()?;
        }
        result
    }

    /// Notes whether the session can still be used.
    fn note_end<T>(&mut self, result: &Result<T>) {
        self.is_unproved = false;
        self.state = match result {
            _ if self.is_lost => State::Broken,
            Err(error) if error.ends_connection() => {
                if let Some(slot) = &self.slot {
                    slot.lost();
                }
                State::Broken
            }
            // Rows that nobody wants are still to come.
            _ if self.session.as_ref().is_some_and(|session| !session.is_settled()) => State::Running,
            _ => State::Ready,
        };
        if let Some(replica) = &self.replica {
            replica.answered(self.state != State::Broken);
        }
        if let Err(error) = result {
            self.is_kept |= error.may_end_connection();
            self.levels.note(error);
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
            // It can succeed row by row (`do update` of one row twice), and if not, the error then says which row it was.
            Err(error) if self.state == State::Ready && error.is_of_a_row() => {
                self.in_level(command, outcome.sink).await
            }
            _ => Ok(outcome),
        }
    }

    /// Runs a command in a transaction, or in a savepoint of the one that is open.
    async fn in_level(&mut self, command: &Arc<Command>, sink: Box<dyn Sink>) -> Result<Outcome> {
        if !self.in_transaction() && self.session().is_atomic(command) {
            return Ok(self.step(command, sink).await);
        }
        let (level, _) = self.begin(&Mode::default(), Opener::Guard).await?;
        // If this is dropped midway, nobody else ends the level.
        let abandoned = self.levels.abandon(level);
        let mut outcome = self.step(command, sink).await;
        abandoned.take_up(level);
        match &outcome.result {
            Ok(_) => {
                if let Err(error) = self.finish(level, true).await {
                    outcome.result = Err(error);
                }
            }
            // The first error is the one to report.
            Err(_) => drop(self.finish(level, false).await),
        }
        Ok(outcome)
    }

    fn session(&mut self) -> &mut dyn Session {
        &mut **self.session_mut()
    }

    fn session_mut(&mut self) -> &mut Box<dyn Session> {
        self.session.as_mut().expect("a lease has its session until it is dropped")
    }

    /// Which transaction is open, as the server reported last.
    fn status(&self) -> TransactionStatus {
        self.session.as_ref().map_or(TransactionStatus::Idle, |session| session.transaction())
    }

    /// Whether a transaction is open, whoever began it.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.levels.is_empty() || self.status() != TransactionStatus::Idle
    }
}

/// Reads what a dropped future left unread; the server is asked to stop a statement that does not end soon. If it can't be asked, the
/// session is given up: nobody knows how long the statement goes on.
async fn recover(session: &mut dyn Session) -> Result<()> {
    let interrupt = session.interrupt();
    match select(pin!(session.recover()), pin!(net::sleep(GRACE))).await {
        Either::Left((read, _)) => read,
        Either::Right(((), rest)) => {
            if let Err(error) = interrupt.await {
                tracing::debug!(target: "aio_databases::cancel", %error, "a cancelled statement may go on");
                return Err(error);
            }
            rest.await
        }
    }
}

/// What a command came to.
pub(crate) fn ran(command: &Command, outcome: Outcome, span: &tracing::Span) -> Result<Ran> {
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
            .field("dialect", &self.dialect)
            .field("state", &self.state)
            .field("transactions", &self.levels.len())
            .finish_non_exhaustive()
    }
}
