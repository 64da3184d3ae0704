//! A session: which statements run on the worker, which on the caller's thread, and which lock they need.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    control::SqliteControl,
    engine::Engine,
    in_place,
    lock_queue::{Lock, LockKind, LockQueue, Wait, Who},
    stream,
    worker::Worker,
};
use crate::{
    Backend, Error, Result,
    backend::{
        BoxFuture, Outcome, Session, TransactionStatus,
        control::Control,
        sink::{Discard, Sink},
        thread_budget,
    },
    statement::{
        Access,
        command::{Args, Command, Text},
        kind::StatementKind,
    },
};

/// One session, on its worker.
pub(super) struct SqliteSession {
    worker: Worker,
    queue: Arc<LockQueue>,
    who: Who,
    in_place: Duration,
    wait: Wait,
    /// Whether others wait for the lock of a statement that reads.
    in_memory: bool,
}

impl SqliteSession {
    pub(super) fn new(
        worker: Worker,
        queue: Arc<LockQueue>,
        who: Who,
        in_place: Duration,
        wait: Wait,
        in_memory: bool,
    ) -> Self {
        SqliteSession { worker, queue, who, in_place, wait, in_memory }
    }

    /// The lock that a statement needs, besides the one that its transaction holds.
    fn needs(&self, command: &Command) -> Option<LockKind> {
        let standing = &self.worker.standing;
        let single = matches!(command.args, Args::One(_)) && command.statements.is_empty();
        let need = match (command.access, command.kind) {
            (Access::Read, _) => (!standing.wal).then_some(LockKind::Shared),
            (Access::Write, StatementKind::End) if single => None,
            (Access::Write, StatementKind::Insert | StatementKind::Change) => Some(LockKind::Exclusive),
            // SQLite knows which `pragma`, `begin`, `savepoint` and the like write.
            (Access::Write, _) if single && self.only_reads(command) => {
                let begins = matches!(command.kind, StatementKind::Begin | StatementKind::Session);
                // Where readers queue, a transaction that might write later would wait for its own shared lock.
                let kind = if begins { LockKind::Exclusive } else { LockKind::Shared };
                (!standing.wal).then_some(kind)
            }
            (Access::Write, _) => Some(LockKind::Exclusive),
        };
        self.beside(need)
    }

    /// The lock to take, given the one that the open transaction holds. A transaction that reads never waits for the write lock,
    /// because the writer might be waiting for it.
    fn beside(&self, need: Option<LockKind>) -> Option<LockKind> {
        need.filter(|_| self.worker.standing.lock.is_none())
    }

    fn only_reads(&self, command: &Command) -> bool {
        self.worker.here(None).is_some_and(|session| session.only_reads(command.text.as_str()))
    }

    async fn take(&self, need: Option<LockKind>) -> Result<Option<Lock>> {
        match need {
            Some(kind) => self.queue.take(kind, self.who, self.wait).await.map(Some),
            None => Ok(None),
        }
    }
}

impl Session for SqliteSession {
    fn lend(&mut self, file: &'static str, line: u32) {
        self.who = Who { file, line, ..self.who };
    }

    fn backend(&self) -> Backend {
        Backend::Sqlite
    }

    fn control_statements(&self) -> &'static dyn Control {
        &SqliteControl
    }

    fn number(&self) -> Option<u64> {
        Some(self.who.connection)
    }

    fn run_now(
        &mut self,
        command: &Command,
        sink: Box<dyn Sink>,
        started: Instant,
    ) -> Result<Outcome, Box<dyn Sink>> {
        let reads = command.access == Access::Read;
        if self.in_place.is_zero()
            || !in_place::takes(command)
            || !reads && self.worker.standing.lock != Some(LockKind::Exclusive)
        {
            return Err(sink);
        }
        let _lock = match self.needs(command) {
            Some(kind) => match self.queue.try_take(kind, self.who) {
                Some(lock) => Some(lock),
                None => return Err(sink),
            },
            None => None,
        };
        in_place::run(&mut self.worker, command, sink, started, self.in_place)
    }

    fn run(
        &mut self,
        _begin: Option<Text>,
        command: Arc<Command>,
        sink: Box<dyn Sink>,
    ) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let started = Instant::now();
            let ran = self.run_now(&command, sink, started);
            thread_budget::add(started.elapsed(), self.in_place);
            let sink = match ran {
                Ok(outcome) => return outcome,
                Err(sink) => sink,
            };
            let lock = match self.take(self.needs(&command)).await {
                Ok(lock) => lock,
                Err(error) => return Outcome { sink, result: Err(error), rows: 0 },
            };
            let budget = self.in_place;
            if sink.is_stream() {
                let (writer, reader) = stream::buffer(self.in_memory);
                let job = move |session: &mut Engine| in_place::learn(session, &command, writer, budget);
                return reader.feed(self.worker.call(lock, job), sink).await;
            }
            let job = move |session: &mut Engine| in_place::learn(session, &command, sink, budget);
            match self.worker.call(lock, job).await {
                Ok(outcome) => outcome,
                Err(error) => Outcome { sink: Box::new(Discard), result: Err(error), rows: 0 },
            }
        })
    }

    fn control(&mut self, _begin: Option<Text>, sql: Text) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let need = match sql.as_str() {
                "begin immediate" | "begin exclusive" => Some(LockKind::Exclusive),
                "begin deferred" if !self.worker.standing.wal => Some(LockKind::Shared),
                _ => None,
            };
            let mut lock = self.take(self.beside(need)).await?;
            if !self.in_place.is_zero()
                && let Some(result) = in_place::control(&mut self.worker, sql.as_str(), &mut lock)
            {
                return result;
            }
            self.worker.call(lock, move |session| session.script(sql.as_str())).await?
        })
    }

    fn is_atomic(&self, command: &Command) -> bool {
        matches!(command.args, Args::Many(_) | Args::Packed(_))
    }

    #[cfg(feature = "verify")]
    fn describe(&mut self, wanted: crate::verify::Wanted) -> BoxFuture<'_, Result<crate::verify::Described>> {
        Box::pin(async move {
            self.worker.call(None, move |session| super::describe::describe(session, &wanted)).await?
        })
    }

    fn recover(&mut self) -> BoxFuture<'_, Result<()>> {
        // What was cancelled stops by itself; after it comes this.
        Box::pin(async move { self.worker.call(None, |_| ()).await })
    }

    fn pipelines_begin(&self) -> bool {
        false
    }

    fn transaction(&self) -> TransactionStatus {
        match self.worker.standing.outside_of_transactions {
            true => TransactionStatus::Idle,
            false => TransactionStatus::Open,
        }
    }

    fn has_changed(&self) -> bool {
        false
    }

    fn accept_changes(&mut self) {}

    fn is_settled(&self) -> bool {
        true
    }

    fn is_closed(&mut self) -> bool {
        false
    }

    fn interrupt(&self) -> BoxFuture<'static, Result<()>> {
        // A statement whose future was dropped stops by itself.
        Box::pin(std::future::ready(Ok(())))
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Err(Error::protocol("SQLite cannot undo what pragmas have set"))))
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(self.worker.close())
    }
}
