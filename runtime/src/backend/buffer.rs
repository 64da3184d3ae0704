//! The rows of a stream, on their way from the statement to their reader.
//!
//! The statement adds one row at a time, and the reader takes all rows that are there at once: then a row costs little more than one
//! of `fetchall`. When the buffer is full, the statement pauses.
//!
//! A server's session runs on the reader's own task. The reader polls it only after it has read all rows, so nobody has to be woken.
//! SQLite's rows come from another thread. To wake the reader for each of them would cost several times what the row does. So the
//! reader is woken when the buffer is half full, and the statement's end wakes it anyway. A reader that begins to wait also sets a
//! timer. When the time is over, it takes the rows that are there: rows before a pause are not held back, whatever SQLite does
//! meanwhile. If there are none, the next row wakes it at once.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use aio_databases_net as net;

use super::{
    BoxFuture,
    sink::{DecodeRow, Flow, Sink},
};
use crate::{ColumnError, Row};

/// How many rows the buffer holds. The reader can have taken as many again.
const MOST_ROWS: usize = 1_024;

/// How many bytes their values have in all, by the backend's own estimate. The last row can exceed it.
const MOST_BYTES: usize = 1 << 20;

/// How long a reader waits for the buffer to fill.
const PATIENCE: Duration = Duration::from_micros(200);

/// A buffer's two ends.
pub(crate) fn buffer<R: Send + 'static>(decode: impl DecodeRow<R>) -> (Box<dyn Sink>, Reader<R>) {
    let shared = Arc::new(Shared::default());
    let reader =
        Reader { shared: Arc::clone(&shared), taken: VecDeque::new(), timer: Timer::New, is_threaded: false };
    (Box::new(Writer { decode, shared }), reader)
}

struct Shared<R> {
    state: Mutex<State<R>>,
    /// The reader has taken the rows of a full buffer, or is gone.
    emptied: Condvar,
}

struct State<R> {
    rows: VecDeque<R>,
    /// The size of all values in `rows`.
    bytes: usize,
    reader: Waiting,
    /// Rows were added while the reader waited, so they come from another thread.
    is_threaded: bool,
    /// The reader has taken rows.
    is_read: bool,
}

/// Whether the reader waits.
enum Waiting {
    /// It reads what it has taken, or polls the statement.
    No,
    /// Until the buffer is half full, or its timer rings.
    ForMany(Waker),
    /// Until there is a row.
    ForOne(Waker),
    /// Nobody reads any more.
    Gone,
}

impl<R> Default for Shared<R> {
    fn default() -> Self {
        let state = State {
            rows: VecDeque::new(),
            bytes: 0,
            reader: Waiting::No,
            is_threaded: false,
            is_read: false,
        };
        Shared { state: Mutex::new(state), emptied: Condvar::new() }
    }
}

impl<R> Shared<R> {
    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R> State<R> {
    fn is_filled_to(&self, part: usize) -> bool {
        self.rows.len() >= MOST_ROWS / part || self.bytes >= MOST_BYTES / part
    }

    fn is_full(&self) -> bool {
        self.is_filled_to(1)
    }

    fn is_gone(&self) -> bool {
        matches!(self.reader, Waiting::Gone)
    }

    /// The reader, if it is to be woken now.
    fn reader_to_wake(&mut self) -> Option<Waker> {
        let wakes = match self.reader {
            Waiting::No | Waiting::Gone => false,
            Waiting::ForMany(_) => self.is_filled_to(2),
            Waiting::ForOne(_) => true,
        };
        if !wakes {
            return None;
        }
        self.is_threaded = true;
        match std::mem::replace(&mut self.reader, Waiting::No) {
            Waiting::ForMany(waker) | Waiting::ForOne(waker) => Some(waker),
            Waiting::No | Waiting::Gone => None,
        }
    }
}

/// The statement's end.
struct Writer<R, D> {
    decode: D,
    shared: Arc<Shared<R>>,
}

impl<R: Send + 'static, D: DecodeRow<R>> Sink for Writer<R, D> {
    fn row(&mut self, row: &Row<'_>) -> Result<Flow, ColumnError> {
        let record = self.decode.decode(row)?;
        let bytes = row.size();
        let mut state = self.shared.lock();
        if state.is_gone() {
            return Ok(Flow::Stop);
        }
        state.rows.push_back(record);
        state.bytes += bytes;
        let reader = state.reader_to_wake();
        let is_full = state.is_full();
        drop(state);
        if let Some(reader) = reader {
            reader.wake();
        }
        Ok(if is_full { Flow::Pause } else { Flow::Continue })
    }

