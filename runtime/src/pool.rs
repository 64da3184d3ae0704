//! The pool: a fair queue for a place, and a stack of idle connections.
//!
//! Taking and giving back a connection costs no round trip: whether one is still good is known by its age, and by how
//! its last statement ended. The connection used last is taken first, so that a pool that is too large shrinks.

mod reaper;
#[cfg(test)]
mod tests;

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
    backend::{Connector, Wire},
    lease::close_in_background,
    options::Options,
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
    holders: Vec<Option<(&'static str, u32, Instant)>>,
}

struct Idle {
    wire: Box<dyn Wire>,
    born: Instant,
    since: Instant,
}

/// Where a connection belongs: its place in a pool.
pub(crate) struct Home {
    pool: Arc<Pool>,
    holder: usize,
    born: Instant,
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

    /// Takes a connection: an idle one, or a new one. `file` and `line` say who has it.
    pub(crate) async fn acquire(
        self: &Arc<Self>,
        file: &'static str,
        line: u32,
    ) -> Result<(Box<dyn Wire>, Home)> {
        let deadline = self.deadline();
        let place = self.place(deadline).await?;
        let (idle, holder) = self.take(file, line)?;
        let mut home = Home { pool: Arc::clone(self), holder, born: Instant::now(), _place: place };
        match idle {
            Some(idle) => {
                home.born = idle.born;
                Ok((idle.wire, home))
            }
            None => Ok((self.connect(deadline).await?, home)),
        }
    }

    /// Waits for a place.
    async fn place(&self, deadline: Instant) -> Result<OwnedSemaphorePermit> {
        match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => return Ok(place),
            Err(tokio::sync::TryAcquireError::Closed) => return Err(Error::PoolClosed),
            Err(tokio::sync::TryAcquireError::NoPermits) => {}
        }
        let waiting = Waiting::new(&self.waiting);
        let place = tokio::time::timeout_at(deadline.into(), Arc::clone(&self.places).acquire_owned()).await;
        drop(waiting);
        match place {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(Error::PoolClosed),
            Err(_) => Err(Error::PoolTimedOut(Box::new(self.report()))),
        }
    }

    /// Takes the idle connection that was used last, and notes who holds a connection now.
    fn take(&self, file: &'static str, line: u32) -> Result<(Option<Idle>, usize)> {
        let now = Instant::now();
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
        state.holders[free] = Some((file, line, now));
        drop(state);
        too_old.into_iter().for_each(|idle| close_in_background(idle.wire));
        Ok((idle, free))
    }

    async fn connect(&self, deadline: Instant) -> Result<Box<dyn Wire>> {
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

    fn report(&self) -> PoolTimedOut {
        let now = Instant::now();
        let state = self.state();
        let mut holders: Vec<_> = state
            .holders
            .iter()
            .flatten()
            .map(|&(file, line, since)| Holder { file, line, held: now - since })
            .collect();
        let size = state.idle.len() + holders.len();
        holders.sort_by_key(|holder| std::cmp::Reverse(holder.held));
        holders.truncate(3);
        PoolTimedOut {
            waited: self.options.acquire_timeout,
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

impl Home {
    /// Gives the connection back, for the next to use. The place is free after that: whoever gets it finds the
    /// connection.
    pub(crate) fn give_back(self, wire: Box<dyn Wire>) {
        let idle = Idle { wire, born: self.born, since: Instant::now() };
        let too_old = self.pool.is_too_old(&idle, idle.since);
        let mut state = self.pool.state();
        if too_old || state.closed {
            drop(state);
            close_in_background(idle.wire);
        } else {
            state.idle.push(idle);
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.pool.state().holders[self.holder] = None;
    }
}

/// Counts who waits, whatever ends the waiting.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
