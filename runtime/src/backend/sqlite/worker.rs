//! A thread that runs statements on one connection, one after the other.

use std::{
    ops::{Deref, DerefMut},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, mpsc},
    thread,
    time::Instant,
};

use tokio::sync::oneshot;

use super::{
    busy,
    cancel::Cancel,
    engine::{Engine, Standing},
    lock_queue::Lock,
};
use crate::{Error, Result};

type Job = Box<dyn FnOnce(&Mutex<Engine>) + Send>;

/// The thread and what it works on. Dropped, the thread ends what it does, closes the connection and ends.
pub(super) struct Worker {
    // In this order: the worker has the session's last reference and closes it, which may take long, on its thread.
    session: Arc<Mutex<Engine>>,
    jobs: mpsc::Sender<(u64, Job)>,
    cancel: Cancel,
    ended: oneshot::Receiver<()>,
    /// The session's state after the last job.
    pub(super) standing: Standing,
}

impl Worker {
    /// Starts a thread, and opens a connection there.
    pub(super) async fn start(open: impl FnOnce(Cancel) -> Result<Engine> + Send + 'static) -> Result<Self> {
        let cancel = Cancel::default();
        let (jobs, inbox) = mpsc::channel();
        let (opened, opening) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let seen = cancel.clone();
        let work = move || {
            busy::wait_here(seen.clone());
            match open(seen.clone()) {
                Ok(mut session) => {
                    let standing = session.settle();
                    let session = Arc::new(Mutex::new(session));
                    if opened.send(Ok((Arc::clone(&session), standing))).is_ok() {
                        work(session, &inbox, &seen);
                    }
                }
                Err(error) => drop(opened.send(Err(error))),
            }
            drop(end);
        };
        thread::Builder::new().name("aio-databases".to_owned()).spawn(work).map_err(Error::io)?;
        let (session, standing) = opening.await.map_err(|_| lost())??;
        Ok(Worker { session, jobs, cancel, ended, standing })
    }

    /// Runs something on the thread and returns its result. The session keeps the lock for it. If the future is dropped, the job
    /// is cancelled. A panic is passed on.
    pub(super) async fn call<T: Send + 'static>(
        &mut self,
        lock: Option<Lock>,
        job: impl FnOnce(&mut Engine) -> T + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let mut ticket = self.cancel.ticket();
        let job = move |session: &Mutex<Engine>| {
            let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
            session.take(lock);
            let result = catch_unwind(AssertUnwindSafe(|| job(&mut session)));
            let standing = session.settle();
            // Whoever has the answer may use the session at once; nobody may wait any more.
            drop(session);
            drop(answer.send((result, standing)));
        };
        self.jobs.send((ticket.number, Box::new(job))).map_err(|_| lost())?;
        let result = answered.await;
        ticket.done();
        let Ok((result, standing)) = result else { return Err(lost()) };
        self.standing = standing;
        result.or_else(|panic| resume_unwind(panic))
    }

    /// The session, for use on this thread, perhaps until a time; `None` while the worker has it.
    pub(super) fn here(&self, deadline: Option<Instant>) -> Option<Here<'_>> {
        let session = match self.session.try_lock() {
            Ok(session) => session,
            Err(TryLockError::Poisoned(session)) => session.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        self.cancel.begin_here(deadline);
        Some(Here { session, cancel: &self.cancel })
    }

    /// Waits until the connection is closed.
    pub(super) async fn close(self) {
        let Worker { session, jobs, ended, .. } = self;
        drop(session);
        drop(jobs);
        let _ = ended.await;
    }
}

/// The session, on the thread of a caller.
pub(super) struct Here<'w> {
    session: MutexGuard<'w, Engine>,
    cancel: &'w Cancel,
}

impl Deref for Here<'_> {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.session
    }
}

impl DerefMut for Here<'_> {
    fn deref_mut(&mut self) -> &mut Engine {
        &mut self.session
    }
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.cancel.set_deadline(None);
    }
}

fn work(session: Arc<Mutex<Engine>>, inbox: &mpsc::Receiver<(u64, Job)>, cancel: &Cancel) {
    while let Ok((number, job)) = inbox.recv() {
        // A job that was cancelled before it began is dropped, and its caller with it.
        if cancel.begin(number) {
            job(&session);
        }
    }
}

fn lost() -> Error {
    Error::protocol("the thread of this SQLite connection has ended")
}
