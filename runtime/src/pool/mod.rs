//! The pool: a fair queue for a place, and a stack of idle connections.
//!
//! Taking and giving back a connection costs no round trip: whether one is still good is known by its age, and by how
//! its last statement ended. The connection used last is taken first, so that a pool that is too large shrinks.

pub(crate) mod endpoint;
pub(crate) mod endpoints;
pub(crate) mod lease;
pub(crate) mod meters;
mod reaper;
pub(crate) mod replicas;
pub(crate) mod status;
#[cfg(test)]
mod tests;

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, resume_unwind},
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
    time::{Duration, Instant},
};

use aio_databases_net as net;
use futures_util::{FutureExt as _, task::AtomicWaker};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};

use crate::{
    ConnectError, ConnectProblem, Error, Holder, PoolTimedOut, Result,
    backend::waiters::Waiter,
    backend::{Connector, Session},
    options::Options,
    pool::{lease::close_in_background, meters::Meters},
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
    meters: Meters,
    /// Told when a session is given back to a closed pool.
    returned: Notify,
}

#[derive(Default)]
struct State {
    closed: bool,
    idle: Vec<Idle>,
    /// Who has a connection; the index is the lease's.
    holders: Vec<Option<Holding>>,
    /// What ends their use early, at the same indices.
    ends: Vec<Arc<End>>,
    /// When a connection was found closed by the server last: those that were idle then may be, too.
    lost: Option<Instant>,
}

/// Who has a connection.
#[derive(Clone, Copy)]
struct Holding {
    file: &'static str,
    line: u32,
    since: Instant,
    /// Whether it was taken to keep it for a while.
    is_kept: bool,
    /// The task that did so.
    task: Option<tokio::task::Id>,
}

/// Ends the use of a session when the pool is closed.
#[derive(Debug, Default)]
pub(crate) struct End {
    has_come: AtomicBool,
    waker: AtomicWaker,
}

impl End {
    /// Whether the session cannot be used any more.
    pub(crate) fn has_come(&self) -> bool {
        self.has_come.load(Ordering::Acquire)
    }

    /// Runs a future until the end comes.
    pub(crate) async fn limit<F: Future>(&self, future: F) -> Result<F::Output> {
        let mut future = pin!(future);
        poll_fn(|cx| {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                return Poll::Ready(Ok(output));
            }
            self.waker.register(cx.waker());
            match self.has_come() {
                true => Poll::Ready(Err(Error::PoolClosed)),
                false => Poll::Pending,
            }
        })
        .await
    }

    fn come(&self) {
        self.has_come.store(true, Ordering::Release);
        self.waker.wake();
    }
}

struct Idle {
    session: Box<dyn Session>,
    born: Instant,
    since: Instant,
    /// Where its socket lives. It can be used nowhere else; `None`: it can be used anywhere.
    runtime: Option<net::RuntimeId>,
}

/// Where a connection belongs: its place in a pool.
pub(crate) struct Slot {
    pool: Arc<Pool>,
    /// Its index among the holders, until it is given back.
    holder: Option<usize>,
    end: Arc<End>,
    born: Instant,
    runtime: Option<net::RuntimeId>,
    /// Whether someone else had it before.
    used: bool,
    _place: OwnedSemaphorePermit,
}

impl Pool {
    pub(crate) fn new(connector: Arc<dyn Connector>, options: Arc<Options>, target: String) -> Arc<Self> {
        let pool = Arc::new(Pool {
            connector,
            places: Arc::new(Semaphore::new(options.max_size)),
            meters: Meters::new(&target, &options),
            options,
            target,
            waiting: AtomicUsize::new(0),
            state: Mutex::default(),
            returned: Notify::new(),
        });
        reaper::start(&pool);
        pool
    }

