//! Short statements on the caller's own thread.
//!
//! A row by its key takes SQLite a microsecond or two; to hand it to another thread and back takes ten times as long. So a
//! statement that only reads first runs where it is asked for, with little time and without waiting for a lock. If it needs more
//! of either, it is stopped and runs again on the worker; the next time it goes there at once.
//!
//! In an open transaction, a statement that writes also runs here once it is known to be short: see [`super::bounded`]. The end of a
//! transaction might sync to the disk, and never runs here.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::{
    engine::{Engine, Standing},
    worker::Worker,
};
use crate::{
    backend::{Outcome, sink::Sink},
    statement::Access,
    statement::command::{Args, Command, Text},
    statement::kind::StatementKind,
};

/// How many statements are remembered to be slow.
const REMEMBERED: usize = 256;

/// After how many runs on the worker a slow statement is tried in place again: its table may be small by now.
const TRIED_AGAIN: u32 = 100;

/// The statements that have taken too long in place, and how often each has run on the worker since.
#[derive(Debug, Default)]
pub(super) struct Slow {
    /// By the place of their text, which stands in the program.
    fixed: HashMap<usize, u32>,
    texts: HashMap<Box<str>, u32>,
}

impl Slow {
    /// Whether a statement goes to the worker at once.
    fn takes(&mut self, sql: &Text) -> bool {
        if self.fixed.is_empty() && self.texts.is_empty() {
            return false;
        }
        let runs = match sql {
            Text::Static(text) => self.fixed.get_mut(&address(text)),
            Text::Shared(text) => self.texts.get_mut(&**text),
        };
        let Some(runs) = runs else { return false };
        *runs += 1;
        if *runs > TRIED_AGAIN {
            match sql {
                Text::Static(text) => self.fixed.remove(&address(text)),
                Text::Shared(text) => self.texts.remove(&**text),
            };
        }
        true
    }

    fn add(&mut self, sql: &Text) {
        if self.fixed.len() + self.texts.len() >= REMEMBERED {
            *self = Slow::default();
        }
        match sql {
            Text::Static(text) => self.fixed.insert(address(text), 0),
            Text::Shared(text) => self.texts.insert((&**text).into(), 0),
        };
    }
}

fn address(text: &'static str) -> usize {
    text.as_ptr().addr()
}

/// Whether a command may be tried here: a statement that reads, or one that may have proved short.
pub(super) fn takes(command: &Command) -> bool {
    let single = matches!(command.args, Args::One(_)) && command.statements.is_empty();
    single
        && (command.access == Access::Read
            || matches!(command.kind, StatementKind::Insert | StatementKind::Change))
}

/// Runs a command here and now, if it is a short one. Else the sink comes back as it was.
pub(super) fn run(
    worker: &mut Worker,
    command: &Command,
    sink: Box<dyn Sink>,
    started: Instant,
    budget: Duration,
) -> Result<Outcome, Box<dyn Sink>> {
    let reads = command.access == Access::Read;
    let deadline = reads.then(|| started + budget);
    // What was cancelled before may still be ending.
    let Some(mut session) = worker.here(deadline) else { return Err(sink) };
    let ran = match reads {
        true => read(&mut session, command, sink),
        false => write(&mut session, command, sink, started, budget),
    };
    // Outside of transactions, a read leaves everything as it was.
    let standing = (!reads).then(|| session.settle());
    drop(session);
    if let Some(standing) = standing {
        worker.standing = standing;
    }
    ran
}

fn read(session: &mut Engine, command: &Command, mut sink: Box<dyn Sink>) -> Result<Outcome, Box<dyn Sink>> {
    let Args::One(args) = &command.args else { return Err(sink) };
    if !sink.restart() || session.slow.takes(&command.text) {
        return Err(sink);
    }
    let mut rows = 0;
    let Some(result) = session.read(command, args.as_slice().into(), &mut *sink, &mut rows) else {
        return Err(sink);
    };
    let stopped = result.as_ref().err().and_then(crate::Error::code).and_then(primary);
    match stopped {
        Some(rusqlite::ffi::SQLITE_INTERRUPT) => session.slow.add(&command.text),
        Some(rusqlite::ffi::SQLITE_BUSY | rusqlite::ffi::SQLITE_LOCKED) => {}
        _ => return Ok(Outcome { sink, result, rows }),
    }
    sink.restart();
    Err(sink)
}

fn write(
    session: &mut Engine,
    command: &Command,
    sink: Box<dyn Sink>,
    started: Instant,
    budget: Duration,
) -> Result<Outcome, Box<dyn Sink>> {
    let Args::One(args) = &command.args else { return Err(sink) };
    let sql = command.text.as_str();
    if !session.is_writing() || !session.write_costs.is_short(sql) {
        return Err(sink);
    }
    let (outcome, changed) = session.write(command, args.as_slice().into(), sink);
    match changed {
        true => session.write_costs.forget(sql),
        false => session.write_costs.took(sql, started.elapsed(), budget),
    }
    Ok(outcome)
}

/// Runs a command on the worker, and learns whether it is short.
pub(super) fn learn(
    session: &mut Engine,
    command: &Command,
    sink: Box<dyn Sink>,
    budget: Duration,
) -> Outcome {
    let sql = command.text.as_str();
    if budget.is_zero() || !takes(command) || command.access == Access::Read || !session.is_writing() {
        return session.run(command, sink);
    }
    session.study(sql);
    let started = Instant::now();
    let outcome = session.run(command, sink);
    if outcome.result.is_ok() {
        session.write_costs.took(sql, started.elapsed(), budget);
    }
    outcome
}

/// Begins a transaction, or nests one, if nobody else has to be waited for. `None`: it is for the worker.
pub(super) fn control(
    worker: &mut Worker,
    sql: &str,
    lock: &mut Option<super::lock_queue::Lock>,
) -> Option<crate::Result<()>> {
    let nests = sql.starts_with("savepoint ") || sql.starts_with("release ");
    if !nests && !sql.starts_with("begin ") {
        return None;
    }
    let mut session = worker.here(None)?;
    // The end of a savepoint that is a transaction of its own is a commit.
    if nests && !session.is_in_transaction() {
        return None;
    }
    let result = session.control(sql);
    if !nests
        && result.as_ref().err().and_then(crate::Error::code).and_then(primary)
            == Some(rusqlite::ffi::SQLITE_BUSY)
    {
        return None;
    }
    session.take(lock.take());
    let standing: Standing = session.settle();
    drop(session);
    worker.standing = standing;
    Some(result)
}

/// The result code in an extended one.
fn primary(code: &str) -> Option<i32> {
    code.parse::<i32>().ok().map(|code| code & 0xff)
}
