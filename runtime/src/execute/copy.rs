//! PostgreSQL's copies: bytes into a table, and out of a table or query.

use std::{
    fmt,
    future::{Future, poll_fn},
    panic::Location,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt as _;

use super::{
    Rows,
    checked::many,
    executor::{Handle, Takes},
};
use crate::{
    ColumnError, Error, IntoSql, Result, Row,
    backend::{
        BoxFuture,
        copy_data::{Piece, Supply, copy_data},
        job::{Job, Ran, Running},
        sink::{DecodeFn, Sink},
    },
    statement::{
        Batch, Statement,
        access::Write,
        command::{Command, Request},
        copy::Copy,
        size,
    },
    value::encode::{Put, To},
};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How many bytes of a stream that has them ready go to the statement at a time.
const CHUNK: usize = 64 * 1024;

/// An item of the stream that a copy reads: bytes, text, or a `Result` of them.
pub trait CopyChunk {
    /// Adds the item's bytes.
    ///
    /// # Errors
    ///
    /// The item's own: it ends the copy.
    fn append(self, bytes: &mut Vec<u8>) -> Result<(), BoxError>;
}

macro_rules! chunks {
    ($($ty:ty),*) => {$(
        impl CopyChunk for $ty {
            fn append(self, bytes: &mut Vec<u8>) -> Result<(), BoxError> {
                bytes.extend_from_slice(self.as_ref());
                Ok(())
            }
        }
    )*};
}
chunks!(&[u8], Vec<u8>, Bytes, &str, String);

impl<C: CopyChunk, E: Into<BoxError>> CopyChunk for Result<C, E> {
    fn append(self, bytes: &mut Vec<u8>) -> Result<(), BoxError> {
        self.map_err(Into::into)?.append(bytes)
    }
}

/// A copy into a table on its way; awaiting it gives the number of rows.
///
/// Dropping it before it is ready cancels the copy: no row of it is kept.
#[must_use = "nothing is sent until the future is awaited"]
pub struct CopyIn<'e>(BoxFuture<'e, Result<u64>>);

impl Future for CopyIn<'_> {
    type Output = Result<u64>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for CopyIn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopyIn").finish_non_exhaustive()
    }
}

/// Copies a stream's bytes into a table.
pub(crate) fn copy_in<'e, S>(
    handle: Handle<'e>,
    sql: impl IntoSql,
    data: S,
    place: &'static Location<'static>,
) -> CopyIn<'e>
where
    S: Stream<Item: CopyChunk> + Send + 'e,
{
    let request = request(sql, Copy::In, place);
    CopyIn(Box::pin(async move {
        let mut data = pin!(data.fuse());
        let (sink, supply) = copy_data();
        run(handle, request, sink, supply, |cx, bytes| gather(cx, data.as_mut(), bytes)).await
    }))
}

