//! smol: its reactor, its executor and its threads for blocking work belong to the process.

use std::{
    io,
    net::{SocketAddr, TcpStream},
    path::Path,
    time::Duration,
};

use smol::{Async, Timer};

use super::{Id, Runtime, RuntimeId};
use crate::{BoxFuture, Sleep, stream::Socket};

/// smol.
#[derive(Debug, Clone, Copy)]
pub struct Smol;

impl Runtime for Smol {
    fn id(&self) -> RuntimeId {
        RuntimeId(Id::Smol)
    }

    fn resolve<'a>(&self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { smol::net::resolve((host, port)).await })
    }

    fn connect_tcp(&self, address: SocketAddr) -> BoxFuture<'static, io::Result<Socket>> {
        Box::pin(async move { Async::<TcpStream>::connect(address).await.map(Socket::SmolTcp) })
    }

    #[cfg(unix)]
    fn connect_unix<'a>(&self, path: &'a Path) -> BoxFuture<'a, io::Result<Socket>> {
        use std::os::unix::net::UnixStream;
        Box::pin(async move { Async::<UnixStream>::connect(path).await.map(Socket::SmolUnix) })
    }

    #[cfg(not(unix))]
    fn connect_unix<'a>(&self, _: &'a Path) -> BoxFuture<'a, io::Result<Socket>> {
        Box::pin(std::future::ready(Err(crate::stream::no_unix_sockets())))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::smol(Timer::after(duration))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        smol::spawn(task).detach();
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        smol::unblock(work).detach();
    }
}
