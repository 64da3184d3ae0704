//! The sockets of the runtimes, as one type.

use std::{
    io::{self, Read as _},
    mem::MaybeUninit,
    pin::Pin,
    task::{Context, Poll},
};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Probe;

/// A connected socket.
#[derive(Debug)]
pub enum Socket {
    #[cfg(feature = "tokio")]
    TokioTcp(tokio::net::TcpStream),
    #[cfg(all(feature = "tokio", unix))]
    TokioUnix(tokio::net::UnixStream),
    #[cfg(feature = "smol")]
    SmolTcp(smol::Async<std::net::TcpStream>),
    #[cfg(all(feature = "smol", unix))]
    SmolUnix(smol::Async<std::os::unix::net::UnixStream>),
    #[cfg(not(any(feature = "tokio", feature = "smol")))]
    None(std::convert::Infallible),
}

/// The error of a system that has no unix sockets.
#[cfg(all(not(unix), any(feature = "tokio", feature = "smol")))]
pub(crate) fn no_unix_sockets() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "unix sockets are not supported on this system")
}

macro_rules! each {
    ($socket:expr, $tokio:ident => $on_tokio:expr, $smol:ident => $on_smol:expr) => {
        match $socket {
            #[cfg(feature = "tokio")]
            Socket::TokioTcp($tokio) => $on_tokio,
            #[cfg(all(feature = "tokio", unix))]
            Socket::TokioUnix($tokio) => $on_tokio,
            #[cfg(feature = "smol")]
            Socket::SmolTcp($smol) => $on_smol,
            #[cfg(all(feature = "smol", unix))]
            Socket::SmolUnix($smol) => $on_smol,
            #[cfg(not(any(feature = "tokio", feature = "smol")))]
            Socket::None(never) => match *never {},
        }
    };
}

impl Socket {
    pub(super) fn as_socket(&self) -> SockRef<'_> {
        each!(self, socket => SockRef::from(socket), socket => SockRef::from(socket))
    }

    /// Reads without waiting, and without the runtime.
    pub(crate) fn read_now(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match (&*self.as_socket()).read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Asks the system, not the runtime: a runtime learns of a close only when it next waits.
    pub(super) fn probe(&self) -> Probe {
        let mut byte = [MaybeUninit::uninit()];
        loop {
            return match self.as_socket().peek(&mut byte) {
                Ok(0) => Probe::Closed,
                Ok(_) => Probe::Unread,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Probe::Quiet,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => Probe::Closed,
            };
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        each!(
            self.get_mut(),
            socket => Pin::new(socket).poll_read(cx, buf),
            socket => {
                let read = futures_io::AsyncRead::poll_read(Pin::new(socket), cx, buf.initialize_unfilled());
                read.map_ok(|read| buf.advance(read))
            }
        )
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        each!(
            self.get_mut(),
            socket => Pin::new(socket).poll_write(cx, buf),
            socket => futures_io::AsyncWrite::poll_write(Pin::new(socket), cx, buf)
        )
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(
            self.get_mut(),
            socket => Pin::new(socket).poll_flush(cx),
            socket => futures_io::AsyncWrite::poll_flush(Pin::new(socket), cx)
        )
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(
            self.get_mut(),
            socket => Pin::new(socket).poll_shutdown(cx),
            socket => futures_io::AsyncWrite::poll_close(Pin::new(socket), cx)
        )
    }
}
