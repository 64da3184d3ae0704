//! What becomes of a session that is no longer in use.

use std::time::{Duration, Instant};

use aio_databases_net as net;

use super::{Lease, State, recover};
use crate::{
    Error, Result,
    backend::{Session, TransactionStatus},
    pool::Slot,
    statement::command::Text,
};

impl Lease {
    /// Whether someone else can have the session as it is.
    fn is_clean(&self) -> bool {
        self.state == State::Ready
            && !self.has_changed()
            && !self.is_kept
            && (self.levels.is_empty() || self.unsent.is_some())
            && self.status() == TransactionStatus::Idle
            && self.session.as_ref().is_some_and(|session| session.is_settled())
    }

    /// Whether a statement changed the session for its next user, as its text or the server says.
    fn has_changed(&self) -> bool {
        self.is_changed || self.session.as_ref().is_some_and(|session| session.has_changed())
    }

    /// The bare session, if someone else can have it.
    pub(crate) fn into_session(mut self) -> Option<Box<dyn Session>> {
        // Whatever a hook has set in the session is meant for all who use it.
        self.is_changed = false;
        if let Some(session) = &mut self.session {
            session.accept_changes();
        }
        if self.is_clean() { self.session.take() } else { None }
    }

    /// How long cleaning up can take while nobody waits for it.
    pub(crate) fn patience(&self) -> Duration {
        self.options.patience()
    }

    /// Returns a pooled session after something ran on the caller's thread.
    pub(crate) fn end_now(mut self, now: Instant) {
        if self.is_clean()
            && let (Some(session), Some(slot)) = (self.session.take(), self.slot.take())
        {
            slot.give_back(session, now);
        }
    }

    /// Returns a pooled session, and closes one that is not pooled.
    pub(crate) async fn end(mut self) {
        if self.slot.is_none()
            && self.state != State::Running
            && let Some(session) = self.session.take()
        {
            session.close().await;
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let (is_clean, is_changed) = (self.is_clean(), self.has_changed());
        let Some(session) = self.session.take() else { return };
        match (self.slot.take(), self.state) {
            // Closing the socket is all that is left to do.
            (_, State::Broken) => {}
            (Some(slot), _) if is_clean => slot.give_back(session, Instant::now()),
            (None, State::Ready) => close_in_background(session),
            (slot, state) => {
                let work = CleanUp {
                    is_running: state == State::Running,
                    after_rollback: self.levels.leave(),
                    is_changed,
                    // What a pooler keeps for this connection, it forgets when the connection is closed.
                    is_kept: self.is_kept
                        || is_changed && (self.options.prepares_sessions || self.options.pooler),
                };
                work.run_in_background(session, slot, self.patience());
            }
        }
    }
}

/// What has to be done before someone else can have a session.
struct CleanUp {
    /// A statement is still running.
    is_running: bool,
    /// What is sent after the open transaction was rolled back.
    after_rollback: Option<&'static str>,
    is_changed: bool,
    is_kept: bool,
}

impl CleanUp {
    /// Cleans up while nobody waits for it, and then returns the session.
    ///
    /// The slot in the pool is not free before that: so the server never has more sessions than the pool can have. It is free soon,
    /// even if the server stopped responding: the session is dropped then.
    fn run_in_background(self, mut session: Box<dyn Session>, slot: Option<Slot>, patience: Duration) {
        let task = async move {
            let cleaned = net::timeout(patience, self.run(&mut *session)).await;
            match (cleaned, slot) {
                (Ok(Ok(())), Some(slot)) if !self.is_kept => slot.give_back(session, Instant::now()),
                (Ok(Ok(())), _) => session.close().await,
                _ => {}
            }
        };
        // Without a runtime, the session is just dropped.
        let _ = net::spawn(task);
    }

    async fn run(&self, session: &mut dyn Session) -> Result<()> {
        if self.is_running {
            recover(session).await?;
        }
        if session.transaction() != TransactionStatus::Idle {
            session.control(None, Text::Static("rollback")).await?;
        }
        if let Some(after) = self.after_rollback {
            session.control(None, Text::Static(after)).await?;
        }
        if self.is_changed && !self.is_kept {
            session.reset().await?;
        }
        match session.transaction() == TransactionStatus::Idle && session.is_settled() {
            true => Ok(()),
            false => Err(Error::protocol("a transaction is still open after its rollback")),
        }
    }
}

/// Says goodbye without anyone waiting for it. Without a runtime, the session is just dropped.
pub(crate) fn close_in_background(session: Box<dyn Session>) {
    let _ = net::spawn(session.close());
}
