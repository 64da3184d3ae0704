//! SQLite: `rusqlite`, with a worker thread a connection.
//!
//! Whole statements go to the thread and whole results come back; rows are decoded there. The session stands in a mutex:
//! a short statement runs on the caller's thread. Those that write take turns.

mod busy;
mod cancel;
mod decode;
#[cfg(feature = "verify")]
mod describe;
mod encode;
mod engine;
mod error;
mod in_place;
mod lock_queue;
mod open;
mod proofs;
mod worker;

use std::{
    path::Path,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::{BoxFuture, Connector, Outcome, Session};
use crate::{
    Result,
    backend::sink::{Discard, Sink},
    backend::thread_budget,
    pool::options::Options,
    statement::Access,
    statement::command::{Args, Command, Text},
    statement::kind::StatementKind,
    url::{Mode, SqliteTarget},
};
use engine::Engine;
use lock_queue::{Lock, LockKind, LockQueue, Who};
use worker::Worker;

/// Opens connections to one SQLite database.
pub(super) struct SqliteConnector {
    target: SqliteTarget,
    redacted: String,
    /// A database in memory lives as long as a connection to it: this one.
    anchor: Mutex<Option<Anchor>>,
    /// The queue of the database that was opened last.
    turns: Mutex<Option<Arc<LockQueue>>>,
    /// How long a statement may run on the caller's thread.
    in_place: Duration,
    /// How long to wait for the write lock: `busy_timeout`, or `acquire_timeout` where the URL has none.
    patience: Duration,
}

struct Anchor {
    name: String,
    turns: Arc<LockQueue>,
    _connection: rusqlite::Connection,
}

impl SqliteConnector {
    pub(super) fn new(target: SqliteTarget, redacted: &str, options: &Options) -> Self {
        let (in_place, patience) = (options.in_place, target.busy_timeout.unwrap_or(options.acquire_timeout));
        let mut target = target;
        target.busy_timeout = Some(target.busy_timeout.unwrap_or(busy::DEFAULT).min(patience));
        SqliteConnector {
            target,
            redacted: redacted.to_owned(),
            anchor: Mutex::default(),
            turns: Mutex::default(),
            in_place,
            patience,
        }
    }

    /// What to open, and who waits for whom there; a file's queue is found by its name. In memory: the pool's one database,
    /// else one that nobody shares.
    fn place(&self) -> (open::Place, Option<Arc<LockQueue>>) {
        if self.target.mode != Mode::Memory {
            return (open::Place::File, None);
        }
        match &*self.anchor.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(anchor) => (open::Place::SharedMemory(anchor.name.clone()), Some(Arc::clone(&anchor.turns))),
            None => (open::Place::OwnMemory, Some(Arc::default())),
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
                Some(Anchor { name, turns: Arc::default(), _connection: connection })
            }
            false => None,
        };
        *self.anchor.lock().unwrap_or_else(PoisonError::into_inner) = anchor;
        Ok(())
    }
}

