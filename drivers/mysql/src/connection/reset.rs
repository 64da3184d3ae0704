//! Resets the session to what it was after the log-in.

use super::Connection;
use crate::{
    connect::setup,
    error::{Error, Result},
    protocol::command,
    status::Session,
};

impl Connection {
    /// Resets the session: rolls back, releases locks, drops temporary tables and variables, and sets it up again. Prepared
    /// statements are gone afterwards.
    ///
    /// # Errors
    ///
    /// If the connection is lost, or the current database cannot be made the first one again: close the connection then.
    pub async fn reset(&mut self) -> Result<()> {
        self.begin().await?;
        let schema = self.session.schema.take();
        self.statements.clear();
        self.simple(command::RESET_CONNECTION, &[]).await?;
        // A reset keeps the current database.
        match (&self.config.database, schema) {
            (_, None) => {}
            // MariaDB reports that there is still none.
            (None, Some(now)) if now.is_empty() => {}
            (Some(first), Some(now)) if *first == now => {}
            (Some(first), Some(_)) => {
                let first = first.clone();
                self.simple(command::INIT_DB, first.as_bytes()).await?;
            }
            (None, Some(_)) => {
                self.broken = true;
                return Err(Error::Broken);
            }
        }
        setup::again(self).await?;
        self.session = Session::default();
        Ok(())
    }

    /// Takes the session as it is for unchanged, but for its current database: a reset keeps that one.
    pub fn accept_changes(&mut self) {
        self.session = Session { schema: self.session.schema.take(), ..Session::default() };
    }

    pub(crate) fn identify(&mut self, fingerprint: Option<String>, max_allowed_packet: Option<usize>) {
        self.server.fingerprint = fingerprint;
        self.server.max_allowed_packet = max_allowed_packet;
    }

    pub(crate) fn config(&self) -> &crate::Config {
        &self.config
    }

    /// Whether one text can hold several statements.
    pub(crate) fn accepts_scripts(&self) -> bool {
        self.agreed.scripts
    }

    pub(crate) fn tracks(&self) -> bool {
        self.agreed.tracks
    }
}
