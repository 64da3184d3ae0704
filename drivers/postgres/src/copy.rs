//! Copies: streams of bytes into a table, and out of a table or query.

use crate::{
    CommandTag, Connection, Error, Result,
    query::{Done, Step},
    wire::{frontend, tag},
};

/// How much is collected before it is sent.
const CHUNK: usize = 64 * 1024;

impl Connection {
    /// Starts a `copy … from stdin`, which is the last step. Then [`send_copy`](Connection::send_copy) sends its data, and
    /// [`finish_copy`](Connection::finish_copy) or [`fail_copy`](Connection::fail_copy) ends it.
    ///
    /// # Errors
    ///
    /// The server's, or if the connection fails, or the statement is not such a copy.
    pub async fn copy_in(&mut self, steps: &mut [Step<'_>]) -> Result<()> {
        self.start_copy(steps, tag::COPY_IN_RESPONSE).await?;
        self.pending.copy_in = true;
        Ok(())
    }

    /// Starts a `copy … to stdout`, which is the last step. Then [`next_copy`](Connection::next_copy) reads its data.
    ///
    /// # Errors
    ///
    /// The server's, or if the connection fails, or the statement is not such a copy.
    pub async fn copy_out(&mut self, steps: &mut [Step<'_>]) -> Result<()> {
        self.start_copy(steps, tag::COPY_OUT_RESPONSE).await
    }

    async fn start_copy(&mut self, steps: &mut [Step<'_>], wanted: u8) -> Result<()> {
        self.ready()?;
        if steps.last().is_none_or(|step| step.params.runs != 1) {
            return Err(Error::Unsupported("a copy of no statement, or of a batch"));
        }
        let mut result = self.attempt(steps, Some(0)).await;
        if result.is_ok() {
            result = match self.message().await {
                Ok(found) if found == wanted => return Ok(()),
                Ok(tag::ERROR_RESPONSE) => Err(self.take_error()),
                Ok(tag::COPY_IN_RESPONSE) => {
                    self.refuse_copy();
                    Err(Error::Unsupported("a copy in the other direction"))
                }
                Ok(_) => Err(Error::Unsupported("a statement that is not such a copy")),
                Err(error) => Err(error),
            };
        }
        // If that fails, the connection is broken. The first error says more.
        let _ = self.settle().await;
        result
    }

    /// Sends data of a copy. It waits if the server does not keep up.
    ///
    /// # Errors
    ///
    /// The server's, if it has rejected the data: then the copy has ended. Or if the connection fails, or no copy was
    /// started.
    pub async fn send_copy(&mut self, data: &[u8]) -> Result<()> {
        if !self.pending.copy_in {
            return Err(Error::Unsupported("no copy was started"));
        }
        // A server may reject a message that is longer than a gigabyte.
        for part in data.chunks(CHUNK) {
            frontend::copy_data(&mut self.output, part)?;
            if self.output.len() >= CHUNK {
                self.flush_copy().await?;
            }
        }
        Ok(())
    }

    /// Sends what [`send_copy`](Connection::send_copy) has collected, and looks whether the server has rejected the copy.
    ///
    /// # Errors
    ///
    /// As [`Connection::send_copy`].
    pub async fn flush_copy(&mut self) -> Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        self.flush().await?;
        // A server that has rejected the data reads on, so that nothing else would show it.
        let read = self.input.try_fill(&mut self.stream);
        if let Some(tag) = self.buffered()? {
            return Err(self.end_copy(tag).await);
        }
        match read {
            Ok(Some(0)) => Err(self.fail(Error::Closed)),
            Ok(_) => Ok(()),
            Err(error) => Err(self.fail(Error::Io(error))),
        }
    }

    /// An answer came before the copy was finished.
    async fn end_copy(&mut self, tag: u8) -> Error {
        self.pending.copy_in = false;
        let error = self.unexpected(tag);
        // If that fails, the connection is broken. The first error says more.
        let _ = self.settle().await;
        error
    }

    /// Ends a copy: its data is complete.
    ///
    /// # Errors
    ///
    /// The server's, if it rejects the data; or if the connection fails, or no copy was started.
    pub async fn finish_copy(&mut self) -> Result<Done> {
        if !self.pending.copy_in {
            return Err(Error::Unsupported("no copy was started"));
        }
        frontend::copy_done(&mut self.output);
        self.pending.copy_in = false;
        self.sync();
        self.read_copied().await
    }

    /// Ends a copy: nothing of it counts. `why` is in the server's log.
    ///
    /// # Errors
    ///
    /// If the connection fails, or no copy was started.
    pub async fn fail_copy(&mut self, why: &str) -> Result<()> {
        if !self.pending.copy_in {
            return Err(Error::Unsupported("no copy was started"));
        }
        frontend::copy_fail(&mut self.output, why)?;
        self.pending.copy_in = false;
        self.settle().await
    }

    /// The next piece of a copy's data, or `None` after the last one. A piece is a row.
    ///
    /// # Errors
    ///
    /// The server's; then the copy has ended. Or if the connection fails, or no copy was started.
    pub async fn next_copy(&mut self) -> Result<Option<&[u8]>> {
        if !self.expected.copy {
            return Ok(None);
        }
        match self.message().await {
            Ok(tag::COPY_DATA) => Ok(Some(self.body())),
            Ok(tag::COPY_DONE) => {
                self.expected.copy = false;
                self.sync();
                self.read_copied().await.map(|_| None)
            }
            Ok(other) => {
                self.expected.copy = false;
                let error = self.unexpected(other);
                // If that fails, the connection is broken. The first error says more.
                let _ = self.settle().await;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Adds the next pieces of a copy's data to `out`: it waits for one, and takes those that have arrived with it, as long as
    /// `out` has fewer than `size` bytes. `false` after the last one.
    ///
    /// # Errors
    ///
    /// As [`Connection::next_copy`].
    pub async fn read_copy(&mut self, out: &mut Vec<u8>, size: usize) -> Result<bool> {
        match self.next_copy().await? {
            None => return Ok(false),
            Some(piece) => out.extend_from_slice(piece),
        }
        while out.len() < size && self.buffered_copy()? {
            out.extend_from_slice(self.body());
        }
        Ok(true)
    }

    /// Whether the next piece has arrived. Any other message is left for the next call of `next_copy`.
    fn buffered_copy(&mut self) -> Result<bool> {
        match self.input.filled().get(self.frame) {
            Some(&tag::COPY_DATA) => Ok(self.buffered()?.is_some()),
            _ => Ok(false),
        }
    }

    async fn read_copied(&mut self) -> Result<Done> {
        let mut done = Done { runs: 1, ..Done::default() };
        let result = match self.expect(tag::COMMAND_COMPLETE).await {
            Ok(()) => self.note_command(&mut done),
            Err(error) => Err(error),
        };
        // If that fails, the connection is broken. The first error says more.
        let settled = self.settle().await;
        result.and(settled).map(|()| done)
    }

    /// What a command has done.
    pub(crate) fn note_command(&mut self, done: &mut Done) -> Result<()> {
        done.tag = self.parse(CommandTag::parse)?;
        done.rows_affected += done.tag.rows().unwrap_or(0);
        Ok(())
    }
}
