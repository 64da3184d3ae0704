//! Rows one by one, as they come.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_core::Stream;
use tokio::sync::mpsc;

use crate::{
    Result,
    backend::sink::{Channel, DecodeRow},
    execute::executor::Handle,
    execute::fetch::{Ran, Request},
    statement::command::Command,
};

/// How many rows a thread of its own may be ahead of the reader.
const AHEAD: usize = 128;

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
    rows: mpsc::Receiver<R>,
    /// The statement; gone when it has ended.
    run: Option<Pin<Box<dyn Future<Output = Result<Ran>> + Send + 'e>>>,
}

impl<'e, R: Send + 'static> Rows<'e, R> {
    pub(crate) fn new(handle: Handle<'e>, request: Request, decode: impl DecodeRow<R>) -> Self {
        let (sender, rows) = mpsc::channel(AHEAD);
        let sink = Box::new(Channel::new(decode, sender));
        let run = async move {
            let command = Command::new(request, handle.backend())?;
            handle.stream(Arc::new(command), sink).await
        };
        Rows { rows, run: Some(Box::pin(run)) }
    }

    /// The next record, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<R>> {
        poll_fn(|cx| self.poll_row(cx)).await
    }

    /// The next record, or `None` at the end; for `while let Some(row) = rows.try_next().await?`.
    pub async fn try_next(&mut self) -> Result<Option<R>> {
        self.next().await.transpose()
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        // What has come is given before the statement goes on: here a row is taken before the next is read.
        if let Ok(row) = self.rows.try_recv() {
            return Poll::Ready(Some(Ok(row)));
        }
        let Some(run) = &mut self.run else { return Poll::Ready(None) };
        match run.as_mut().poll(cx) {
            Poll::Pending => match self.rows.poll_recv(cx) {
                Poll::Ready(Some(row)) => Poll::Ready(Some(Ok(row))),
                // No more rows will come; the statement is yet to tell how it ended.
                Poll::Ready(None) | Poll::Pending => Poll::Pending,
            },
            Poll::Ready(ended) => {
                self.run = None;
                // Rows that came before the end are given before it. (`poll_recv` may give none although there are, when
                // the task has had its share of time.)
                match (self.rows.try_recv(), ended) {
                    (Ok(row), Err(error)) => {
                        self.run = Some(Box::pin(std::future::ready(Err(error))));
                        Poll::Ready(Some(Ok(row)))
                    }
                    (Ok(row), Ok(_)) => Poll::Ready(Some(Ok(row))),
                    (Err(_), Err(error)) => Poll::Ready(Some(Err(error))),
                    (Err(_), Ok(_)) => Poll::Ready(None),
                }
            }
        }
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
        f.debug_struct("Rows").field("ended", &self.run.is_none()).finish_non_exhaustive()
    }
}
