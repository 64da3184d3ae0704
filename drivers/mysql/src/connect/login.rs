//! Greeting, TLS and authentication.

use std::{
    future::poll_fn,
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Poll, ready},
};

use aio_databases_net::{AsyncRead as _, AsyncWrite as _, ReadBuf, Stream};

#[cfg(feature = "tls")]
use super::handshake::write_flags;
use super::handshake::{Answer, Greeting};
use crate::{
    auth::{Authentication, Channel},
    config::Config,
    connection::{Agreed, Connection, Server, closed},
    error::{Error, Result},
    protocol::{
        capability,
        input::Input,
        message::{self, End},
        output::Output,
    },
    ssl::SslMode,
    status::{Session, Status},
};

/// Before the log-in messages are short. What is longer is not from a MySQL server.
const LONGEST: usize = 64 * 1024;

/// A connection before the log-in: messages one by one.
struct Login<'a> {
    stream: Stream,
    input: Input,
    output: Output,
    /// The number of the next packet, sent or received.
    sequence: u8,
    config: &'a Config,
}

/// Logs in with one configuration, and keeps another one in the connection, which has no password that expires.
pub(super) async fn login(stream: Stream, config: &Config, kept: &Arc<Config>) -> Result<Connection> {
    let input = Input::new(LONGEST);
    let mut login = Login { stream, input, output: Output::default(), sequence: 0, config };
    let greeting = login.greeting().await?;
    let mut capabilities = capability::WANTED & greeting.capabilities;
    if capabilities & capability::DEPRECATE_EOF == 0 {
        capabilities &= !capability::MARIADB_CACHE_METADATA;
    }
    if config.database.is_some() {
        capabilities |= capability::CONNECT_WITH_DB;
    }
    let mut login = login.start_tls(&greeting, &mut capabilities).await?;
    let status = login.authenticate(&greeting, capabilities).await?;
    login.input.set_limit(config.message_limit);
    let caches = capability::MARIADB_CACHE_METADATA | capability::DEPRECATE_EOF;
    let agreed = Agreed {
        tracks: capabilities & capability::SESSION_TRACK != 0,
        ok_ends_rows: capabilities & capability::DEPRECATE_EOF != 0,
        scripts: capabilities & capability::MULTI_STATEMENTS != 0,
        caches_metadata: capabilities & caches == caches,
    };
    let server = Server {
        mariadb: greeting.version.contains("MariaDB"),
        version: greeting.version,
        connection_id: greeting.connection_id,
        fingerprint: None,
        max_allowed_packet: None,
    };
    Ok(Connection::logged_in(login.stream, login.input, agreed, server, status, Arc::clone(kept)))
}

impl<'a> Login<'a> {
    async fn greeting(&mut self) -> Result<Greeting> {
        let range = self.read().await?;
        let payload = self.input.get(range);
        match payload.first() {
            // Too many connections, or a host that is not allowed.
            Some(&message::ERR) => Err(Error::Server(Box::new(message::error(payload)?))),
            _ => Greeting::parse(payload),
        }
    }

    async fn start_tls(self, greeting: &Greeting, capabilities: &mut u64) -> Result<Self> {
        let mode = self.config.ssl_mode;
        let offered = greeting.capabilities & capability::SSL != 0;
        // A unix socket does not leave the machine; TLS over it only costs.
        let local = self.config.socket.is_some() && !mode.is_required();
        let compiled_in = cfg!(feature = "tls") || mode.is_required();
        if mode == SslMode::Disabled || local || !compiled_in || (!offered && !mode.is_required()) {
            return Ok(self);
        }
        if !offered {
            return Err(Error::Tls("the server does not support TLS".into()));
        }
        *capabilities |= capability::SSL;
        self.upgrade(*capabilities).await
    }

    #[cfg(feature = "tls")]
    async fn upgrade(mut self, capabilities: u64) -> Result<Self> {
        let connector = self.config.connector()?;
        let begun = self.output.begin();
        write_flags(capabilities, &mut self.output.bytes);
        self.sequence = self.output.finish(begun, self.sequence);
        self.flush().await?;
        if !self.input.is_empty() {
            return Err(Error::protocol("the server sent a message before TLS began"));
        }
        let encrypted = self.stream.start_tls(connector, &self.config.host).await;
        let stream = encrypted.map_err(|error| Error::Tls(Box::new(error)))?;
        Ok(Login { stream, ..self })
    }

    #[cfg(not(feature = "tls"))]
    async fn upgrade(self, _: u64) -> Result<Self> {
        Err(Error::Tls(
            "TLS is not compiled in; help: enable the feature `tls`, or set `ssl-mode=disabled`".into(),
        ))
    }

    async fn authenticate(&mut self, greeting: &Greeting, capabilities: u64) -> Result<Status> {
        let channel = Channel { secure: self.stream.is_tls() || self.config.socket.is_some() };
        let mut authentication = Authentication::first(&greeting.plugin, &greeting.nonce);
        let response = authentication.response(self.config, channel)?;
        let begun = self.output.begin();
        let answer = Answer {
            capabilities,
            user: &self.config.user,
            response: &response,
            database: self.config.database.as_deref(),
            plugin: authentication.name(),
        };
        answer.write(&mut self.output.bytes)?;
        self.sequence = self.output.finish(begun, self.sequence);
        // A server can ask a few times; one that never ends is not a server.
        for _ in 0..16 {
            self.flush().await?;
            let range = self.read().await?;
            let payload = self.input.get(range);
            let tracks = capabilities & capability::SESSION_TRACK != 0;
            let response = match payload.first() {
                Some(&message::OK) => {
                    return Ok(End::ok(payload, tracks, &mut Session::default())?.status);
                }
                Some(&message::ERR) => return Err(Error::Server(Box::new(message::error(payload)?))),
                Some(&message::EOF) => {
                    authentication = Authentication::switch(payload)?;
                    Some(authentication.response(self.config, channel)?)
                }
                _ => authentication.more(payload, self.config, channel)?,
            };
            if let Some(response) = response {
                let begun = self.output.begin();
                self.output.bytes.extend_from_slice(&response);
                self.sequence = self.output.finish(begun, self.sequence);
            }
        }
        Err(Error::protocol("the server does not end the authentication"))
    }

    async fn flush(&mut self) -> Result<()> {
        let (stream, output) = (&mut self.stream, &mut self.output);
        poll_fn(|cx| {
            while !output.unsent().is_empty() {
                let sent = ready!(Pin::new(&mut *stream).poll_write(cx, output.unsent()))?;
                if sent == 0 {
                    return Poll::Ready(Err(closed()));
                }
                output.mark_sent(sent);
            }
            Pin::new(&mut *stream).poll_flush(cx)
        })
        .await
        .map_err(Error::Io)
    }

    async fn read(&mut self) -> Result<Range<usize>> {
        loop {
            if let Some(payload) = self.input.payload()? {
                let first = self.input.get(payload.range.clone()).first();
                if payload.sequence != self.sequence && first != Some(&message::ERR) {
                    return Err(Error::protocol("the server's messages are out of order"));
                }
                self.sequence = payload.sequence.wrapping_add(payload.packets);
                return Ok(payload.range);
            }
            let (stream, input) = (&mut self.stream, &mut self.input);
            let count = poll_fn(|cx| {
                let mut room = ReadBuf::new(input.room());
                ready!(Pin::new(&mut *stream).poll_read(cx, &mut room))?;
                Poll::Ready(Ok(room.filled().len()))
            })
            .await
            .map_err(Error::Io)?;
            if count == 0 {
                return Err(Error::Io(closed()));
            }
            self.input.received(count);
        }
    }
}
