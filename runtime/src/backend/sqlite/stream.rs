//! The rows of a stream, on their way from the thread of a connection to the task that reads them.
//!
//! The thread adds one row at a time, and the task takes all rows that are there at once. To wake the task for each row would cost
//! several times what the row does. So it is woken when the buffer is half full; the statement's end wakes it anyway. A task that
//! begins to wait also sets a timer. When the time is over, it takes the rows that are there: rows before a pause are not held back,
//! whatever SQLite does meanwhile. If there are none, the next row wakes it at once.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use aio_databases_net as net;

use super::flat::FlatRows;
use crate::{
    ColumnError, Result, Row,
    backend::{
        BoxFuture, Outcome,
        copy_data::CopyData,
        sink::{Discard, Flow, Progress, Sink, pause},
    },
};

/// How many rows the buffer holds. The reader can have taken as many again.
const MOST_ROWS: usize = 4_096;

/// How many bytes fill the buffer. The last row can exceed them.
const MOST_BYTES: usize = 1 << 20;

/// How long the reader waits for the buffer to fill.
const PATIENCE: Duration = Duration::from_micros(200);

/// The two ends of a buffer. `holds_lock`: others wait for the statement's lock until its end, so it never waits for its reader; all
/// rows are set aside.
pub(super) fn buffer(holds_lock: bool) -> (Box<dyn Sink>, Reader) {
    let shared = Arc::new(Shared::default());
    let writer = Box::new(Writer { shared: Arc::clone(&shared), holds_lock });
    (writer, Reader { shared, taken: FlatRows::default(), timer: Timer::Over })
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// The reader has taken the rows of a full buffer, or is gone.
    emptied: Condvar,
}

#[derive(Default)]
struct State {
    rows: FlatRows,
    reader: Waiting,
}

/// Whether the reader waits.
#[derive(Default)]
enum Waiting {
    /// It is busy.
    #[default]
    No,
    /// Until the buffer is half full, or its timer rings.
    ForMany(Waker),
    /// Until there is a row.
    ForOne(Waker),
    /// Nobody reads any more.
    Gone,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether a part of the buffer is full.
    fn is_filled(&self, part: usize) -> bool {
        self.rows.len() >= MOST_ROWS / part || self.rows.size() >= MOST_BYTES / part
    }

    fn is_gone(&self) -> bool {
        matches!(self.reader, Waiting::Gone)
    }

    /// The reader, if a row wakes it.
    fn reader_to_wake(&mut self) -> Option<Waker> {
        match &self.reader {
            Waiting::ForOne(_) => {}
            Waiting::ForMany(_) if self.is_filled(2) => {}
            Waiting::ForMany(_) | Waiting::No | Waiting::Gone => return None,
        }
        match std::mem::take(&mut self.reader) {
            Waiting::ForMany(waker) | Waiting::ForOne(waker) => Some(waker),
            Waiting::No | Waiting::Gone => None,
        }
    }
}

/// The end on the thread of the connection.
struct Writer {
    shared: Arc<Shared>,
    holds_lock: bool,
}

impl Sink for Writer {
    /// Copies a row, and waits here if there is no room for more.
    fn row(&mut self, row: &Row<'_>) -> Result<Flow, ColumnError> {
        let mut state = self.shared.lock();
        if state.is_gone() {
            return Ok(Flow::Stop);
        }
        state.rows.push(row)?;
        if let Some(reader) = state.reader_to_wake() {
            drop(state);
            reader.wake();
            state = self.shared.lock();
        }
        if !self.holds_lock && state.is_filled(1) {
            let is_full = |state: &mut State| state.is_filled(1) && !state.is_gone();
            state = self.shared.emptied.wait_while(state, is_full).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(if state.is_gone() { Flow::Stop } else { Flow::Continue })
    }

    fn limit(&self) -> u32 {
        0
    }

    fn is_stream(&self) -> bool {
        false
    }

    fn progress(&self) -> Option<Arc<dyn Progress>> {
        None
    }

    fn restart(&mut self) -> bool {
        false
    }

    fn copy_data(&mut self) -> Option<&mut CopyData> {
        None
    }

    fn drained(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// The end on the task that reads the stream.
pub(super) struct Reader {
    shared: Arc<Shared>,
    taken: FlatRows,
    timer: Timer,
}

/// Limits how long the reader waits for the buffer to fill.
enum Timer {
    /// The reader has not waited since it last took rows.
    New,
    Set(Pin<Box<net::Sleep>>),
    /// The time is over; also before the first row, which is not waited with.
    Over,
}

impl Reader {
    /// Hands the rows of a statement to a sink while it runs.
    pub(super) async fn feed(
        self,
        statement: impl Future<Output = Result<Outcome>>,
        mut sink: Box<dyn Sink>,
    ) -> Outcome {
        let mut statement = pin!(statement);
        let mut reader = Some(self);
        let (mut ended, mut refused) = (None, None);
        while let Some(rows) = &mut reader {
            if ended.is_none() {
                ended = poll_fn(|cx| match statement.as_mut().poll(cx) {
                    Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
                    Poll::Pending => rows.poll_wait(cx).map(|()| None),
                })
                .await;
            }
            if rows.take() == 0 && ended.is_some() {
                break;
            }
            match rows.read(&mut *sink).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => refused = Some(error),
            }
            // The statement stops: nobody reads any more.
            reader = None;
        }
        let ended = match ended {
            Some(ended) => ended,
            None => statement.await,
        };
        let Outcome { result, rows, .. } = match ended {
            Ok(outcome) => outcome,
            Err(error) => Outcome { sink: Box::new(Discard), result: Err(error), rows: 0 },
        };
        let result = result.and_then(|done| refused.map_or(Ok(done), |error| Err(error.into())));
        Outcome { sink, result, rows }
    }

    /// Takes all rows that are there, and returns how many.
    fn take(&mut self) -> usize {
        self.taken.clear();
        let mut state = self.shared.lock();
        let was_full = state.is_filled(1);
        std::mem::swap(&mut state.rows, &mut self.taken);
        drop(state);
        if was_full {
            self.shared.emptied.notify_one();
        }
        self.taken.len()
    }

    /// Hands the rows that were taken to a sink. False: it wants no more.
    async fn read(&mut self, sink: &mut dyn Sink) -> Result<bool, ColumnError> {
        for number in 0..self.taken.len() {
            let flow = sink.row(&Row::new(&self.taken.row(number)))?;
            match flow {
                Flow::Continue => {}
                Flow::Pause => pause().await,
                Flow::Stop => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Waits for rows.
    fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if matches!(self.timer, Timer::New) {
            self.timer = Timer::Set(Box::pin(net::sleep(PATIENCE)));
        }
        if let Timer::Set(timer) = &mut self.timer
            && timer.as_mut().poll(cx).is_ready()
        {
            self.timer = Timer::Over;
        }
        let is_late = matches!(self.timer, Timer::Over);
        let mut state = self.shared.lock();
        let enough = if is_late { state.rows.len() > 0 } else { state.is_filled(2) };
        if enough {
            state.reader = Waiting::No;
            self.timer = Timer::New;
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        state.reader = if is_late { Waiting::ForOne(waker) } else { Waiting::ForMany(waker) };
        Poll::Pending
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.shared.lock().reader = Waiting::Gone;
        self.shared.emptied.notify_one();
    }
}
