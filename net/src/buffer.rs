//! A buffer that collects what arrives on a stream.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, ReadBuf};

use crate::Stream;

/// Collects what arrives on a stream, in one piece of initialised memory. Messages are slices of it.
///
/// It grows when arrived bytes fill it, never by a length that the peer merely claims: a peer must send a byte for
/// each byte of memory that it makes the buffer hold, up to a factor of two.
///
/// ```
/// # use aio_databases_net::ReadBuffer;
/// # async fn example(mut stream: aio_databases_net::Stream) -> std::io::Result<()> {
/// let mut buffer = ReadBuffer::new();
/// // A message: a byte for its length, then its body.
/// loop {
///     if let [length, rest @ ..] = buffer.filled() {
///         if let Some(body) = rest.get(..usize::from(*length)) {
///             let used = 1 + body.len();
///             buffer.consume(used);
///             break;
///         }
///     }
///     if buffer.fill(&mut stream).await? == 0 {
///         return Err(std::io::ErrorKind::UnexpectedEof.into());
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct ReadBuffer {
    /// Initialised, and as long as its capacity: `start..end` has arrived and is not consumed.
    data: Vec<u8>,
    start: usize,
    end: usize,
}

/// The memory of a new buffer.
const INITIAL: usize = 8 * 1024;
/// A buffer whose reads fill it grows to this, so that long results take few system calls.
const COMFORTABLE: usize = 64 * 1024;
/// An empty buffer that is larger gives its memory back.
const KEPT: usize = 256 * 1024;

impl ReadBuffer {
    /// An empty buffer. It allocates when it is first filled.
    pub fn new() -> ReadBuffer {
        ReadBuffer { data: Vec::new(), start: 0, end: 0 }
    }

    /// The bytes that have arrived and are not consumed.
    #[inline]
    pub fn filled(&self) -> &[u8] {
        &self.data[self.start..self.end]
    }

    /// How many bytes have arrived and are not consumed.
    #[inline]
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether there is no byte that has arrived and is not consumed.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The size of the buffer's memory.
    pub fn capacity(&self) -> usize {
        self.data.len()
    }

    /// Gives up the first `count` bytes.
    ///
    /// # Panics
    ///
    /// If fewer have arrived.
    #[inline]
    pub fn consume(&mut self, count: usize) {
        assert!(count <= self.len(), "consumed more than has arrived");
        self.start += count;
    }

    /// Reads once from a stream: waits for bytes, and adds them. `Ok(0)` means that the peer closed the stream.
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// If the stream failed.
    pub async fn fill<S: AsyncRead + Unpin + ?Sized>(&mut self, stream: &mut S) -> io::Result<usize> {
        poll_fn(|cx| self.poll_fill(cx, stream)).await
    }

    /// Reads once from a stream: see [`ReadBuffer::fill`].
    ///
    /// # Errors
    ///
    /// If the stream failed.
    pub fn poll_fill<S: AsyncRead + Unpin + ?Sized>(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut S,
    ) -> Poll<io::Result<usize>> {
        self.make_room();
        let mut unfilled = ReadBuf::new(&mut self.data[self.end..]);
        match Pin::new(stream).poll_read(cx, &mut unfilled) {
            Poll::Ready(Ok(())) => {
                let read = unfilled.filled().len();
                self.end += read;
                Poll::Ready(Ok(read))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Reads what has arrived on a stream, without waiting: `None` if nothing has, `Some(0)` if the peer closed it. See
    /// [`Stream::try_read`].
    ///
    /// # Errors
    ///
    /// If the stream failed.
    pub fn try_fill(&mut self, stream: &mut Stream) -> io::Result<Option<usize>> {
        self.make_room();
        let read = stream.try_read(&mut self.data[self.end..])?;
        self.end += read.unwrap_or(0);
        Ok(read)
    }

    /// Gives memory back if the buffer is empty and a large message made it grow.
    pub fn shrink(&mut self) {
        if self.is_empty() && self.data.len() > KEPT {
            *self = ReadBuffer::new();
        }
    }

    /// Makes room for at least one byte.
    fn make_room(&mut self) {
        if self.start == self.end {
            // The last read came near to filling it: there is probably more.
            let was_full = self.end >= self.data.len() / 4 * 3 && !self.data.is_empty();
            (self.start, self.end) = (0, 0);
            if was_full && self.data.len() < COMFORTABLE {
                self.data.resize(self.data.len() * 2, 0);
            }
            if self.data.is_empty() {
                self.data.resize(INITIAL, 0);
            }
        } else if self.data.len() - self.end < self.data.len() / 4 {
            // A part of a message is left, and little room. The part moves to the front if it is small enough for
            // that to be cheap.
            if self.start >= self.data.len() / 2 {
                self.data.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, self.end - self.start);
            } else if self.end == self.data.len() {
                let mut grown = Vec::with_capacity(self.data.len() * 2);
                grown.extend_from_slice(self.filled());
                (self.start, self.end) = (0, grown.len());
                grown.resize(self.data.len() * 2, 0);
                self.data = grown;
            }
        }
    }
}

impl Default for ReadBuffer {
    fn default() -> ReadBuffer {
        ReadBuffer::new()
    }
}

#[cfg(all(test, feature = "tokio"))]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    #[tokio::test]
    async fn keeps_the_bytes_in_order_however_they_arrive() {
        let (mut near, mut far) = tokio::io::duplex(1000);
        let sent: Vec<u8> = (0..300_000_u32).map(|byte| (byte % 251) as u8).collect();
        let expected = sent.clone();
        let writer = tokio::spawn(async move {
            for part in sent.chunks(777) {
                far.write_all(part).await.unwrap();
            }
        });
        let (mut buffer, mut read, mut step) = (ReadBuffer::new(), Vec::new(), 0);
        while buffer.fill(&mut near).await.unwrap() > 0 {
            step = (step * 7 + 13) % 2000;
            let take = buffer.len().min(step);
            read.extend_from_slice(&buffer.filled()[..take]);
            buffer.consume(take);
        }
        read.extend_from_slice(buffer.filled());
        assert!(read == expected);
        writer.await.unwrap();
    }

    #[tokio::test]
    async fn grows_by_what_arrives_and_gives_it_back() {
        let (mut near, mut far) = tokio::io::duplex(1 << 20);
        let mut buffer = ReadBuffer::new();
        let mut sent = 0;
        while sent < 2_000_000 {
            far.write_all(&[7; 10_000]).await.unwrap();
            sent += 10_000;
            while buffer.len() < sent {
                buffer.fill(&mut near).await.unwrap();
            }
            assert!(buffer.capacity() <= (2 * sent).max(INITIAL), "{} for {sent}", buffer.capacity());
        }
        buffer.consume(sent);
        buffer.shrink();
        assert_eq!(buffer.capacity(), 0);
    }
}
