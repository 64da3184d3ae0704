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
    /// How many bytes the queue's texts have.
    bytes: usize,
    missed: u64,
}

/// How many are kept, and how many bytes of them.
const KEPT: usize = 65_536;
const KEPT_BYTES: usize = 16 << 20;

impl Notifications {
    pub(crate) fn push(&mut self, notification: Notification) {
        self.bytes += size(&notification);
        self.queue.push_back(notification);
        while self.queue.len() > KEPT || self.bytes > KEPT_BYTES {
            self.pop();
            self.missed += 1;
        }
    }

    fn pop(&mut self) -> Option<Notification> {
        let notification = self.queue.pop_front()?;
        self.bytes -= size(&notification);
        Some(notification)
    }
}

fn size(notification: &Notification) -> usize {
    notification.channel.len() + notification.payload.len()
}

impl Connection {
    /// The next notification that has arrived, without waiting and without reading from the socket.
    pub fn notification(&mut self) -> Option<Notification> {
        self.notifications.pop()
    }

    /// How many notifications were thrown away since the last call, because more than 65,536 or 16 MiB were waiting.
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
            // What arrived before an error is returned before it.
            let idle = self.take_idle();
            if self.notifications.queue.is_empty() {
                idle?;
                if self.fill().await? == 0 {
                    return Err(self.fail(Error::Closed));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notification(payload: String) -> Notification {
        Notification { process_id: 1, channel: "c".to_owned(), payload }
    }

    #[test]
    fn the_newest_are_kept() {
        let mut kept = Notifications::default();
        (0..KEPT + 3).for_each(|number| kept.push(notification(number.to_string())));
        assert_eq!((kept.queue.len(), kept.missed), (KEPT, 3));
        assert_eq!(kept.pop().map(|first| first.payload).as_deref(), Some("3"));
    }

    #[test]
    fn their_bytes_are_bounded() {
        let mut kept = Notifications::default();
        let long = || notification("x".repeat(KEPT_BYTES / 4));
        (0..9).for_each(|_| kept.push(long()));
        assert_eq!((kept.queue.len(), kept.missed), (3, 6));
        while kept.pop().is_some() {}
        assert_eq!(kept.bytes, 0);
    }
}