    fn limit(&self) -> u32 {
        0
    }

    fn is_stream(&self) -> bool {
        true
    }

    fn restart(&mut self) -> bool {
        let mut state = self.shared.lock();
        state.rows.clear();
        state.bytes = 0;
        !state.is_read
    }

    fn wait(&mut self) -> bool {
        let must_wait = |state: &mut State<R>| state.is_full() && !state.is_gone();
        let state = self.shared.emptied.wait_while(self.shared.lock(), must_wait);
        !state.unwrap_or_else(PoisonError::into_inner).is_gone()
    }

    fn drained(&mut self) -> BoxFuture<'_, ()> {
        // The reader polls the statement, and this with it, when it has read all rows: it need not be woken for that.
        Box::pin(poll_fn(|_| {
            let state = self.shared.lock();
            if state.rows.is_empty() || state.is_gone() { Poll::Ready(()) } else { Poll::Pending }
        }))
    }
}

/// The reader's end.
pub(crate) struct Reader<R> {
    shared: Arc<Shared<R>>,
    taken: VecDeque<R>,
    timer: Timer,
    is_threaded: bool,
}

/// Limits how long the reader waits for the buffer to fill.
enum Timer {
    /// The reader has not waited since it last took rows.
    New,
    Set(Pin<Box<net::Sleep>>),
    Over,
}

// The rows are never pinned.
impl<R> Unpin for Reader<R> {}

impl<R> Reader<R> {
    /// The next of the rows that were taken.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<R> {
        self.taken.pop_front()
    }

    /// Takes all rows that are there, and returns how many.
    pub(crate) fn take(&mut self) -> usize {
        let Reader { shared, taken, timer, is_threaded } = self;
        let mut state = shared.lock();
        state.reader = Waiting::No;
        if state.rows.is_empty() {
            return 0;
        }
        state.is_read = true;
        *is_threaded = state.is_threaded;
        let was_full = state.is_full();
        std::mem::swap(&mut state.rows, taken);
        state.bytes = 0;
        drop(state);
        if was_full {
            shared.emptied.notify_one();
        }
        *timer = Timer::New;
        taken.len()
    }

    /// Takes all rows that are there; if there are none, the task is woken later. To be called after the statement was polled.
    pub(crate) fn poll_take(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        if self.is_threaded && matches!(self.timer, Timer::New) {
            self.timer = Timer::Set(Box::pin(net::sleep(PATIENCE)));
        }
        if let Timer::Set(timer) = &mut self.timer
            && timer.as_mut().poll(cx).is_ready()
        {
            self.timer = Timer::Over;
        }
        let mut state = self.shared.lock();
        if !state.rows.is_empty() {
            drop(state);
            return Poll::Ready(self.take());
        }
        let waker = cx.waker().clone();
        state.reader = match self.timer {
            Timer::Set(_) => Waiting::ForMany(waker),
            Timer::New | Timer::Over => Waiting::ForOne(waker),
        };
        Poll::Pending
    }
}

impl<R> Drop for Reader<R> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.reader = Waiting::Gone;
        let unread = std::mem::take(&mut state.rows);
        drop(state);
        self.shared.emptied.notify_one();
        drop(unread);
    }
}
