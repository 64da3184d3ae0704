//! Makes a connection usable after a future was dropped, a result was left unread, or a statement was cancelled.

use super::{
    Connection,
    reply::{Command, Event},
};
use crate::{
    error::{Error, Result},
    protocol::command,
};

impl Connection {
    /// Finishes what was being sent, and reads all replies to their end.
    ///
    /// The statuses that come are taken note of; rows and errors are discarded: nobody waits for them.
    ///
    /// # Errors
    ///
    /// [`Error::Outstanding`] after [`Config::recover_limit`](crate::Config::recover_limit) bytes: the caller then cancels the
    /// statement and calls it again, or closes the connection. [`Error::Cancelling`] while a [`CancelToken`](crate::CancelToken) of
    /// the connection is at work.
    pub async fn recover(&mut self) -> Result<()> {
        if self.broken {
            return Err(Error::Broken);
        }
        self.discard_replies().await?;
        self.absorb_cancel().await
    }

    async fn discard_replies(&mut self) -> Result<()> {
        self.flush().await?;
        let mut read = 0_usize;
        while !self.queue.is_empty() {
            match self.step()? {
                None => {
                    if read > self.config.recover_limit {
                        return Err(Error::Outstanding);
                    }
                    self.fill().await?;
                }
                Some(Event::Row(range)) => read = read.saturating_add(range.len()),
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// A `kill query` that arrived after its statement had ended can hit the next statement: one without effect is sent for
    /// it to hit.
    async fn absorb_cancel(&mut self) -> Result<()> {
        if !self.cancel.is_used() {
            return Ok(());
        }
        if self.cancel.is_running() {
            return Err(Error::Cancelling);
        }
        let status = self.status;
        let sequence = self.output.command(command::QUERY, b"do 0");
        self.expect(Command::Query, sequence);
        self.discard_replies().await?;
        if self.status.is_none() {
            self.status = status;
        }
        self.cancel.clear();
        if self.broken { Err(Error::Broken) } else { Ok(()) }
    }
}
