//! Stops a connection's statement from another connection.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use crate::{
    config::Config,
    connection::{Connection, Server},
    error::{Error, Result},
    row::{Flow, Row},
};

/// Whether a connection's statement was cancelled since the connection was last seen to be unharmed.
#[derive(Debug, Default)]
pub(crate) struct CancelState {
    running: AtomicUsize,
    used: AtomicBool,
}

impl CancelState {
    pub(crate) fn is_used(&self) -> bool {
        self.used.load(Ordering::Acquire)
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire) > 0
    }

    pub(crate) fn clear(&self) {
        self.used.store(false, Ordering::Release);
    }
}

/// Counts a cancellation as under way until it is dropped, unless nobody knows whether the server has seen it by then.
struct Running<'a> {
    state: &'a CancelState,
    unknown: bool,
}

impl<'a> Running<'a> {
    fn new(state: &'a CancelState) -> Self {
        state.running.fetch_add(1, Ordering::AcqRel);
        state.used.store(true, Ordering::Release);
        Running { state, unknown: false }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.unknown {
            self.state.running.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

/// Stops the statement that a connection runs.
///
/// A `kill query` can arrive after the statement has ended. The connection therefore rejects commands while it is under way
/// ([`Error::Cancelling`]), and sends a statement without effect after it, which a late one would hit. If the future of
/// [`CancelToken::cancel`] is dropped after the `kill query` was sent, the connection rejects every command: close it.
#[derive(Clone, Debug)]
pub struct CancelToken {
    config: Arc<Config>,
    connection_id: u32,
    fingerprint: Option<String>,
    state: Arc<CancelState>,
}

impl CancelToken {
    pub(crate) fn new(config: &Arc<Config>, server: &Server, state: &Arc<CancelState>) -> Self {
        CancelToken {
            config: Arc::clone(config),
            connection_id: server.connection_id,
            fingerprint: server.fingerprint.clone(),
            state: Arc::clone(state),
        }
    }

    /// The server's number of the connection.
    pub fn connection_id(&self) -> u32 {
        self.connection_id
    }

    /// Connects once more, makes sure that this reached the same server, and has that server stop the statement.
    ///
    /// # Errors
    ///
    /// [`Error::OtherServer`] if the server is another one, or cannot be identified: nothing was cancelled, so close the
    /// connection. Or the error of connecting.
    pub async fn cancel(&self) -> Result<()> {
        let Some(fingerprint) = &self.fingerprint else { return Err(Error::OtherServer) };
        // From now on the connection starts nothing that could be hit instead.
        let mut running = Running::new(&self.state);
        let mut other = Connection::connect(&self.config).await?;
        if other.server().fingerprint.as_ref() != Some(fingerprint) {
            other.close().await;
            return Err(Error::OtherServer);
        }
        running.unknown = true;
        let kill = format!("kill query {}", self.connection_id);
        let killed = other.query(&kill, &mut |_: Row<'_>| Flow::Continue).await;
        if matches!(killed, Ok(_) | Err(Error::Server(_))) {
            running.unknown = false;
        }
        drop(running);
        other.close().await;
        match killed {
            // The connection has ended.
            Err(Error::Server(error)) if error.code == 1094 => Ok(()),
            killed => killed.map(|_| ()),
        }
    }
}
