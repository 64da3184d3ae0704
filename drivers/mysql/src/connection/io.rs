//! Moves bytes between the buffers and the stream.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use aio_databases_net::{AsyncRead as _, AsyncWrite as _, ReadBuf};

use super::Connection;
use crate::error::{Error, Result};

impl Connection {
    /// Sends what is in the output buffer.
    pub(super) async fn flush(&mut self) -> Result<()> {
        let result = poll_fn(|cx| self.poll_flush(cx)).await;
        self.check(result.map_err(Error::Io))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.output.unsent().is_empty() {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(cx, self.output.unsent()))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.output.mark_sent(sent);
        }
        // A plain socket has nothing to flush.
        if self.stream.is_tls() { Pin::new(&mut self.stream).poll_flush(cx) } else { Poll::Ready(Ok(())) }
    }

    /// Reads more. What is in the read buffer and was taken is gone afterwards.
    pub(super) async fn fill(&mut self) -> Result<()> {
        let result = poll_fn(|cx| {
            let mut room = ReadBuf::new(self.input.room());
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut room))?;
            Poll::Ready(Ok(room.filled().len()))
        })
        .await;
        let result = result.and_then(|count| if count == 0 { Err(closed()) } else { Ok(count) });
        let count = self.check(result.map_err(Error::Io))?;
        self.input.received(count);
        Ok(())
    }
}

/// The error for a connection that the server closed.
pub(crate) fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")
}
