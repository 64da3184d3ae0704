//! The async runtime that the program uses.

#[cfg(feature = "smol")]
mod smol;
#[cfg(feature = "tokio")]
mod tokio;

use std::{fmt, io, net::SocketAddr, ops::Deref, path::Path, time::Duration};

#[cfg(feature = "smol")]
pub use self::smol::Smol;
#[cfg(feature = "tokio")]
pub use self::tokio::Tokio;
use crate::{BoxFuture, Sleep, stream::Socket};

/// An async runtime: sockets, timers, tasks and threads for blocking work.
///
/// [`current`] finds it. Programs rarely call these methods: [`Stream`](crate::Stream), [`sleep`](crate::sleep()),
/// [`spawn`](crate::spawn()) and their like do.
pub trait Runtime: Send + Sync + fmt::Debug {
    /// Tells this runtime from any other that runs in the program.
    fn id(&self) -> RuntimeId;

    /// The addresses of a host, as the system's resolver orders them.
    fn resolve<'a>(&self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>>;

    /// Connects to a TCP address. Options are set afterwards.
    #[doc(hidden)]
    fn connect_tcp(&self, address: SocketAddr) -> BoxFuture<'static, io::Result<Socket>>;

    /// Connects to a unix socket.
    #[doc(hidden)]
    fn connect_unix<'a>(&self, path: &'a Path) -> BoxFuture<'a, io::Result<Socket>>;

    /// A future that is ready after `duration`.
    fn sleep(&self, duration: Duration) -> Sleep;

    /// Runs a task that nothing waits for.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// Runs blocking work on a thread of its own.
    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>);
}

/// Identifies a runtime. A socket works only on the runtime that opened it.
///
/// A pool compares the id of a connection with that of [`current`]. If they differ, the connection's runtime may be
/// gone, and the connection cannot be used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RuntimeId(Id);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Id {
    #[cfg(feature = "tokio")]
    Tokio(::tokio::runtime::Id),
    /// smol's reactor and executor are the process's own.
    #[cfg(feature = "smol")]
    Smol,
}

/// The runtime of the caller: dereferences to a [`Runtime`].
#[derive(Debug, Clone)]
pub enum Current {
    /// A tokio runtime.
    #[cfg(feature = "tokio")]
    Tokio(Tokio),
    /// smol.
    #[cfg(feature = "smol")]
    Smol(Smol),
}

impl Deref for Current {
    type Target = dyn Runtime;

    fn deref(&self) -> &Self::Target {
        match self {
            #[cfg(feature = "tokio")]
            Current::Tokio(tokio) => tokio,
            #[cfg(feature = "smol")]
            Current::Smol(smol) => smol,
            #[cfg(not(any(feature = "tokio", feature = "smol")))]
            _ => unreachable!("no runtime is compiled in, so there is no value of this type"),
        }
    }
}

/// Finds the async runtime of the caller: tokio inside a tokio runtime, otherwise smol.
///
/// # Errors
///
/// If the caller is not inside a tokio runtime, and the feature `smol` is not enabled.
pub fn current() -> Result<Current, NoRuntime> {
    #[cfg(feature = "tokio")]
    if let Ok(handle) = ::tokio::runtime::Handle::try_current() {
        return Ok(Current::Tokio(Tokio::new(handle)));
    }
    #[cfg(feature = "smol")]
    return Ok(Current::Smol(Smol));
    #[cfg(not(feature = "smol"))]
    Err(NoRuntime)
}

/// No async runtime was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRuntime;

impl fmt::Display for NoRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if cfg!(feature = "tokio") {
            "no async runtime is running here; help: call this inside a tokio runtime, or enable the feature `smol`"
        } else {
            "no async runtime is compiled in; help: enable the feature `tokio` or `smol`"
        })
    }
}

impl std::error::Error for NoRuntime {}

impl From<NoRuntime> for io::Error {
    fn from(error: NoRuntime) -> io::Error {
        io::Error::other(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(feature = "tokio", not(feature = "smol")))]
    #[test]
    fn no_runtime_is_an_error() {
        assert_eq!(current().unwrap_err(), NoRuntime);
    }

    #[cfg(feature = "tokio")]
    #[test]
    fn ids_tell_runtimes_apart() {
        let runtime = || ::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (one, two) = (runtime(), runtime());
        let id = |runtime: &::tokio::runtime::Runtime| runtime.block_on(async { current().unwrap().id() });
        assert_eq!(id(&one), id(&one));
        assert_ne!(id(&one), id(&two));
    }
}
