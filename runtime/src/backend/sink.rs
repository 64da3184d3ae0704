//! Where rows go: decoded at once, wherever the statement runs.
//!
//! A sink owns what it gathers and is handed back at the end, so that a statement may run on any thread without a
//! lifetime in its way. The code that runs statements knows sinks only as `Box<dyn Sink>`; what is generic in the
//! record type is the few lines here.

use std::{any::Any, collections::VecDeque};

use tokio::sync::mpsc;

use crate::{ColumnError, Row, backend::BoxFuture};

/// Takes the rows of one statement.
pub(crate) trait Sink: Any + Send {
    /// Takes a row.
    fn row(&mut self, row: &Row<'_>) -> Result<Flow, ColumnError>;

    /// Whether the first row is the only one wanted.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code))]
    fn wants_one(&self) -> bool {
        false
    }

    /// Forgets what was taken, so that the rows may come again. False: that cannot be.
    #[cfg_attr(not(feature = "sqlite"), expect(dead_code))]
    fn restart(&mut self) -> bool {
        false
    }

    /// After [`Flow::Pause`], on a thread of its own: waits until what was taken has been handed on. It may be called
    /// later, for all rows since the last time. False: no more are wanted.
    #[cfg_attr(not(feature = "sqlite"), expect(dead_code))]
    fn wait(&mut self) -> bool {
        true
    }

    /// After the last row: waits until all that was taken has been read, or nobody reads any more.
    fn drained(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// What to do after a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Read the next.
    Continue,
    /// Let the reader have this one first.
    Pause,
    /// No more are wanted.
    Stop,
}

/// Makes a record of a row.
pub(crate) trait DecodeRow<R>: Send + 'static {
    fn decode(&mut self, row: &Row<'_>) -> Result<R, ColumnError>;
}

/// The function that a macro writes.
pub(crate) type DecodeFn<R> = fn(&Row<'_>) -> Result<R, ColumnError>;

impl<R: 'static> DecodeRow<R> for DecodeFn<R> {
    fn decode(&mut self, row: &Row<'_>) -> Result<R, ColumnError> {
        self(row)
    }
}

/// Keeps no row.
pub(crate) struct Discard;

impl Sink for Discard {
    fn restart(&mut self) -> bool {
        true
    }

    fn row(&mut self, _: &Row<'_>) -> Result<Flow, ColumnError> {
        Ok(Flow::Continue)
    }
}

/// Keeps the first rows, up to a number.
pub(crate) struct Collect<R, D> {
    decode: D,
    limit: usize,
    pub(crate) rows: Vec<R>,
}

impl<R: Send + 'static, D: DecodeRow<R>> Collect<R, D> {
    pub(crate) fn new(decode: D, limit: usize) -> Self {
        Collect { decode, limit, rows: Vec::new() }
    }
}

impl<R: Send + 'static, D: DecodeRow<R>> Sink for Collect<R, D> {
    fn wants_one(&self) -> bool {
        self.limit == 1
    }

    fn restart(&mut self) -> bool {
        self.rows.clear();
        true
    }

    fn row(&mut self, row: &Row<'_>) -> Result<Flow, ColumnError> {
        if self.rows.len() < self.limit {
            self.rows.push(self.decode.decode(row)?);
        }
        Ok(if self.rows.len() < self.limit { Flow::Continue } else { Flow::Stop })
    }
}

/// Hands each row to a stream.
pub(crate) struct Channel<R, D> {
    decode: D,
    rows: mpsc::Sender<R>,
    /// Rows for which there was no room. Only a sink on a thread of its own fills up: elsewhere a row is taken before
    /// the next is read.
    pending: VecDeque<R>,
}

impl<R: Send + 'static, D: DecodeRow<R>> Channel<R, D> {
    pub(crate) fn new(decode: D, rows: mpsc::Sender<R>) -> Self {
        Channel { decode, rows, pending: VecDeque::new() }
    }
}

impl<R: Send + 'static, D: DecodeRow<R>> Sink for Channel<R, D> {
    fn row(&mut self, row: &Row<'_>) -> Result<Flow, ColumnError> {
        let row = self.decode.decode(row)?;
        if !self.pending.is_empty() {
            self.pending.push_back(row);
            return Ok(Flow::Pause);
        }
        match self.rows.try_send(row) {
            Ok(()) => Ok(Flow::Pause),
            Err(mpsc::error::TrySendError::Full(row)) => {
                self.pending.push_back(row);
                Ok(Flow::Pause)
            }
            Err(mpsc::error::TrySendError::Closed(_)) => Ok(Flow::Stop),
        }
    }

    fn wait(&mut self) -> bool {
        while let Some(row) = self.pending.pop_front() {
            if self.rows.blocking_send(row).is_err() {
                return false;
            }
        }
        true
    }

    fn drained(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            // There is room for all only when none is left. An error: the reader is gone.
            let _ = self.rows.reserve_many(self.rows.max_capacity()).await;
        })
    }
}
