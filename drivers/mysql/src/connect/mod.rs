//! From an address to a session: sockets, TLS, log-in, set-up.

mod handshake;
mod login;
pub(crate) mod setup;

use std::sync::Arc;

use aio_databases_net::{Stream, timeout};

use crate::{
    config::Config,
    connection::Connection,
    error::{Error, Result},
};

impl Connection {
    /// Connects, logs in and sets the session up: UTC as its time zone, the character set and collation of the configuration, and
    /// everything else as the server has it.
    ///
    /// # Errors
    ///
    /// [`Error::connect_problem`] says what an error means.
    pub async fn connect(config: &Arc<Config>) -> Result<Connection> {
        let connecting = Box::pin(connect(config));
        match config.connect_timeout {
            None => connecting.await,
            Some(limit) => timeout(limit, connecting).await.unwrap_or(Err(Error::TimedOut)),
        }
    }
}

async fn connect(config: &Arc<Config>) -> Result<Connection> {
    let stream = match &config.socket {
        Some(path) => Stream::connect_unix(path).await?,
        None => Stream::connect_tcp(&config.host, config.port, &config.tcp).await?,
    };
    let own = config.with_password().await?;
    let mut connection = login::login(stream, own.as_ref().unwrap_or(config), config).await?;
    setup::first(&mut connection).await?;
    connection.accept_changes();
    Ok(connection)
}
