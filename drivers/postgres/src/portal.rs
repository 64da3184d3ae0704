//! Rows in batches: a stream holds no more than a batch in memory, and one that is stopped has made the server compute
//! no more than that.

use std::sync::Arc;

use crate::{
    CommandTag, Connection, Error, Result, Statement,
    query::{Done, RowFn, Step, rows::End},
    wire::{
        frontend::{self, Target},
        tag,
    },
};

/// A statement whose rows are read in batches.
#[derive(Debug)]
pub(crate) struct Portal {
    statement: Arc<Statement>,
    state: State,
    /// How many rows were read.
    rows: u64,
    /// The tag of the last batch. Its number counts only that.
    tag: CommandTag,
}

impl Portal {
    fn done(&self) -> Option<Done> {
        let affected = match self.statement.columns.is_empty() {
            true => self.tag.rows().unwrap_or(0),
            false => self.rows,
        };
        let done =
            Done { tag: self.tag, rows: self.rows, rows_affected: affected, runs: 1, ..Done::default() };
        (self.state == State::Complete).then_some(done)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The rows of a batch are coming.
    Reading,
    /// The server waits until it is asked for more.
    Suspended,
    /// There are no more.
    Complete,
}

/// How a call of [`Connection::fetch`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// The batch has ended, and there may be more rows.
    Batch,
    /// The function that took the rows wanted no more now. The rest of the batch comes with the next call.
    Paused,
    /// There are no more rows.
    Complete,
}

impl Connection {
    /// Runs steps, and leaves the rows of the last one to be read in batches with [`fetch`](Connection::fetch). The
    /// first batch has `batch` rows at most; its rows are on their way. The function that takes the rows is the one given
    /// to `fetch`.
    ///
    /// No transaction needs to be open: the server keeps the result until [`end_fetch`](Connection::end_fetch). Nothing
    /// else can run on the connection until then.
    ///
    /// # Errors
    ///
    /// As [`Connection::run`].
    pub async fn start_fetch(&mut self, steps: &mut [Step<'_>], batch: u32) -> Result<Arc<Statement>> {
        self.ready()?;
        if steps.last().is_none_or(|step| step.params.runs != 1) {
            return Err(Error::Unsupported("a stream of no statement, or of a batch"));
        }
        let status = self.transaction_status();
        let batch = Some(batch.max(1));
        if let Err(error) = self.attempt(steps, batch).await {
            self.after_failure(steps, status, error).await?;
            if let Err(error) = self.attempt(steps, batch).await {
                // If that fails, the connection is broken. The first error says more.
                let _ = self.settle().await;
                return Err(error);
            }
        }
        let statement = steps.last().and_then(|step| step.statement.clone()).ok_or(Error::Closed)?;
        let (state, tag) = (State::Reading, CommandTag::EMPTY);
        self.portal = Some(Portal { statement: Arc::clone(&statement), state, rows: 0, tag });
        Ok(statement)
    }

    /// Reads rows up to the end of a batch, or until `rows` wants no more now. If the last batch has ended, it asks for
    /// another one, of `batch` rows at most.
    ///
    /// The future may be dropped: the next call goes on after the last row that `rows` was given.
    ///
    /// # Errors
    ///
    /// The server's; then the stream has ended. Or if the connection fails, or no stream was started.
    pub async fn fetch(&mut self, batch: u32, rows: &mut RowFn<'_>) -> Result<Fetched> {
        let Some(portal) = &mut self.portal else {
            return Err(Error::Unsupported("no stream was started"));
        };
        match portal.state {
            State::Reading => {}
            State::Complete => return Ok(Fetched::Complete),
            State::Suspended => {
                frontend::execute(&mut self.output, batch.max(1));
                frontend::flush(&mut self.output);
                self.pending.executes += 1;
                portal.state = State::Reading;
            }
        }
        let statement = Arc::clone(&portal.statement);
        let mut done = Done::default();
        let end = match self.read_rows(&statement.columns, Some(rows), &mut done).await {
            Ok(end) => end,
            Err(error) => {
                // If that fails, the connection is broken. The first error says more.
                let _ = self.settle().await;
                return Err(error);
            }
        };
        let Some(portal) = &mut self.portal else { return Ok(Fetched::Complete) };
        portal.rows += done.rows;
        let (state, fetched) = match end {
            End::Stopped => (State::Reading, Fetched::Paused),
            End::Suspended => (State::Suspended, Fetched::Batch),
            End::Complete => (State::Complete, Fetched::Complete),
        };
        portal.state = state;
        portal.tag = done.tag;
        Ok(fetched)
    }

    /// Ends a stream, whether or not all its rows were read: the rest of its last batch is read and ignored. Returns what
    /// the statement has done, if it came to its end.
    ///
    /// # Errors
    ///
    /// If the connection fails, or the server cannot commit what the statement did.
    pub async fn end_fetch(&mut self) -> Result<Option<Done>> {
        let Some(portal) = self.portal.take() else { return Ok(None) };
        if portal.state != State::Complete {
            frontend::close(&mut self.output, Target::Portal, "")?;
            self.pending.ends_with_execute = false;
        }
        self.sync();
        let mut first = None;
        while self.pending.syncs > 0 {
            if self.message().await? == tag::ERROR_RESPONSE {
                let error = self.take_error();
                if self.is_broken() {
                    return Err(error);
                }
                first.get_or_insert(error);
            }
        }
        match first {
            Some(error) => Err(error),
            None => Ok(portal.done()),
        }
    }
}
