//! The start of a session: its parameters, the log-in, and what the server says of itself.

use std::sync::Arc;

use aio_databases_net::{Stream, TcpOptions};
use bytes::BytesMut;
use postgres_protocol::message::frontend;

use super::{Connector, tls::Tls};
use crate::{
    CancelToken, ConnectError, ConnectProblem, Connection, Error, Host, Protocol,
    wire::{frame::Expected, reader::Reader, tag},
};

impl Connector {
    /// Starts a session on a stream.
    pub(super) async fn start(
        &self,
        stream: Stream,
        tls: Option<Arc<Tls>>,
        host: &Host,
    ) -> Result<Connection, ConnectError> {
        let cancel = CancelToken {
            peer: stream.peer().clone(),
            options: TcpOptions::clone(&self.config.tcp),
            tls,
            process_id: 0,
            secret_key: Box::default(),
        };
        let mut connection = Connection::new(stream, cancel, self.config.statement_cache_capacity);
        let user = self.config.user_or_default();
        connection.output = self.startup_message(&user)?;
        connection.expected.long_keys = self.config.protocol == Protocol::V3_2;
        self.authenticate(&mut connection, host, &user).await?;
        loop {
            match connection.message().await? {
                tag::BACKEND_KEY_DATA => {
                    let mut fields = Reader::new(connection.body());
                    let process_id = fields.i32().map_err(Error::from)?;
                    let secret_key = fields.rest().into();
                    connection.cancel.process_id = process_id;
                    connection.cancel.secret_key = secret_key;
                }
                tag::READY_FOR_QUERY => break,
                // The server supports an older minor version of the protocol. Nothing here needs the newer one.
                tag::NEGOTIATE_PROTOCOL_VERSION => {}
                other => return Err(connection.unexpected(other).into()),
            }
        }
        connection.expected = Expected { started: true, ..Expected::default() };
        connection.accept_changes();
        Ok(connection)
    }

    /// Only what every pooler accepts, and what the user asked for.
    fn startup_message(&self, user: &str) -> Result<Vec<u8>, ConnectError> {
        let config = &self.config;
        let mut parameters = vec![("user", user), ("client_encoding", "UTF8")];
        parameters.extend(config.database.as_deref().map(|database| ("database", database)));
        parameters.extend(config.application_name.as_deref().map(|name| ("application_name", name)));
        parameters.extend(config.options.as_deref().map(|options| ("options", options)));
        parameters.extend(config.parameters.iter().map(|(name, value)| (&**name, &**value)));
        let mut message = BytesMut::new();
        frontend::startup_message(parameters, &mut message)
            .map_err(|error| ConnectError::message(ConnectProblem::Other, error.to_string()))?;
        let mut message = message.to_vec();
        if config.protocol == Protocol::V3_2 {
            // The codec writes 3.0.
            message[4..8].copy_from_slice(&[0, 3, 0, 2]);
        }
        Ok(message)
    }
}
