//! Reads replies and shows their rows.

use std::{future::poll_fn, ops::Range, sync::Arc, task::Poll};

use super::{Connection, Done, reply::Event};
use crate::{
    column::Columns,
    error::{Error, Result, ServerError},
    protocol::message::End,
    row::{Flow, Row},
};

/// What takes a command's results. A closure over rows is one.
pub trait Sink {
    /// The columns of a result, before its rows. They can be kept.
    fn columns(&mut self, columns: &Arc<Columns>) {
        let _ = columns;
    }

    /// A row.
    fn row(&mut self, row: Row<'_>) -> Flow;

    /// A result ended.
    fn end(&mut self, end: &End) {
        let _ = end;
    }
}

impl<F: FnMut(Row<'_>) -> Flow> Sink for F {
    fn row(&mut self, row: Row<'_>) -> Flow {
        self(row)
    }
}

/// After [`Flow::Stop`] so many bytes of rows are read at most.
const AFTER_STOP: usize = 256 * 1024;

/// Whether rows are shown.
enum Showing {
    Yes,
    /// No, but they are read.
    No,
    /// No, and only so many more bytes are read.
    AtMost(usize),
}

impl Connection {
    /// Sends what is to be sent, and reads all replies.
    pub(super) async fn run(&mut self, sink: &mut (dyn Sink + Send)) -> Result<Done> {
        if let Err(error) = self.flush().await {
            return Err(self.last_words().unwrap_or(error));
        }
        let mut done = Done::default();
        let mut failed: Option<Box<ServerError>> = None;
        let mut showing = Showing::Yes;
        while !self.queue.is_empty() {
            let Some(event) = self.step()? else {
                if let Showing::AtMost(0) = showing {
                    return Ok(done);
                }
                self.fill().await?;
                continue;
            };
            match event {
                Event::None | Event::Prepared => {}
                Event::Columns if !matches!(showing, Showing::Yes) => {}
                Event::Columns => sink.columns(&self.reply.columns),
                Event::Row(range) => {
                    done.rows += 1;
                    match &mut showing {
                        Showing::Yes => match self.show(range, sink)? {
                            Flow::Continue => {}
                            Flow::Pause => pause().await,
                            Flow::Skip => showing = Showing::No,
                            Flow::Stop => showing = Showing::AtMost(AFTER_STOP),
                        },
                        Showing::No => {}
                        Showing::AtMost(left) => *left = left.saturating_sub(range.len() + 1),
                    }
                }
                Event::End(end) => {
                    done.add(&end);
                    if !matches!(showing, Showing::AtMost(_)) {
                        sink.end(&end);
                    }
                }
                Event::Failed(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        done.complete = true;
        match failed {
            Some(error) => Err(Error::Server(error)),
            None => Ok(done),
        }
    }
}

impl Connection {
    fn show(&mut self, range: Range<usize>, sink: &mut (dyn Sink + Send)) -> Result<Flow> {
        let (format, result) = (self.format(), self.reply.result);
        let row = Row::find(self.input.get(range), &self.reply.columns, format, result, &mut self.spans)
            .map(|row| sink.row(row));
        self.check(row)
    }

    /// Why the server closed the connection, if it said so before it did.
    #[cold]
    fn last_words(&mut self) -> Option<Error> {
        if let Ok(Some(count)) = self.stream.try_read(self.input.room()) {
            self.input.received(count);
        }
        match self.step() {
            Ok(Some(Event::Failed(error))) => Some(Error::Server(error)),
            _ => None,
        }
    }
}

/// Lets whoever polls take the rows so far.
async fn pause() {
    let mut paused = false;
    poll_fn(|_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// Takes nothing.
pub(super) struct Nothing;

impl Sink for Nothing {
    fn row(&mut self, _: Row<'_>) -> Flow {
        Flow::Skip
    }
}
