//! SCRAM-SHA-256, with and without channel binding.

use aio_databases_net::spawn_blocking;
use bytes::BytesMut;
use postgres_protocol::{
    authentication::sasl::{ChannelBinding as Binding, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256},
    message::frontend,
};

use super::Connector;
use crate::{
    ChannelBinding, ConnectError, ConnectProblem, Connection, Error,
    wire::{reader::Reader, tag},
};

/// Requests of an `Authentication` message.
const CONTINUE: i32 = 11;
const FINAL: i32 = 12;

/// How often a server may ask the password to be hashed. PostgreSQL's default is 4,096. What is more than that by far
/// runs on a thread of its own, and what would take minutes is an error.
const FEW: u32 = 16_384;
const MOST: u32 = 10_000_000;

impl Connector {
    /// Logs in. Returns whether the log-in was bound to the channel.
    pub(super) async fn scram(
        &self,
        connection: &mut Connection,
        mechanisms: &[String],
        password: String,
    ) -> Result<bool, ConnectError> {
        let (mechanism, binding) = self.choose(connection, mechanisms)?;
        let mut scram = ScramSha256::new(password.as_bytes(), binding);
        let mut message = BytesMut::new();
        frontend::sasl_initial_response(mechanism, scram.message(), &mut message).map_err(failed)?;
        connection.output.extend_from_slice(&message);

        let challenge = answer(connection, CONTINUE).await?;
        let iterations = iterations(&challenge)?;
        if iterations > FEW {
            scram = spawn_blocking(move || scram.update(&challenge).map(|()| scram))
                .await
                .map_err(|error| failed(std::io::Error::other(error)))?
                .map_err(failed)?;
        } else {
            scram.update(&challenge).map_err(failed)?;
        }
        message.clear();
        frontend::sasl_response(scram.message(), &mut message).map_err(failed)?;
        connection.output.extend_from_slice(&message);

        let proof = answer(connection, FINAL).await?;
        // A server that does not know the password cannot prove it.
        scram.finish(&proof).map_err(failed)?;
        Ok(mechanism == SCRAM_SHA_256_PLUS)
    }

    /// The best mechanism that the server has.
    fn choose(
        &self,
        connection: &Connection,
        mechanisms: &[String],
    ) -> Result<(&'static str, Binding), ConnectError> {
        let has = |wanted: &str| mechanisms.iter().any(|mechanism| mechanism == wanted);
        let hash = match self.config.channel_binding {
            ChannelBinding::Disable => None,
            _ => connection.stream.tls_server_end_point(),
        };
        match hash {
            Some(hash) if has(SCRAM_SHA_256_PLUS) => {
                Ok((SCRAM_SHA_256_PLUS, Binding::tls_server_end_point(hash)))
            }
            _ if self.config.channel_binding == ChannelBinding::Require => Err(ConnectError::message(
                ConnectProblem::Authentication,
                match connection.is_tls() {
                    false => "`channel_binding=require` needs TLS",
                    true => "`channel_binding=require`, but the server does not support it",
                },
            )),
            // The server is told that it could have been bound: if the server supports it, someone in between has hidden
            // that.
            Some(_) if has(SCRAM_SHA_256) => Ok((SCRAM_SHA_256, Binding::unrequested())),
            None if has(SCRAM_SHA_256) => Ok((SCRAM_SHA_256, Binding::unsupported())),
            _ => Err(ConnectError::message(
                ConnectProblem::Authentication,
                format!("not supported yet: the server's ways to authenticate ({})", mechanisms.join(", ")),
            )),
        }
    }
}

fn failed(error: std::io::Error) -> ConnectError {
    ConnectError::message(ConnectProblem::Authentication, format!("SCRAM failed: {error}"))
}

/// The data of the server's next message.
async fn answer(connection: &mut Connection, wanted: i32) -> Result<Vec<u8>, ConnectError> {
    match connection.message().await? {
        tag::AUTHENTICATION => {}
        other => return Err(connection.unexpected(other).into()),
    }
    let mut fields = Reader::new(connection.body());
    match fields.i32().map_err(Error::from)? == wanted {
        true => Ok(fields.rest().to_vec()),
        false => Err(ConnectError::message(ConnectProblem::Protocol, "another step of SCRAM was expected")),
    }
}

/// How often the server asks the password to be hashed: `i=` in its challenge.
fn iterations(challenge: &[u8]) -> Result<u32, ConnectError> {
    let mut fields = challenge.split(|byte| *byte == b',').filter_map(|field| field.strip_prefix(b"i="));
    let count =
        fields.next().and_then(|count| std::str::from_utf8(count).ok()).and_then(|count| count.parse().ok());
    match count {
        Some(count) if count <= MOST => Ok(count),
        Some(_) => Err(ConnectError::message(
            ConnectProblem::Authentication,
            "the server asks for more hashing than any server needs",
        )),
        None => Err(ConnectError::message(ConnectProblem::Protocol, "SCRAM's challenge is not one")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_hashes_is_limited() {
        assert_eq!(iterations(b"r=abc,s=QQ==,i=4096").unwrap(), 4096);
        assert!(iterations(b"r=abc,s=QQ==,i=4294967295").is_err());
        assert!(iterations(b"r=abc,s=QQ==").is_err());
        assert!(iterations(b"r=abc,s=QQ==,i=x").is_err());
    }
}