    /// Takes a session: an idle one, or a new one. `by`: the file and line of its user. `own`: how many the scopes around this hold,
    /// which are given back after it only; `None` if it is for a single query.
    pub(crate) async fn acquire(
        self: &Arc<Self>,
        by: (&'static str, u32),
        own: Option<usize>,
    ) -> Result<(Box<dyn Session>, Slot)> {
        let started = Instant::now();
        let acquired = self.acquire_slot(by, own).await;
        self.measure();
        match &acquired {
            Ok(_) => self.meters.waited(started.elapsed()),
            Err(Error::PoolTimedOut(_)) => self.meters.timed_out(),
            Err(_) => {}
        }
        acquired
    }

    async fn acquire_slot(
        self: &Arc<Self>,
        by: (&'static str, u32),
        own: Option<usize>,
    ) -> Result<(Box<dyn Session>, Slot)> {
        let deadline = self.deadline();
        let place = self.place(deadline, own.unwrap_or(0)).await?;
        let (mut idle, mut slot) = self.take(place, by, own, Instant::now())?;
        while let Some(mut found) = idle {
            if !self.must_answer(&found) || found.answers(deadline).await {
                slot.is_of(&found);
                return Ok((found.session, slot));
            }
            idle = self.pop(Instant::now());
        }
        self.connect_in(slot, deadline).await
    }

    /// Whether it has to answer before it is used: it was idle already when another was found closed, after which all of them might
    /// be.
    fn must_answer(&self, idle: &Idle) -> bool {
        self.connector.is_remote()
            && (self.options.test_before_acquire || self.state().lost.is_some_and(|lost| idle.since <= lost))
    }

    /// Takes an idle session, if there is one that is known to be good, and for which nobody waits.
    pub(crate) fn take_idle(
        self: &Arc<Self>,
        by: (&'static str, u32),
        own: Option<usize>,
        now: Instant,
    ) -> Option<(Box<dyn Session>, Slot)> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let (idle, mut slot) = self.take(place, by, own, now).ok()?;
        let Some(idle) = idle else {
            slot.unused();
            return None;
        };
        slot.is_of(&idle);
        if self.must_answer(&idle) {
            slot.unused();
            slot.give_back(idle.session, idle.since);
            return None;
        }
        self.measure();
        self.meters.waited(Duration::ZERO);
        Some((idle.session, slot))
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
        self.measure();
        let place = net::timeout_at(deadline, Arc::clone(&self.places).acquire_owned()).await;
        drop(waiting);
        match place {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(Error::PoolClosed),
            Err(_) => Err(Error::PoolTimedOut(Box::new(self.report(self.options.acquire_timeout, own)))),
        }
    }

    /// Takes the idle session that was used last, if there is one, and notes who has a session now. Its slot is that of a new one.
    fn take(
        self: &Arc<Self>,
        place: OwnedSemaphorePermit,
        (file, line): (&'static str, u32),
        own: Option<usize>,
        now: Instant,
    ) -> Result<(Option<Idle>, Slot)> {
        let task = own.and_then(|_| tokio::task::try_id());
        let is_kept = own.is_some();
        let (holder, end) = {
            let mut state = self.state();
            if state.closed {
                return Err(Error::PoolClosed);
            }
            let free = state.holders.iter().position(Option::is_none).unwrap_or_else(|| {
                state.holders.push(None);
                state.ends.push(Arc::default());
                state.holders.len() - 1
            });
            state.holders[free] = Some(Holding { file, line, since: now, is_kept, task });
            (free, Arc::clone(&state.ends[free]))
        };
        let runtime = self.runtime();
        let slot = Slot {
            pool: Arc::clone(self),
            holder: Some(holder),
            end,
            born: now,
            runtime,
            used: false,
            _place: place,
        };
        Ok((self.pop(now), slot))
    }

    /// The runtime that new sessions belong to.
    fn runtime(&self) -> Option<net::RuntimeId> {
        match self.connector.is_remote() {
            true => net::current().ok().map(|runtime| runtime.id()),
            false => None,
        }
    }

    /// The idle session that was used last and that can be used here. Those that are too old or closed are dropped on the way.
    fn pop(&self, now: Instant) -> Option<Idle> {
        let here = self.runtime();
        loop {
            let mut idle = {
                let mut state = self.state();
                let usable =
                    state.idle.iter().rposition(|idle| idle.runtime.is_none() || idle.runtime == here);
                match usable {
                    Some(at) => state.idle.remove(at),
                    None => {
                        // The place of a session that belongs to another runtime, so that there are never too many.
                        let full =
                            state.idle.len() + state.holders.iter().flatten().count() > self.options.max_size;
                        let foreign = (full && !state.idle.is_empty()).then(|| state.idle.remove(0));
                        drop(state);
                        drop(foreign);
                        return None;
                    }
                }
            };
            if self.is_too_old(&idle, now) {
                close_in_background(idle.session);
            } else if !idle.session.is_closed() {
                return Some(idle);
            }
        }
    }

    /// Opens a new session for a slot. If nobody waits for it any more, it goes on in the background, and the session is kept.
    async fn connect_in(self: &Arc<Self>, slot: Slot, deadline: Instant) -> Result<(Box<dyn Session>, Slot)> {
        if !self.connector.is_remote() {
            return Ok((self.connector.connect().await?, slot));
        }
        let (send, receive) = oneshot::channel();
        let pool = Arc::clone(self);
        let task = async move {
            // A panic of a hook is the caller's.
            let connected = AssertUnwindSafe(pool.connect(deadline)).catch_unwind().await;
            let connected = connected.map(|connected| connected.map(|session| (session, slot)));
            if let Err(Ok(Ok((session, slot)))) = send.send(connected) {
                slot.give_back(session, Instant::now());
            }
        };
        net::spawn(task).map_err(Error::io)?;
        match receive.await {
            Ok(Ok(connected)) => connected,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(Error::io("the async runtime ended while connecting")),
        }
    }

    async fn connect(&self, deadline: Instant) -> Result<Box<dyn Session>> {
        if !self.connector.is_remote() {
            return self.connector.connect().await;
        }
        let started = Instant::now();
        match net::timeout_at(deadline, self.connector.connect()).await {
            Ok(connected) => connected.inspect(|_| self.meters.created(started.elapsed())),
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
            let session = self.connect(self.deadline()).await?;
            let now = Instant::now();
            let runtime = self.runtime();
            let mut state = self.state();
            if state.closed {
                drop(state);
                close_in_background(session);
                return Err(Error::PoolClosed);
            }
            state.idle.push(Idle { session, born: now, since: now, runtime });
        }
    }

    /// How many connections are open, or being opened for someone.
    fn size(&self) -> usize {
        let state = self.state();
        state.idle.len() + state.holders.iter().flatten().count()
    }

    /// Closes it: idle connections now, the others when they are given back. Whoever waits for one gets [`Error::PoolClosed`]. The
    /// statements of others that still have one after the time limit are stopped; this task's own guards and scopes keep theirs.
    pub(crate) async fn close(&self) {
        self.places.close();
        let idle = {
            let mut state = self.state();
            state.closed = true;
            std::mem::take(&mut state.idle)
        };
        // A server that does not respond is not waited for.
        for idle in idle {
            let _ = net::timeout(self.options.patience(), idle.session.close()).await;
        }
        if net::timeout(self.options.disconnect_timeout, self.all_returned()).await.is_ok() {
            return;
        }
        let ends: Vec<_> = self.others().into_iter().map(|at| Arc::clone(&self.state().ends[at])).collect();
        tracing::warn!(
            target: "aio_databases::pool",
            connections = ends.len(),
            "disconnecting: stopping what still runs on connections after {:?}",
            self.options.disconnect_timeout
        );
        ends.iter().for_each(|end| end.come());
        // A guard that does nothing cannot be made to end.
        let _ = net::timeout(self.options.patience(), self.all_returned()).await;
    }

    /// Waits until no other task has a session.
    async fn all_returned(&self) {
        loop {
            let returned = self.returned.notified();
            if self.others().is_empty() {
                return;
            }
            returned.await;
        }
    }

    /// The holders whose sessions this task can wait for: not those that it keeps itself.
    fn others(&self) -> Vec<usize> {
        let task = tokio::task::try_id();
        let is_other = |holding: &Holding| !holding.is_kept || holding.task != task;
        let state = self.state();
        let holders = state.holders.iter().enumerate();
        holders.filter(|(_, holding)| holding.as_ref().is_some_and(is_other)).map(|(at, _)| at).collect()
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

    fn returned_after(&self, held: Option<Holding>) {
        if let (true, Some(held)) = (cfg!(feature = "metrics"), held) {
            self.meters.used(held.since.elapsed());
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
        state.idle.drain(..).for_each(|idle| close_in_background(idle.session));
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
        let answer = net::timeout_at(until, self.session.control(None, Text::Static("select 1")));
        matches!(answer.await, Ok(Ok(())))
    }
}

impl Slot {
    /// Whether its session has been in the pool before.
    pub(crate) fn is_used(&self) -> bool {
        self.used
    }

    /// Notes that nobody uses it after all.
    fn unused(&mut self) {
        if let Some(holder) = self.holder.take() {
            self.pool.state().holders[holder] = None;
        }
    }

    /// What ends the use of its session early.
    pub(crate) fn end(&self) -> &Arc<End> {
        &self.end
    }

    /// Notes that its session was idle before.
    fn is_of(&mut self, idle: &Idle) {
        (self.born, self.runtime, self.used) = (idle.born, idle.runtime, true);
    }

    /// Notes that its session was found closed: the idle ones have to answer before they are used.
    pub(crate) fn lost(&self) {
        self.pool.state().lost = Some(Instant::now());
    }

    /// Opens a new session for one that was found closed.
    pub(crate) async fn renew(&mut self) -> Result<Box<dyn Session>> {
        self.lost();
        let session = self.pool.connect(self.pool.deadline()).await?;
        (self.born, self.runtime, self.used) = (Instant::now(), self.pool.runtime(), false);
        Ok(session)
    }

    /// Gives the session back, for the next to use. The place is free after that: whoever gets it finds the session.
    pub(crate) fn give_back(mut self, session: Box<dyn Session>, now: Instant) {
        let idle = Idle { session, born: self.born, since: now, runtime: self.runtime };
        let too_old = self.pool.is_too_old(&idle, now);
        let mut state = self.pool.state();
        if let Some(holder) = self.holder.take() {
            self.pool.returned_after(state.holders[holder].take());
        }
        if too_old || state.closed {
            drop(state);
            self.pool.returned.notify_waiters();
            close_in_background(idle.session);
        } else {
            state.idle.push(idle);
            drop(state);
            self.pool.measure();
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(holder) = self.holder {
            let held = self.pool.state().holders[holder].take();
            self.pool.returned_after(held);
            self.pool.measure();
            self.pool.returned.notify_waiters();
        }
    }
}
