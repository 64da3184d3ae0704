//! Byte streams, TLS, timers and tasks, on the async runtime that the program uses.
//!
//! The library runs on tokio (feature `tokio`, the default) and on smol (feature `smol`). Both can be compiled in at
//! once. Then [`current`] picks tokio inside a tokio runtime, and smol elsewhere.
//!
//! A [`Stream`] is a TCP or unix socket, or TLS over one. It implements tokio's [`AsyncRead`] and [`AsyncWrite`],
//! which do not depend on a runtime. A [`ReadBuffer`] collects what arrives on one.
//!
//! [`AsyncRead`]: tokio::io::AsyncRead
//! [`AsyncWrite`]: tokio::io::AsyncWrite

// Without a runtime there is no socket and no timer to use.
#![cfg_attr(not(any(feature = "tokio", feature = "smol")), allow(unused_variables, unreachable_code))]

mod buffer;
mod runtime;
mod stream;
mod task;
mod time;
pub mod tls;

use std::{future::Future, pin::Pin};

pub use buffer::ReadBuffer;
#[cfg(feature = "smol")]
pub use runtime::Smol;
#[cfg(feature = "tokio")]
pub use runtime::Tokio;
pub use runtime::{Current, NoRuntime, Runtime, RuntimeId, current};
pub use stream::{KeepAlive, Peer, Probe, Stream, TcpOptions};
pub use task::{BlockingError, TaskId, spawn, spawn_blocking, task_id};
pub use time::{Sleep, TimedOut, Timeout, sleep, timeout, timeout_at};
pub use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
