//! The pool: a fair queue for a place, and a stack of idle connections.
//!
//! Taking and giving back a connection costs no round trip: whether one is still good is known by its age, and by how
//! its last statement ended. The connection used last is taken first, so that a pool that is too large shrinks.

pub(crate) mod endpoint;
pub(crate) mod lease;
pub(crate) mod options;
mod reaper;
pub(crate) mod replicas;
#[cfg(test)]
mod tests;
pub(crate) mod waiters;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    ConnectError, ConnectProblem, Error, Holder, PoolTimedOut, Result,
    backend::{Connector, Session},
    pool::lease::close_in_background,
    pool::options::Options,
    pool::waiters::Waiter,
    statement::command::Text,
};

/// Connections to one database.
pub(crate) struct Pool {
    connector: Arc<dyn Connector>,
    options: Arc<Options>,
    /// The database's URL without its password, for errors.
    target: String,
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    closed: bool,
    idle: Vec<Idle>,
    /// Who has a connection; the index is the lease's.
    holders: Vec<Option<Holding>>,
    /// When a connection was found closed by the server last: those that were idle then may be, too.
    lost: Option<Instant>,
}

/// Who has a connection.
#[derive(Clone, Copy)]
struct Holding {
    file: &'static str,
    line: u32,
    since: Instant,
    /// The task that took it to keep it for a while.
    task: Option<tokio::task::Id>,
}

struct Idle {
    wire: Box<dyn Session>,
    born: Instant,
    since: Instant,
}

/// Where a connection belongs: its place in a pool.
pub(crate) struct Slot {
    pool: Arc<Pool>,
    /// Its index among the holders, until it is given back.
    holder: Option<usize>,
    born: Instant,
    /// Whether someone else had it before.
    used: bool,
    _place: OwnedSemaphorePermit,
}

impl Pool {
    pub(crate) fn new(connector: Arc<dyn Connector>, options: Arc<Options>, target: String) -> Arc<Self> {
        let pool = Arc::new(Pool {
            connector,
            places: Arc::new(Semaphore::new(options.max_size)),
            options,
            target,
            waiting: AtomicUsize::new(0),
            state: Mutex::default(),
        });
        reaper::start(&pool);
        pool
    }

    /// Takes a connection: an idle one, or a new one. `by`: the file and line of who has it. `own`: how many the scopes around this
    /// hold, which are given back after it only; `None` where it is for a single query.
    pub(crate) async fn acquire(
        self: &Arc<Self>,
        by: (&'static str, u32),
        own: Option<usize>,
    ) -> Result<(Box<dyn Session>, Slot)> {
        let deadline = self.deadline();
        let place = self.place(deadline, own.unwrap_or(0)).await?;
        let (mut idle, mut home) = self.take(place, by, own, Instant::now())?;
        while let Some(mut found) = idle {
            if !self.is_suspect(&found) || found.answers(deadline).await {
                (home.born, home.used) = (found.born, true);
                return Ok((found.wire, home));
            }
            idle = self.state().idle.pop();
        }
        Ok((self.connect(deadline).await?, home))
    }

    /// Whether it was idle already when another was found closed: after the server was gone, all of them are.
    fn is_suspect(&self, idle: &Idle) -> bool {
        self.connector.is_remote() && self.state().lost.is_some_and(|lost| idle.since <= lost)
    }

    /// Takes an idle connection, if there is one that is known to be good, and for which nobody waits.
    pub(crate) fn take_idle(
        self: &Arc<Self>,
        by: (&'static str, u32),
        own: Option<usize>,
        now: Instant,
    ) -> Option<(Box<dyn Session>, Slot)> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let (idle, mut home) = self.take(place, by, own, now).ok()?;
        let idle = idle?;
        (home.born, home.used) = (idle.born, true);
        if self.is_suspect(&idle) {
            home.give_back(idle.wire, idle.since);
            return None;
        }
        Some((idle.wire, home))
    }

    /// Waits for a place.
    async fn place(&self, deadline: Instant, own: usize) -> Result<OwnedSemaphorePermit> {
        match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => return Ok(place),
            Err(tokio::sync::TryAcquireError::Closed) => return Err(Error::PoolClosed),
            Err(tokio::sync::TryAcquireError::NoPermits) if own >= self.options.max_size => {
                return Err(Error::PoolTimedOut(Box::new(self.report(Duration::ZERO, own))));
            }
            Err(tokio::sync::TryAcquireError::NoPermits) => {}
        }
        let waiting = Waiter::new(&self.waiting);
        let place = tokio::time::timeout_at(deadline.into(), Arc::clone(&self.places).acquire_owned()).await;
        drop(waiting);
        match place {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(Error::PoolClosed),
            Err(_) => Err(Error::PoolTimedOut(Box::new(self.report(self.options.acquire_timeout, own)))),
        }
    }

