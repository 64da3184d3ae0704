//! A stream of bytes to a server: a TCP or unix socket, or TLS over one.

mod options;
mod socket;
#[cfg(test)]
mod tests;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub use self::options::{KeepAlive, TcpOptions};
pub(crate) use self::socket::Socket;
#[cfg(all(not(unix), any(feature = "tokio", feature = "smol")))]
pub(crate) use self::socket::no_unix_sockets;
use crate::{RuntimeId, current, tls};

/// A stream of bytes to a server.
///
/// It works only on the runtime that opened it: see [`Stream::runtime`].
#[derive(Debug)]
pub struct Stream {
    transport: Transport,
    peer: Peer,
    runtime: RuntimeId,
}

#[derive(Debug)]
enum Transport {
    Plain(Socket),
    #[cfg(feature = "tls")]
    Tls(Box<tokio_rustls::client::TlsStream<Socket>>),
}

/// The address that a [`Stream`] reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// An address and port.
    Tcp(SocketAddr),
    /// The path of a unix socket.
    Unix(PathBuf),
}

/// What a look at an idle stream found. See [`Stream::probe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// The stream is open, and nothing has arrived.
    Quiet,
    /// The stream is open, and bytes have arrived that nobody has read.
    Unread,
    /// The peer closed the stream, or it failed.
    Closed,
}

impl Stream {
    /// Connects to a host: tries its addresses in turn, as the system's resolver orders them.
    ///
    /// # Errors
    ///
    /// The error of the last address, if none accepts the connection; or if the name has no address, or no runtime is
    /// found.
    pub async fn connect_tcp(host: &str, port: u16, options: &TcpOptions) -> io::Result<Stream> {
        let mut last = None;
        for address in Stream::resolve(host, port).await? {
            match Stream::connect_address(address, options).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the host name has no address")))
    }

    /// The addresses of a host, as the system's resolver orders them.
    ///
    /// # Errors
    ///
    /// If the name cannot be resolved, or no runtime is found.
    pub async fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        match host.parse::<IpAddr>() {
            Ok(ip) => Ok(vec![SocketAddr::new(ip, port)]),
            Err(_) => {
                let resolved = current()?.resolve(host, port);
                resolved.await
            }
        }
    }

    /// Connects to one address.
    ///
    /// # Errors
    ///
    /// If the connection fails, or no runtime is found.
    pub async fn connect_address(address: SocketAddr, options: &TcpOptions) -> io::Result<Stream> {
        let (runtime, connect) = {
            let runtime = current()?;
            (runtime.id(), runtime.connect_tcp(address))
        };
        let socket = connect.await?;
        options.set(&socket)?;
        Ok(Stream { transport: Transport::Plain(socket), peer: Peer::Tcp(address), runtime })
    }

    /// Connects to a unix socket. On Linux, a path that starts with `@` is a name in the abstract namespace.
    ///
    /// # Errors
    ///
    /// If the connection fails, the system has no unix sockets, or no runtime is found.
    pub async fn connect_unix(path: &Path) -> io::Result<Stream> {
        let address = match path.to_str().and_then(|path| path.strip_prefix('@')) {
            // A first byte of zero is how abstract names are told to tokio and smol.
            Some(name) if cfg!(target_os = "linux") => PathBuf::from(format!("\0{name}")),
            _ => path.to_owned(),
        };
        let runtime = current()?;
        let (id, socket) = (runtime.id(), runtime.connect_unix(&address).await?);
        Ok(Stream { transport: Transport::Plain(socket), peer: Peer::Unix(path.to_owned()), runtime: id })
    }

    /// Connects to a peer that was reached before.
    ///
    /// # Errors
    ///
    /// If the connection fails, or no runtime is found.
    pub async fn connect_peer(peer: &Peer, options: &TcpOptions) -> io::Result<Stream> {
        match peer {
            Peer::Tcp(address) => Stream::connect_address(*address, options).await,
            Peer::Unix(path) => Stream::connect_unix(path).await,
        }
    }

    /// Starts TLS, and verifies the server as the connector's mode demands. `host` is the name that the server's
    /// certificate must have, unless the connector has a name of its own.
    ///
    /// # Errors
    ///
    /// If the handshake fails, or the server's certificate is rejected.
    #[cfg(feature = "tls")]
    pub async fn start_tls(self, tls: &tls::Connector, host: &str) -> Result<Stream, tls::TlsError> {
        let Transport::Plain(socket) = self.transport else {
            return Err(tls::TlsError::Handshake(io::Error::other("TLS was already started")));
        };
        let stream = tls.connect(host, socket).await?;
        Ok(Stream { transport: Transport::Tls(Box::new(stream)), ..self })
    }

    /// Starts TLS: not compiled in, so it always fails.
    ///
    /// # Errors
    ///
    /// Always.
    #[cfg(not(feature = "tls"))]
    pub async fn start_tls(self, _: &tls::Connector, _: &str) -> Result<Stream, tls::TlsError> {
        Err(tls::TlsError::NotCompiled)
    }

    /// Whether bytes are encrypted.
    pub fn is_tls(&self) -> bool {
        !matches!(self.transport, Transport::Plain(_))
    }

    /// The data that binds an authentication to this TLS channel: the hash of the server's certificate
    /// (`tls-server-end-point`, RFC 5929). `None` without TLS, or if the certificate's signature has no known hash.
    pub fn tls_server_end_point(&self) -> Option<Vec<u8>> {
        match &self.transport {
            Transport::Plain(_) => None,
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => tls::server_end_point(stream.get_ref().1.peer_certificates()?.first()?),
        }
    }

    /// The address that was reached.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// The runtime that opened the stream, on which alone it works.
    pub fn runtime(&self) -> RuntimeId {
        self.runtime
    }

    /// Looks at an idle stream without waiting and without a round trip: one system call, which takes nothing from the
    /// socket.
    ///
    /// With TLS, [`Probe::Unread`] can also be a message of the TLS protocol itself. Read it with
    /// [`ReadBuffer::try_fill`](crate::ReadBuffer::try_fill).
    pub fn probe(&self) -> Probe {
        match &self.transport {
            Transport::Plain(socket) => socket.probe(),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.get_ref().0.probe(),
        }
    }

    /// Whether the peer closed the stream while it was idle. Bytes that nobody read count as open: see
    /// [`Stream::probe`].
    pub fn is_closed(&self) -> bool {
        self.probe() == Probe::Closed
    }

    /// Reads what has arrived, without waiting. `None` if nothing has; `Some(0)` if the peer closed the stream.
    ///
    /// It asks the system, not the runtime: a runtime learns of what has arrived only when it next waits.
    ///
    /// # Errors
    ///
    /// If the stream failed.
    pub fn try_read(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let read = match &mut self.transport {
            Transport::Plain(socket) => socket.read_now(buffer),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => tls::read_now(stream, buffer),
        };
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }
}

macro_rules! each {
    ($stream:expr, $inner:ident => $result:expr) => {
        match &mut $stream.get_mut().transport {
            Transport::Plain($inner) => $result,
            #[cfg(feature = "tls")]
            Transport::Tls($inner) => {
                let $inner = &mut **$inner;
                $result
            }
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        each!(self, inner => Pin::new(inner).poll_read(cx, buf))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        each!(self, inner => Pin::new(inner).poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, inner => Pin::new(inner).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, inner => Pin::new(inner).poll_shutdown(cx))
    }
}
