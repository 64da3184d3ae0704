//! How a caller who has gone stops what runs for it on the worker.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

/// Jobs are numbered from 1. Whoever cancels a job notes its number; the job sees that its own number was noted.
#[derive(Clone, Debug, Default)]
pub(super) struct Cancel(Arc<Numbers>);

#[derive(Debug, Default)]
struct Numbers {
    /// The job that was sent last.
    sent: AtomicU64,
    /// The job that runs, or ran last.
    running: AtomicU64,
    /// The last job that was cancelled. Jobs before it have ended.
    cancelled: AtomicU64,
    /// Until when the running job may run, in nanoseconds since the start; 0: for as long as it takes.
    deadline: AtomicU64,
}

impl Cancel {
    /// Something runs here and now, perhaps until a time: with a number of its own, as the last job's may be that of one that
    /// was cancelled.
    pub(super) fn begin_here(&self, deadline: Option<Instant>) {
        let number = self.0.sent.fetch_add(1, Ordering::Relaxed) + 1;
        self.begin(number);
        self.set_deadline(deadline);
    }

    /// A number for a job that is being sent. Dropped without [`Ticket::done`], it cancels the job.
    pub(super) fn ticket(&self) -> Ticket {
        let number = self.0.sent.fetch_add(1, Ordering::Relaxed) + 1;
        Ticket { number, cancel: self.clone(), done: false }
    }

    /// The worker begins a job. False: it was cancelled before.
    pub(super) fn begin(&self, number: u64) -> bool {
        self.0.running.store(number, Ordering::Release);
        !self.is_cancelled()
    }

    /// Until when the running job may run; `None`: for as long as it takes.
    pub(super) fn set_deadline(&self, deadline: Option<Instant>) {
        let nanoseconds = deadline.map_or(0, |deadline| nanoseconds(deadline).max(1));
        self.0.deadline.store(nanoseconds, Ordering::Release);
    }

    /// Whether the running job was cancelled, or has had its time.
    pub(super) fn is_to_stop(&self) -> bool {
        let deadline = self.0.deadline.load(Ordering::Acquire);
        self.is_cancelled() || deadline != 0 && nanoseconds(Instant::now()) >= deadline
    }

    /// Whether the running job was cancelled.
    fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire) >= self.0.running.load(Ordering::Acquire)
    }
}

/// A time, as a number of nanoseconds since the first one that was asked for.
fn nanoseconds(time: Instant) -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(time.saturating_duration_since(*START).as_nanos()).unwrap_or(u64::MAX)
}

pub(super) struct Ticket {
    pub(super) number: u64,
    cancel: Cancel,
    done: bool,
}

impl Ticket {
    /// The job has ended.
    pub(super) fn done(&mut self) {
        self.done = true;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.done {
            self.cancel.0.cancelled.fetch_max(self.number, Ordering::AcqRel);
        }
    }
}
