//! Asks a server for TLS, and starts it.

use std::{future::poll_fn, io, pin::Pin};

use aio_databases_net::{AsyncRead, AsyncWrite, ReadBuf, Stream, tls::Connector};
use bytes::BytesMut;
use postgres_protocol::message::frontend;

use crate::{ConnectError, ConnectProblem};

/// How TLS starts.
#[derive(Debug)]
pub(crate) struct Tls {
    pub(crate) connector: Connector,
    /// The name that the server's certificate must have.
    pub(crate) host: String,
    /// Without asking.
    pub(crate) is_direct: bool,
}

/// Asks the server whether it supports TLS.
pub(crate) async fn ask(mut stream: Stream, tls: &Tls) -> Result<(Stream, bool), ConnectError> {
    if tls.is_direct {
        return Ok((stream, true));
    }
    let mut request = BytesMut::new();
    frontend::ssl_request(&mut request);
    write_all(&mut stream, &request).await?;
    // Only this byte is read: what an attacker might have added is not taken for what comes through TLS.
    let mut byte = [0];
    let mut answer = ReadBuf::new(&mut byte);
    poll_fn(|cx| Pin::new(&mut stream).poll_read(cx, &mut answer)).await?;
    match answer.filled() {
        b"S" => Ok((stream, true)),
        b"N" => Ok((stream, false)),
        b"" => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        // An error message, which cannot be trusted yet.
        b"E" => Err(ConnectError::message(ConnectProblem::Other, "the server rejected the request for TLS")),
        _ => Err(ConnectError::message(ConnectProblem::Protocol, "not the answer of a PostgreSQL server")),
    }
}

/// Starts TLS with a server that supports it.
pub(crate) async fn start_asked(stream: Stream, tls: &Tls) -> Result<Stream, ConnectError> {
    Ok(stream.start_tls(&tls.connector, &tls.host).await?)
}

/// Starts TLS, or fails.
pub(crate) async fn start(stream: Stream, tls: &Tls) -> Result<Stream, ConnectError> {
    match ask(stream, tls).await? {
        (stream, true) => start_asked(stream, tls).await,
        (_, false) => {
            Err(ConnectError::message(ConnectProblem::Tls, "the server does not support TLS any more"))
        }
    }
}

/// Writes all bytes.
pub(crate) async fn write_all(stream: &mut Stream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = poll_fn(|cx| Pin::new(&mut *stream).poll_write(cx, bytes)).await?;
        bytes = match bytes.get(written..) {
            Some(rest) if written > 0 => rest,
            _ => return Err(io::ErrorKind::WriteZero.into()),
        };
    }
    poll_fn(|cx| Pin::new(&mut *stream).poll_flush(cx)).await
}
