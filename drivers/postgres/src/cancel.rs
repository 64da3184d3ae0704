//! Stops the statement of another connection.

use std::sync::Arc;

use aio_databases_net::{Peer, ReadBuffer, Stream, TcpOptions};

use crate::{
    ConnectError,
    connect::tls::{self, Tls},
    wire::frontend,
};

/// Stops the statement that a connection runs, by the protocol's own request with the connection's secret key.
///
/// It reaches the address that the connection did, with TLS if the connection has it. It needs no log-in and takes no
/// place among the server's connections, and poolers pass it on to the right server connection.
#[derive(Clone)]
pub struct CancelToken {
    pub(crate) peer: Peer,
    pub(crate) options: TcpOptions,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) process_id: i32,
    pub(crate) secret_key: Box<[u8]>,
}

impl CancelToken {
    /// Asks the server to stop the statement, and waits until the server has taken the request.
    ///
    /// The statement ends with an error (57014), unless it has just ended by itself. The connection's user should wait for
    /// either before the connection runs anything else: otherwise that may be stopped.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached. There is no time limit: use [`timeout`](aio_databases_net::timeout()).
    pub async fn cancel(&self) -> Result<(), ConnectError> {
        let mut stream = Stream::connect_peer(&self.peer, &self.options).await?;
        if let Some(tls) = &self.tls {
            stream = tls::start(stream, tls).await?;
        }
        let request = frontend::cancel_request(self.process_id, &self.secret_key);
        tls::write_all(&mut stream, &request).await?;
        // The server closes the connection when it has sent the signal. How it closes it does not matter.
        let _ = ReadBuffer::new().fill(&mut stream).await;
        Ok(())
    }
}

impl std::fmt::Debug for CancelToken {
    /// The key is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CancelToken")
            .field("peer", &self.peer)
            .field("process_id", &self.process_id)
            .finish_non_exhaustive()
    }
}
