//! tokio.

use std::{io, net::SocketAddr, path::Path, time::Duration};

use tokio::{net::TcpStream, runtime::Handle};

use super::{Id, Runtime, RuntimeId};
use crate::{BoxFuture, Sleep, stream::Socket};

/// A tokio runtime.
#[derive(Debug, Clone)]
pub struct Tokio {
    handle: Handle,
}

impl Tokio {
    pub(super) fn new(handle: Handle) -> Tokio {
        Tokio { handle }
    }
}

impl Runtime for Tokio {
    fn id(&self) -> RuntimeId {
        RuntimeId(Id::Tokio(self.handle.id()))
    }

    fn resolve<'a>(&self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    }

    fn connect_tcp(&self, address: SocketAddr) -> BoxFuture<'static, io::Result<Socket>> {
        Box::pin(async move { TcpStream::connect(address).await.map(Socket::TokioTcp) })
    }

    #[cfg(unix)]
    fn connect_unix<'a>(&self, path: &'a Path) -> BoxFuture<'a, io::Result<Socket>> {
        Box::pin(async move { tokio::net::UnixStream::connect(path).await.map(Socket::TokioUnix) })
    }

    #[cfg(not(unix))]
    fn connect_unix<'a>(&self, _: &'a Path) -> BoxFuture<'a, io::Result<Socket>> {
        Box::pin(std::future::ready(Err(crate::stream::no_unix_sockets())))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let _context = self.handle.enter();
        Sleep::tokio(tokio::time::sleep(duration))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        drop(self.handle.spawn(task));
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        drop(self.handle.spawn_blocking(work));
    }
}
