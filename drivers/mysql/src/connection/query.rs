//! Commands without parameters: text queries and pings.

use super::{Connection, Done, Sink, read::Nothing, reply::Command};
use crate::{
    error::{Error, Result},
    protocol::command,
};

impl Connection {
    /// Runs one or several statements without parameters. Values come as text.
    ///
    /// # Errors
    ///
    /// The server's error, or that of the connection.
    pub async fn query(&mut self, sql: &str, sink: &mut (dyn Sink + Send)) -> Result<Done> {
        self.begin().await?;
        self.check_length(sql.len() + 1)?;
        let sequence = self.output.command(command::QUERY, sql.as_bytes());
        self.expect(Command::Query, sequence);
        self.run(sink).await
    }

    /// Asks for a reply, which carries the session's status.
    ///
    /// # Errors
    ///
    /// If the connection is lost.
    pub async fn ping(&mut self) -> Result<()> {
        self.begin().await?;
        self.simple(command::PING, &[]).await
    }

    pub(super) async fn simple(&mut self, command: u8, payload: &[u8]) -> Result<()> {
        let sequence = self.output.command(command, payload);
        self.expect(Command::Simple, sequence);
        self.run(&mut Nothing).await.map(|_| ())
    }

    pub(super) fn check_length(&self, length: usize) -> Result<()> {
        match self.server.max_allowed_packet {
            // The server's own comparison.
            Some(limit) if length >= limit => Err(Error::TooLong { length, limit }),
            _ => Ok(()),
        }
    }
}
