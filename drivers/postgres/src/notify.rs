//! Notifications: what `listen` makes the server send.

use std::collections::VecDeque;

use crate::{Connection, Error, Result};

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The server's process that sent it.
    pub process_id: i32,
    /// The channel.
    pub channel: String,
    /// What was sent, or nothing.
    pub payload: String,
}

/// Notifications that nobody has asked for yet.
#[derive(Debug, Default)]
pub(crate) struct Notifications {
    queue: VecDeque<Notification>,
    missed: u64,
}

/// How many are kept.
const KEPT: usize = 65_536;

impl Notifications {
    pub(crate) fn push(&mut self, notification: Notification) {
        if self.queue.len() == KEPT {
            self.queue.pop_front();
            self.missed += 1;
        }
        self.queue.push_back(notification);
    }
}

impl Connection {
    /// The next notification that has arrived, without waiting and without reading from the socket.
    pub fn notification(&mut self) -> Option<Notification> {
        self.notifications.queue.pop_front()
    }

    /// How many notifications were thrown away since the last call, because more than 65,536 were waiting.
    pub fn missed_notifications(&mut self) -> u64 {
        std::mem::take(&mut self.notifications.missed)
    }

    /// Waits for the next notification. Dropping the future loses none.
    ///
    /// # Errors
    ///
    /// If the connection fails, or another operation is unfinished.
    pub async fn wait_for_notification(&mut self) -> Result<Notification> {
        loop {
            if let Some(notification) = self.notification() {
                return Ok(notification);
            }
            self.ready()?;
            self.take_idle()?;
            if self.notifications.queue.is_empty() && self.fill().await? == 0 {
                return Err(self.fail(Error::Closed));
            }
        }
    }
}