    /// Takes the idle connection that was used last, if there is one, and notes who holds a connection now. Its home is that of
    /// a new one.
    fn take(
        self: &Arc<Self>,
        place: OwnedSemaphorePermit,
        (file, line): (&'static str, u32),
        own: Option<usize>,
        now: Instant,
    ) -> Result<(Option<Idle>, Slot)> {
        let task = own.and_then(|_| tokio::task::try_id());
        let mut too_old = Vec::new();
        let mut state = self.state();
        if state.closed {
            return Err(Error::PoolClosed);
        }
        let idle = loop {
            match state.idle.pop() {
                Some(idle) if self.is_too_old(&idle, now) => too_old.push(idle),
                other => break other,
            }
        };
        let free = state.holders.iter().position(Option::is_none).unwrap_or_else(|| {
            state.holders.push(None);
            state.holders.len() - 1
        });
        state.holders[free] = Some(Holding { file, line, since: now, task });
        drop(state);
        too_old.into_iter().for_each(|idle| close_in_background(idle.wire));
        let home = Slot { pool: Arc::clone(self), holder: Some(free), born: now, used: false, _place: place };
        Ok((idle, home))
    }

    async fn connect(&self, deadline: Instant) -> Result<Box<dyn Session>> {
        if !self.connector.is_remote() {
            return self.connector.connect().await;
        }
        match tokio::time::timeout_at(deadline.into(), self.connector.connect()).await {
            Ok(connected) => connected,
            Err(_) => Err(timed_out(&self.target, self.options.acquire_timeout)),
        }
    }

    /// Until when to wait for a connection. A time that no clock can tell is taken as a month.
    fn deadline(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.options.acquire_timeout).unwrap_or(now + Duration::from_secs(30 * 24 * 60 * 60))
    }

    fn is_too_old(&self, idle: &Idle, now: Instant) -> bool {
        let past = |since: Instant, limit: Option<Duration>| limit.is_some_and(|limit| now - since >= limit);
        past(idle.born, self.options.max_lifetime) || past(idle.since, self.options.idle_timeout)
    }

    /// Opens connections until there are `min_size`, and at least one: so that a mistake in the URL is seen at once.
    pub(crate) async fn fill(self: &Arc<Self>, at_least: usize) -> Result<()> {
        loop {
            let open = self.size();
            if open >= self.options.min_size.max(at_least).min(self.options.max_size) {
                return Ok(());
            }
            // While all places are taken, there are as many connections as there may be.
            let Ok(_place) = Arc::clone(&self.places).try_acquire_owned() else { return Ok(()) };
            let wire = self.connect(self.deadline()).await?;
            let now = Instant::now();
            let mut state = self.state();
            if state.closed {
                drop(state);
                close_in_background(wire);
                return Err(Error::PoolClosed);
            }
            state.idle.push(Idle { wire, born: now, since: now });
        }
    }

    /// How many connections are open, or being opened for someone.
    fn size(&self) -> usize {
        let state = self.state();
        state.idle.len() + state.holders.iter().flatten().count()
    }

    /// Closes it: idle connections now, the others when they are given back. Who waits for one gets
    /// [`Error::PoolClosed`].
    pub(crate) async fn close(&self) {
        self.places.close();
        let idle = {
            let mut state = self.state();
            state.closed = true;
            std::mem::take(&mut state.idle)
        };
        for idle in idle {
            idle.wire.close().await;
        }
    }

    fn report(&self, waited: Duration, own: usize) -> PoolTimedOut {
        let now = Instant::now();
        let state = self.state();
        let task = tokio::task::try_id();
        let held = state.holders.iter().flatten();
        let own = own.max(held.filter(|holding| task.is_some() && holding.task == task).count());
        let mut holders: Vec<_> = state
            .holders
            .iter()
            .flatten()
            .map(|&Holding { file, line, since, .. }| Holder { file, line, held: now - since })
            .collect();
        let size = state.idle.len() + holders.len();
        holders.sort_by_key(|holder| std::cmp::Reverse(holder.held));
        holders.truncate(3);
        PoolTimedOut {
            waited,
            own,
            max_size: self.options.max_size,
            size,
            idle: state.idle.len(),
            waiting: self.waiting.load(Ordering::Relaxed),
            holders,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        state.idle.drain(..).for_each(|idle| close_in_background(idle.wire));
    }
}

/// No answer in time to an attempt to connect.
pub(crate) fn timed_out(target: &str, time: Duration) -> Error {
    Error::Connect(Box::new(ConnectError {
        target: target.to_owned(),
        problem: ConnectProblem::TimedOut(time),
        message: String::new(),
        help: Some(ConnectError::OTHER_SERVER.to_owned()),
        database: None,
        source: None,
    }))
}

/// How long a connection that may be closed has to answer.
const ANSWER: Duration = Duration::from_secs(5);

impl Idle {
    /// Whether it is still there: a round trip.
    async fn answers(&mut self, deadline: Instant) -> bool {
        let until = deadline.min(Instant::now() + ANSWER);
        let answer = tokio::time::timeout_at(until.into(), self.wire.control(Text::Static("select 1")));
        matches!(answer.await, Ok(Ok(())))
    }
}

impl Slot {
    /// Whether its connection has been in the pool before.
    pub(crate) fn is_used(&self) -> bool {
        self.used
    }

    /// Its connection was found closed: the idle ones are looked at before they are used.
    pub(crate) fn lost(&self) {
        self.pool.state().lost = Some(Instant::now());
    }

    /// Opens a new connection for one that was found closed.
    pub(crate) async fn renew(&mut self) -> Result<Box<dyn Session>> {
        self.lost();
        let wire = self.pool.connect(self.pool.deadline()).await?;
        (self.born, self.used) = (Instant::now(), false);
        Ok(wire)
    }

    /// Gives the connection back, for the next to use. The place is free after that: whoever gets it finds the
    /// connection.
    pub(crate) fn give_back(mut self, wire: Box<dyn Session>, now: Instant) {
        let idle = Idle { wire, born: self.born, since: now };
        let too_old = self.pool.is_too_old(&idle, now);
        let mut state = self.pool.state();
        if let Some(holder) = self.holder.take() {
            state.holders[holder] = None;
        }
        if too_old || state.closed {
            drop(state);
            close_in_background(idle.wire);
        } else {
            state.idle.push(idle);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(holder) = self.holder {
            self.pool.state().holders[holder] = None;
        }
    }
}
