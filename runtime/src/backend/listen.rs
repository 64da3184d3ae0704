//! The seam for notifications: a session that does nothing but listen.

use std::task::{Context, Poll};

use super::BoxFuture;
use crate::{Error, Notification, Result};

/// A session that listens.
///
/// A future of it that was dropped before it is ready leaves the session unusable.
pub(crate) trait ListenSession: Send {
    /// Listens on these channels, and on no others. No notification of a channel that stays is lost.
    fn listen<'a>(&'a mut self, channels: &'a [String]) -> BoxFuture<'a, Result<()>>;

    /// The next notification. After an error the session cannot be used.
    fn poll_received(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received>>;

    /// Asks the server for an answer.
    fn check(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Says goodbye.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// What has arrived.
#[derive(Debug)]
#[cfg_attr(not(feature = "postgres"), expect(dead_code))]
pub(crate) enum Received {
    Notification(Notification),
    /// So many were discarded, because too many were waiting to be read.
    Missed(u64),
}

/// The answer of a backend that has no notifications.
#[cfg(any(feature = "sqlite", feature = "mysql", test))]
pub(crate) fn unsupported<'a>() -> BoxFuture<'a, Result<Box<dyn ListenSession>>> {
    let message = "`listen` needs PostgreSQL: SQLite and MySQL have no notifications";
    Box::pin(std::future::ready(Err(Error::Unsupported { message, query: None })))
}
