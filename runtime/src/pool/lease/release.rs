//! What becomes of a connection that is no longer in use.

use std::time::{Duration, Instant};

use super::{Lease, State};
use crate::{Error, backend::Session, pool::Slot, statement::command::Text};

impl Lease {
    /// Whether someone else may have it.
    fn is_clean(&self) -> bool {
        self.state == State::Ready
            && !self.open
            && !self.changed
            && self.levels.is_empty()
            && self.wire.as_ref().is_some_and(|wire| wire.is_clean())
    }

    /// The bare connection, if someone else may have it.
    pub(crate) fn into_wire(mut self) -> Option<Box<dyn Session>> {
        // What was set on it is for all who come.
        self.changed = false;
        if self.is_clean() { self.wire.take() } else { None }
    }

    /// How long it may take to be made good again while nobody waits for it.
    pub(crate) fn patience(&self) -> Duration {
        self.options.patience()
    }

    /// Gives a pooled connection back after something ran here and now.
    pub(crate) fn end_now(mut self, now: Instant) {
        if self.is_clean()
            && let (Some(wire), Some(home)) = (self.wire.take(), self.home.take())
        {
            home.give_back(wire, now);
        }
    }

    /// Gives a pooled connection back, and closes one that is not pooled.
    pub(crate) async fn end(mut self) {
        if self.home.is_none()
            && self.state != State::Running
            && let Some(wire) = self.wire.take()
        {
            wire.close().await;
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let clean = self.is_clean();
        let open = self.in_transaction();
        match (self.wire.take(), self.home.take()) {
            (Some(wire), Some(home)) if clean => home.give_back(wire, Instant::now()),
            (Some(wire), Some(home)) if open && !self.changed && self.state == State::Ready => {
                give_back_in_background(wire, home, self.levels.leave(), self.patience());
            }
            (Some(wire), home) if self.state == State::Running => {
                abort_in_background(wire, home, self.patience());
            }
            (Some(wire), home) => {
                // The place in the pool is free at once.
                drop(home);
                if self.state == State::Ready {
                    close_in_background(wire);
                }
            }
            (None, _) => {}
        }
    }
}

/// Ends the transaction of a connection without anyone waiting for it, and then gives it back. Whoever has to have a
/// connection meanwhile waits: the place in the pool is not free before that. It is soon, even where the server has
/// fallen silent: the connection is dropped then.
fn give_back_in_background(
    mut wire: Box<dyn Session>,
    home: Slot,
    after: Option<&'static str>,
    patience: Duration,
) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    runtime.spawn(async move {
        let end = async {
            for text in ["rollback"].into_iter().chain(after) {
                wire.control(Text::Static(text)).await?;
            }
            Ok::<_, Error>(())
        };
        let ended = tokio::time::timeout(patience, end).await;
        if matches!(ended, Ok(Ok(()))) && wire.is_clean() {
            home.give_back(wire, Instant::now());
        }
    });
}

/// Has the server stop what it is doing, and drops the connection. Its place in the pool is free after that: so many
/// connections are never open at the server that it takes no more. It is soon, even where the server can't be told.
fn abort_in_background(wire: Box<dyn Session>, home: Option<Slot>, patience: Duration) {
    let Some(abort) = wire.abort() else { return };
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            // What was not told in time is dropped all the same.
            let _ = tokio::time::timeout(patience, abort).await;
            drop(home);
        });
    }
}

/// Says goodbye without anyone waiting for it, where there is a runtime to do so; else the connection is just dropped.
pub(crate) fn close_in_background(wire: Box<dyn Session>) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(wire.close());
    }
}
