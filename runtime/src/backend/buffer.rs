//! The rows of a stream, between the statement and its reader.
//!
//! A session decodes rows on the task that reads the stream. It adds them to a buffer and pauses when the buffer is full. The reader
//! takes all rows at once, and polls the session again only after it has read them. So nobody has to be woken, and a row costs little
//! more than one of `fetchall`.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use super::{
    BoxFuture,
    copy_data::CopyData,
    sink::{DecodeRow, Flow, Progress, Sink},
};
use crate::{ColumnError, Row};

/// How many rows fill the buffer.
const ROWS: usize = 64;

/// How many bytes fill the buffer, as the backends estimate the size of rows.
const BYTES: usize = 1 << 18;

/// The two ends of a buffer.
pub(crate) fn buffer<R: Send + 'static>(decode: impl DecodeRow<R>) -> (Box<dyn Sink>, Reader<R>) {
    let shared = Arc::new(Mutex::new(Shared { rows: VecDeque::new(), bytes: 0, count: 0, is_read: false }));
    let reader = Reader { shared: Arc::clone(&shared), taken: VecDeque::new() };
    (Box::new(Writer { decode, shared }), reader)
}

struct Shared<R> {
    rows: VecDeque<R>,
    bytes: usize,
    /// How many rows have come.
    count: u64,
    /// Whether the reader has taken rows.
    is_read: bool,
}

fn lock<R>(shared: &Mutex<Shared<R>>) -> MutexGuard<'_, Shared<R>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<R: Send> Progress for Mutex<Shared<R>> {
    fn rows(&self) -> u64 {
        lock(self).count
    }
}

/// The statement's end.
struct Writer<R, D> {
    decode: D,
    shared: Arc<Mutex<Shared<R>>>,
}

impl<R: Send + 'static, D: DecodeRow<R>> Sink for Writer<R, D> {
    fn row(&mut self, row: &Row<'_>) -> Result<Flow, ColumnError> {
        let record = self.decode.decode(row)?;
        let mut shared = lock(&self.shared);
        shared.rows.push_back(record);
        shared.bytes += row.size();
        shared.count += 1;
        let is_full = shared.rows.len() >= ROWS || shared.bytes >= BYTES;
        Ok(if is_full { Flow::Pause } else { Flow::Continue })
    }

    fn limit(&self) -> u32 {
        0
    }

    fn is_stream(&self) -> bool {
        true
    }

    fn progress(&self) -> Option<Arc<dyn Progress>> {
        let shared: Arc<dyn Progress> = Arc::<Mutex<Shared<R>>>::clone(&self.shared);
        Some(shared)
    }

    fn restart(&mut self) -> bool {
        let mut shared = lock(&self.shared);
        shared.rows.clear();
        shared.bytes = 0;
        !shared.is_read
    }

    fn copy_data(&mut self) -> Option<&mut CopyData> {
        None
    }

    fn drained(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(poll_fn(|_| match lock(&self.shared).rows.is_empty() {
            true => Poll::Ready(()),
            // The reader polls again when it has read its rows.
            false => Poll::Pending,
        }))
    }
}

/// The reader's end.
pub(crate) struct Reader<R> {
    shared: Arc<Mutex<Shared<R>>>,
    taken: VecDeque<R>,
}

// Rows are never pinned.
impl<R> Unpin for Reader<R> {}

impl<R> Reader<R> {
    /// The next of the rows that were taken.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<R> {
        self.taken.pop_front()
    }

    /// Takes all rows that are there, after those taken before were read, and returns how many.
    pub(crate) fn take(&mut self) -> usize {
        let mut shared = lock(&self.shared);
        std::mem::swap(&mut shared.rows, &mut self.taken);
        shared.bytes = 0;
        shared.is_read |= !self.taken.is_empty();
        self.taken.len()
    }
}
