//! Where rows go: decoded at once, wherever the statement runs.
//!
//! A sink owns what it gathers and is handed back at the end, so that a statement may run on any thread without a
//! lifetime in its way. The code that runs statements knows sinks only as `Box<dyn Sink>`; what is generic in the
//! record type is the few lines here.

use std::{any::Any, future::poll_fn, sync::Arc, task::Poll};

use crate::{
    ColumnError, Row,
    backend::{BoxFuture, copy_data::CopyData},
};

/// Takes the rows of one statement.
pub(crate) trait Sink: Any + Send {
    /// Takes a row.
    fn row(&mut self, row: &Row<'_>) -> Result<Flow, ColumnError>;

    /// How many rows are wanted at most; 0: all.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code))]
    fn limit(&self) -> u32;

    /// Whether the rows are read while the statement runs. They are then taken on the task of their reader.
    #[cfg_attr(not(any(feature = "sqlite", feature = "postgres")), expect(dead_code))]
    fn is_stream(&self) -> bool;

    /// What tells how far a stream or a copy has come. `None`: it is neither.
    fn progress(&self) -> Option<Arc<dyn Progress>>;

    /// Forgets all rows, so that they can come again. False: some have been read already.
    fn restart(&mut self) -> bool;

    /// The data that the statement reads, if it is a copy into a table.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code))]
    fn copy_data(&mut self) -> Option<&mut CopyData>;

    /// After the last row: waits until all rows have been read, or nobody reads them any more.
    fn drained(&mut self) -> BoxFuture<'_, ()>;
}

/// Tells how far a stream or a copy has come.
pub(crate) trait Progress: Send + Sync {
    /// How many rows have come, or how often a copy waited for the program's data.
    fn rows(&self) -> u64;
}

/// What to do after a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Read the next.
    Continue,
    /// Let the reader have the rows first: return `Poll::Pending` once. The next poll comes when the reader has read them. A statement
    /// that can't wait can add more rows.
    Pause,
    /// No more are wanted.
    Stop,
}

/// Lets whoever polls have the rows that were just taken: it polls again when it wants more.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "sqlx"))]
pub(crate) async fn pause() {
    let mut is_paused = false;
    poll_fn(|_| match std::mem::replace(&mut is_paused, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
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
    fn row(&mut self, _: &Row<'_>) -> Result<Flow, ColumnError> {
        Ok(Flow::Continue)
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
        true
    }

    fn copy_data(&mut self) -> Option<&mut CopyData> {
        None
    }

    fn drained(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
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
    fn row(&mut self, row: &Row<'_>) -> Result<Flow, ColumnError> {
        if self.rows.len() < self.limit {
            self.rows.push(self.decode.decode(row)?);
        }
        Ok(if self.rows.len() < self.limit { Flow::Continue } else { Flow::Stop })
    }

    fn limit(&self) -> u32 {
        u32::try_from(self.limit).unwrap_or(0)
    }

    fn is_stream(&self) -> bool {
        false
    }

    fn progress(&self) -> Option<Arc<dyn Progress>> {
        None
    }

    fn restart(&mut self) -> bool {
        self.rows.clear();
        true
    }

    fn copy_data(&mut self) -> Option<&mut CopyData> {
        None
    }

    fn drained(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}