impl Connector for SqliteConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Session>>> {
        let (target, redacted) = (self.target.clone(), self.redacted.clone());
        let (place, turns) = self.place();
        Box::pin(async move {
            let found = Arc::new(OnceLock::new());
            let finds = Arc::clone(&found);
            let open = move |cancel| {
                // Whose file it is, the system says; that may take its time.
                let turns = turns.unwrap_or_else(|| LockQueue::of_file(Path::new(&target.path)));
                let opening = turns.opening();
                let connection = open::open(&target, &place, &redacted)?;
                drop(opening);
                let _ = finds.set(turns);
                Engine::new(connection, &target, cancel)
            };
            let worker = Worker::start(open).await?;
            let turns = found.get().cloned().unwrap_or_default();
            *self.turns.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&turns));
            let who = Who { connection: lock_queue::number(), file: "", line: 0 };
            let (in_place, patience) = (self.in_place, self.patience);
            Ok(Box::new(SqliteSession { worker, turns, who, in_place, patience }) as Box<dyn Session>)
        })
    }

    fn line_up(&self) -> BoxFuture<'_, Result<Option<Box<dyn Send>>>> {
        let turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            match turns {
                Some(turns) => Ok(Some(Box::new(turns.line_up(self.patience).await?) as Box<dyn Send>)),
                None => Ok(None),
            }
        })
    }

    fn runs_in_place(&self, command: &Command) -> bool {
        !self.in_place.is_zero() && in_place::takes(command)
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
struct SqliteSession {
    worker: Worker,
    turns: Arc<LockQueue>,
    who: Who,
    in_place: Duration,
    patience: Duration,
}

impl SqliteSession {
    /// The turn that a statement needs, beside the one that its transaction has.
    fn needs(&self, command: &Command) -> Option<LockKind> {
        let standing = &self.worker.standing;
        let single = matches!(command.args, Args::One(_)) && command.statements.is_empty();
        let need = match (command.access, command.kind) {
            (Access::Read, _) => (!standing.wal).then_some(LockKind::Shared),
            (Access::Write, StatementKind::End) if single => None,
            (Access::Write, StatementKind::Insert | StatementKind::Change) => Some(LockKind::Exclusive),
            // Of `pragma`, `begin`, `savepoint` and their like SQLite tells which write.
            (Access::Write, _) if single && self.only_reads(command) => {
                let begins = matches!(command.kind, StatementKind::Begin | StatementKind::Session);
                // Where readers have turns, a transaction that may come to write would wait for itself.
                let kind = if begins { LockKind::Exclusive } else { LockKind::Shared };
                (!standing.wal).then_some(kind)
            }
            (Access::Write, _) => Some(LockKind::Exclusive),
        };
        self.beside(need)
    }

    /// The turn to take, given the one that the open transaction has. One that reads never waits to write: who writes may
    /// wait for it.
    fn beside(&self, need: Option<LockKind>) -> Option<LockKind> {
        need.filter(|_| self.worker.standing.turn.is_none())
    }

    fn only_reads(&self, command: &Command) -> bool {
        self.worker.here(None).is_some_and(|session| session.only_reads(command.text.as_str()))
    }

    async fn take(&self, need: Option<LockKind>) -> Result<Option<Lock>> {
        match need {
            Some(kind) => self.turns.take(kind, self.who, self.patience).await.map(Some),
            None => Ok(None),
        }
    }
}

impl Session for SqliteSession {
    fn lend(&mut self, file: &'static str, line: u32) {
        self.who = Who { file, line, ..self.who };
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
            || !reads && self.worker.standing.turn != Some(LockKind::Exclusive)
        {
            return Err(sink);
        }
        let _turn = match self.needs(command) {
            Some(kind) => match self.turns.try_take(kind, self.who) {
                Some(turn) => Some(turn),
                None => return Err(sink),
            },
            None => None,
        };
        in_place::run(&mut self.worker, command, sink, started, self.in_place)
    }

    fn run(&mut self, command: Arc<Command>, sink: Box<dyn Sink>) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let started = Instant::now();
            let ran = self.run_now(&command, sink, started);
            thread_budget::add(started.elapsed(), self.in_place);
            let sink = match ran {
                Ok(outcome) => return outcome,
                Err(sink) => sink,
            };
            let turn = match self.take(self.needs(&command)).await {
                Ok(turn) => turn,
                Err(error) => return Outcome { sink, result: Err(error), rows: 0 },
            };
            let budget = self.in_place;
            let job = move |session: &mut Engine| in_place::learn(session, &command, sink, budget);
            match self.worker.call(turn, job).await {
                Ok(outcome) => outcome,
                Err(error) => Outcome { sink: Box::new(Discard), result: Err(error), rows: 0 },
            }
        })
    }

    fn control(&mut self, sql: Text) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let need = match sql.as_str() {
                "begin immediate" | "begin exclusive" => Some(LockKind::Exclusive),
                "begin deferred" if !self.worker.standing.wal => Some(LockKind::Shared),
                _ => None,
            };
            let mut turn = self.take(self.beside(need)).await?;
            if !self.in_place.is_zero()
                && let Some(result) = in_place::control(&mut self.worker, sql.as_str(), &mut turn)
            {
                return result;
            }
            self.worker.call(turn, move |session| session.script(sql.as_str())).await?
        })
    }

    fn makes_whole(&self, command: &Command) -> bool {
        matches!(command.args, Args::Many(_) | Args::PackedRows(_))
    }

    #[cfg(feature = "verify")]
    fn describe(&mut self, wanted: crate::verify::Wanted) -> BoxFuture<'_, Result<crate::verify::Described>> {
        Box::pin(
            async move { self.worker.call(None, move |session| describe::describe(session, &wanted)).await? },
        )
    }

    fn recover(&mut self) -> BoxFuture<'_, Result<()>> {
        // What was cancelled stops by itself; after it comes this.
        Box::pin(async move { self.worker.call(None, |_| ()).await })
    }

    fn is_clean(&self) -> bool {
        self.worker.standing.outside_of_transactions
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(self.worker.close())
    }
}