/// Inserts rows with a binary copy if the database has one, and else as [`executemany`](super::checked::executemany) does. `put` puts the arguments of a
/// row, always equally many.
#[doc(hidden)]
pub fn copy_rows<'e, E: Takes<'e, Write>, R, I>(
    executor: E,
    statement: &'static Statement,
    batches: &'static [Batch],
    copy: Option<&'static str>,
    rows: I,
    mut put: impl FnMut(R, &mut Put<'_>) + Send + 'e,
) -> CopyIn<'e>
where
    I: IntoIterator<Item = R, IntoIter: Send + 'e>,
{
    let handle = executor.handle();
    let Some(copy) = copy.filter(|_| handle.copies_rows()) else {
        let done = many(handle, statement, batches, rows, put);
        return CopyIn(Box::pin(async move { Ok(done.await?.rows_affected) }));
    };
    let mut rows = rows.into_iter();
    CopyIn(Box::pin(async move {
        let (sink, supply) = copy_data();
        run(handle, Request::CopyRows { statement, copy }, sink, supply, |_, _| {
            Ok(next_rows(&mut rows, &mut put))
        })
        .await
    }))
}

/// The next rows, as one piece.
fn next_rows<R>(rows: &mut impl Iterator<Item = R>, mut put: impl FnMut(R, &mut Put<'_>)) -> Piece {
    let (mut values, mut bytes) = (Vec::new(), 0);
    while bytes < CHUNK
        && let Some(row) = rows.next()
    {
        let before = values.len();
        put(row, &mut Put(To::Values(&mut values)));
        bytes += values[before..].iter().map(size).sum::<usize>().max(1);
    }
    if values.is_empty() { Piece::End } else { Piece::Rows(values) }
}

/// Runs a copy, and makes pieces of its data whenever it wants one.
async fn run(
    handle: Handle<'_>,
    request: Request,
    sink: Box<dyn Sink>,
    supply: Supply,
    mut make: impl FnMut(&mut Context<'_>, Vec<u8>) -> Result<Piece, Vec<u8>> + Send,
) -> Result<u64> {
    let command = Command::new(request, handle.dialect())?;
    // Like a stream, it has the connection until the program has made all data.
    let mut running = match handle.run(Job { command, sink, is_stream: true }) {
        Running::Ready(ran) => return rows(ran),
        Running::Waiting(running) => running,
    };
    let ran = poll_fn(|cx| {
        loop {
            if let Poll::Ready(ran) = running.as_mut().poll(cx) {
                return Poll::Ready(ran);
            }
            let Some(memory) = supply.wanted() else { return Poll::Pending };
            match make(cx, memory) {
                Ok(piece) => supply.give(piece),
                Err(memory) => {
                    supply.put_back(memory);
                    return Poll::Pending;
                }
            }
        }
    });
    rows(ran.await)
}

fn rows(ran: Result<Ran>) -> Result<u64> {
    match ran {
        Ok(ran) => Ok(ran.done.rows_affected),
        // A stream of another query: its own error says more.
        Err(Error::CopyData { query, source }) => Err(match source.downcast::<Error>() {
            Ok(error) => *error,
            Err(source) => Error::CopyData { query, source },
        }),
        Err(error) => Err(error),
    }
}

/// The items that a stream has ready, as one piece; the memory back if there is none yet.
fn gather<S: Stream<Item: CopyChunk>>(
    cx: &mut Context<'_>,
    mut data: Pin<&mut S>,
    mut bytes: Vec<u8>,
) -> Result<Piece, Vec<u8>> {
    loop {
        match data.as_mut().poll_next(cx) {
            Poll::Ready(Some(item)) => {
                if let Err(error) = item.append(&mut bytes) {
                    return Ok(Piece::Failed(error));
                }
                if bytes.len() >= CHUNK {
                    return Ok(Piece::Bytes(bytes));
                }
            }
            Poll::Ready(None) if bytes.is_empty() => return Ok(Piece::End),
            Poll::Pending if bytes.is_empty() => return Err(bytes),
            // The stream is asked again when these are sent.
            Poll::Ready(None) | Poll::Pending => return Ok(Piece::Bytes(bytes)),
        }
    }
}

/// Copies a table or the rows of a query as bytes.
pub(crate) fn copy_out<'e>(
    handle: Handle<'e>,
    sql: impl IntoSql,
    place: &'static Location<'static>,
) -> Rows<'e, Bytes> {
    let decode: DecodeFn<Bytes> = piece;
    Rows::new(handle, request(sql, Copy::Out, place), decode)
}

fn piece(row: &Row<'_>) -> Result<Bytes, ColumnError> {
    let bytes = row.raw(0)?.bytes().map_err(|error| ColumnError { column: 0, error })?;
    Ok(Bytes::copy_from_slice(bytes))
}

fn request(sql: impl IntoSql, copy: Copy, place: &'static Location<'static>) -> Request {
    Request::Copy { sql: sql.into_sql().0, copy, file: place.file(), line: place.line() }
}
