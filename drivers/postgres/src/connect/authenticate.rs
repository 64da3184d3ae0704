//! The log-in: trust, a password in clear, MD5, and SCRAM-SHA-256 with and without channel binding.

use bytes::BytesMut;
use postgres_protocol::{authentication::md5_hash, message::frontend};

use super::Connector;
use crate::{
    ChannelBinding, ConnectError, ConnectProblem, ConnectSource, Connection, Error, Host, Password,
    config::passfile,
    wire::{reader::Reader, tag},
};

/// The requests of an `Authentication` message.
mod request {
    pub(super) const OK: i32 = 0;
    pub(super) const CLEARTEXT_PASSWORD: i32 = 3;
    pub(super) const MD5_PASSWORD: i32 = 5;
    pub(super) const SASL: i32 = 10;
}

/// What the server asks for.
#[derive(Debug)]
pub(super) enum Request {
    Ok,
    CleartextPassword,
    Md5Password([u8; 4]),
    Sasl(Vec<String>),
    Other(i32),
}

impl Connector {
    /// Answers what the server asks, until it lets the user in.
    pub(super) async fn authenticate(
        &self,
        connection: &mut Connection,
        host: &Host,
        user: &str,
    ) -> Result<(), ConnectError> {
        let mut bound = false;
        loop {
            match request(connection).await? {
                Request::Ok => break,
                Request::CleartextPassword => {
                    self.must_not_be_bound()?;
                    let password = self.password(host, user).await?;
                    send_password(connection, password.as_bytes())?;
                }
                Request::Md5Password(salt) => {
                    self.must_not_be_bound()?;
                    let password = self.password(host, user).await?;
                    let hash = md5_hash(user.as_bytes(), password.as_bytes(), salt);
                    send_password(connection, hash.as_bytes())?;
                }
                Request::Sasl(mechanisms) => {
                    let password = self.password(host, user).await?;
                    bound = self.scram(connection, &mechanisms, password).await?;
                }
                Request::Other(kind) => {
                    return Err(ConnectError::message(
                        ConnectProblem::Authentication,
                        format!("not supported yet: the server's way to authenticate (request {kind})"),
                    ));
                }
            }
        }
        if !bound {
            self.must_not_be_bound()?;
        }
        Ok(())
    }

    /// A log-in that is not bound to the channel is an error where it must be.
    fn must_not_be_bound(&self) -> Result<(), ConnectError> {
        match self.config.channel_binding {
            ChannelBinding::Require => Err(ConnectError::message(
                ConnectProblem::Authentication,
                "`channel_binding=require`, but the server authenticates without it",
            )),
            _ => Ok(()),
        }
    }

    async fn password(&self, host: &Host, user: &str) -> Result<String, ConnectError> {
        match &self.config.password {
            Some(Password::Text(password)) => Ok(password.clone()),
            Some(Password::Hook(hook)) => hook().await.map_err(|error| ConnectError {
                kind: ConnectProblem::Authentication,
                host: String::new(),
                source: ConnectSource::Password(error),
            }),
            None => {
                let database = self.config.database.as_deref().unwrap_or(user);
                passfile::password(host, database, user).ok_or_else(|| {
                    ConnectError::message(
                        ConnectProblem::Authentication,
                        format!("the server asks for the password of `{user}`, but none is given"),
                    )
                })
            }
        }
    }
}

/// Waits for what the server asks.
pub(super) async fn request(connection: &mut Connection) -> Result<Request, ConnectError> {
    loop {
        match connection.message().await? {
            tag::AUTHENTICATION => break,
            tag::NEGOTIATE_PROTOCOL_VERSION => {}
            other => return Err(connection.unexpected(other).into()),
        }
    }
    let mut fields = Reader::new(connection.body());
    let request = match fields.i32().map_err(Error::from)? {
        request::OK => Request::Ok,
        request::CLEARTEXT_PASSWORD => Request::CleartextPassword,
        request::MD5_PASSWORD => {
            let salt = fields.bytes(4).map_err(Error::from)?;
            Request::Md5Password([salt[0], salt[1], salt[2], salt[3]])
        }
        request::SASL => {
            let mut mechanisms = Vec::new();
            loop {
                let mechanism = fields.text().map_err(Error::from)?;
                if mechanism.is_empty() {
                    break Request::Sasl(mechanisms);
                }
                mechanisms.push(mechanism);
            }
        }
        other => Request::Other(other),
    };
    Ok(request)
}

fn send_password(connection: &mut Connection, password: &[u8]) -> Result<(), ConnectError> {
    let mut message = BytesMut::new();
    frontend::password_message(password, &mut message)
        .map_err(|error| ConnectError::message(ConnectProblem::Authentication, error.to_string()))?;
    connection.output.extend_from_slice(&message);
    Ok(())
}
