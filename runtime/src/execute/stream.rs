//! Rows, one by one.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_core::Stream;

use crate::{
    Result,
    backend::BoxFuture,
    backend::buffer::{Reader, buffer},
    backend::job::{Job, Ran, Running},
    backend::sink::{DecodeRow, Sink},
    backend::thread_budget,
    execute::executor::Handle,
    statement::command::{Command, Request},
};

/// After how many rows without waiting other tasks get the thread.
const ROWS_IN_A_ROW: usize = 512;

/// A stream of records: what `iterate` gives.
///
/// Nothing is sent before the first record is asked for. The connection is given back when the stream has ended or is
/// dropped; if there are unread rows then, the statement is stopped first. While the stream is open, another query on the
/// same [`Connection`](crate::Connection) is [`Error::Busy`](crate::Error::Busy).
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aio_databases::Result<()> {
/// # let db = aio_databases::Database::open("sqlite::memory:").await?;
/// let mut rows = db.iterate("select 1 as n union all select 2", ());
/// let mut sum = 0;
/// while let Some(row) = rows.next().await {
///     sum += row?.get::<i64>("n")?;
/// }
/// assert_eq!(sum, 3);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlite"))]
/// # fn main() {}
/// ```
#[must_use = "nothing is sent until the stream is read"]
pub struct Rows<'e, R> {
    reader: Reader<R>,
    /// What to run, before that.
    new: Option<(Handle<'e>, Request, Box<dyn Sink>)>,
    /// The statement; gone when it has ended.
    run: Option<BoxFuture<'e, Result<Ran>>>,
    timeout: Option<Duration>,
    /// How many rows were taken since the stream last waited.
    in_a_row: usize,
}

impl<'e, R: Send + 'static> Rows<'e, R> {
    pub(crate) fn new(handle: Handle<'e>, request: Request, decode: impl DecodeRow<R>) -> Self {
        let (sink, reader) = buffer(decode);
        Rows { reader, new: Some((handle, request, sink)), run: None, timeout: None, in_a_row: 0 }
    }

    /// How long the query can take for its next row, once it has a connection. It wins over
    /// [`Builder::query_timeout`](crate::Builder::query_timeout). It must be said before the first row is asked for.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = Some(time);
        self
    }

    /// The next record, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<R>> {
        poll_fn(|cx| self.poll_row(cx)).await
    }

    /// The next record, or `None` at the end; for `while let Some(row) = rows.try_next().await?`.
    pub async fn try_next(&mut self) -> Result<Option<R>> {
        self.next().await.transpose()
    }

    #[inline]
    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        match self.reader.next() {
            Some(row) => Poll::Ready(Some(Ok(row))),
            None => self.poll_more(cx),
        }
    }

    /// Takes more rows, all of which are read before the statement goes on.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        let polled = match self.in_a_row < ROWS_IN_A_ROW {
            true => self.poll_statement(cx),
            false => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        };
        if polled.is_pending() {
            self.in_a_row = 0;
        }
        polled.map(|taken| match taken {
            Ok(count) => {
                self.in_a_row += count;
                self.reader.next().map(Ok)
            }
            Err(error) => Some(Err(error)),
        })
    }

    /// Lets the statement go on, and takes its rows. No rows: it has ended.
    fn poll_statement(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize>> {
        if let Some((handle, request, sink)) = self.new.take() {
            self.run = Some(Box::pin(run(handle, request, sink, self.timeout)));
        }
        let Some(run) = &mut self.run else { return Poll::Ready(Ok(0)) };
        let polled = run.as_mut().poll(cx);
        let count = self.reader.take();
        let Poll::Ready(ended) = polled else {
            return if count > 0 { Poll::Ready(Ok(count)) } else { Poll::Pending };
        };
        self.run = None;
        match (count, ended) {
            (0, Err(error)) => Poll::Ready(Err(error)),
            (count, Ok(_)) => Poll::Ready(Ok(count)),
            (count, Err(error)) => {
                // The error comes after the rows before it.
                self.run = Some(Box::pin(std::future::ready(Err(error))));
                Poll::Ready(Ok(count))
            }
        }
    }
}

async fn run(
    handle: Handle<'_>,
    request: Request,
    sink: Box<dyn Sink>,
    timeout: Option<Duration>,
) -> Result<Ran> {
    // Short statements run on this thread: now and then other tasks get it.
    thread_budget::wait_if_due().await;
    let command = Command { timeout, ..Command::new(request, handle.dialect())? };
    match handle.run(Job { command, sink, is_stream: true }) {
        Running::Ready(ran) => ran,
        Running::Waiting(run) => run.await,
    }
}

impl<R: Send + 'static> Stream for Rows<'_, R> {
    type Item = Result<R>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_row(cx)
    }
}

impl<R> fmt::Debug for Rows<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("ended", &(self.new.is_none() && self.run.is_none()))
            .finish_non_exhaustive()
    }
}
