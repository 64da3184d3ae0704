//! Short reads on the caller's own thread.
//!
//! A row by its key takes SQLite a microsecond or two; to hand it to another thread and back takes ten times as long. So a
//! statement that only reads first runs where it is asked for, with little time and without waiting for a lock. If it needs more
//! of either, it is stopped and runs again on the worker; the next time it goes there at once.

use std::{
    cell::Cell,
    collections::HashMap,
    time::{Duration, Instant},
};

use super::{Outcome, Worker, session::Session};
use crate::{
    command::{Args, Command},
    sink::Sink,
    statement::Access,
};

/// How many statements are remembered to be slow.
const REMEMBERED: usize = 256;

/// After how many runs on the worker a slow statement is tried in place again: its table may be small by now.
const TRIED_AGAIN: u32 = 100;

thread_local! {
    /// How long statements have run on this thread since it last was given to other tasks.
    static SPENT: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// The statements that have taken too long in place, and how often each has run on the worker since.
#[derive(Debug, Default)]
pub(super) struct Slow(HashMap<Box<str>, u32>);

impl Slow {
    /// Whether a statement goes to the worker at once.
    fn takes(&mut self, sql: &str) -> bool {
        let Some(runs) = self.0.get_mut(sql) else { return false };
        *runs += 1;
        if *runs > TRIED_AGAIN {
            self.0.remove(sql);
        }
        true
    }

    fn add(&mut self, sql: &str) {
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.insert(sql.into(), 0);
    }
}

/// Runs a command here and now, if it is a short read. Else the sink comes back as it was.
pub(super) fn run(
    worker: &Worker,
    command: &Command,
    mut sink: Box<dyn Sink>,
    budget: Duration,
) -> Result<Outcome, Box<dyn Sink>> {
    let single = matches!(command.args, Args::One(_)) && command.statements.is_empty();
    if budget.is_zero() || command.access != Access::Read || !single || !sink.restart() {
        return Err(sink);
    }
    let started = Instant::now();
    let ran = match worker.here(started + budget) {
        Some(mut session) => attempt(&mut session, command, sink),
        // What was cancelled before is still ending.
        None => Err(sink),
    };
    SPENT.set(SPENT.get() + started.elapsed());
    ran
}

fn attempt(
    session: &mut Session,
    command: &Command,
    mut sink: Box<dyn Sink>,
) -> Result<Outcome, Box<dyn Sink>> {
    let sql = command.text.as_str();
    if session.slow.takes(sql) || !session.only_reads(sql) {
        return Err(sink);
    }
    session.wait_for_locks(false);
    let outcome = session.run(command, sink);
    session.wait_for_locks(true);
    let stopped = outcome.result.as_ref().err().and_then(crate::Error::code).and_then(primary);
    match stopped {
        Some(rusqlite::ffi::SQLITE_INTERRUPT) => session.slow.add(sql),
        Some(rusqlite::ffi::SQLITE_BUSY | rusqlite::ffi::SQLITE_LOCKED) => {}
        _ => return Ok(outcome),
    }
    sink = outcome.sink;
    sink.restart();
    Err(sink)
}

/// The result code in an extended one.
fn primary(code: &str) -> Option<i32> {
    code.parse::<i32>().ok().map(|code| code & 0xff)
}

/// Lets other tasks run, where statements have run here for so long.
pub(super) async fn share(budget: Duration) {
    if SPENT.get() > budget {
        SPENT.set(Duration::ZERO);
        tokio::task::yield_now().await;
    }
}
