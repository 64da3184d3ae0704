//! Messages: waits for them, and takes what they say of the session.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use aio_databases_net::AsyncWrite;

use super::{Connection, Pending, TransactionStatus};
use crate::{
    Error, Result, ServerError, Severity,
    wire::{
        backend,
        frame::{HEADER, frame},
        tag,
    },
};

/// How many settings the server may report.
const MOST_PARAMETERS: usize = 1_000;
/// More memory than that is given back after a message.
const KEPT_OUTPUT: usize = 256 * 1024;

impl Connection {
    /// The error at the beginning of the input. A fatal one is the last message.
    pub(crate) fn take_error(&mut self) -> Error {
        match backend::error(self.body()) {
            Ok(error) => {
                self.broken |= error.severity.is_fatal();
                Error::Server(Box::new(error))
            }
            Err(error) => self.fail(error),
        }
    }

    /// What comes is not what was asked for.
    pub(crate) fn unexpected(&mut self, tag: u8) -> Error {
        if tag == tag::ERROR_RESPONSE {
            return self.take_error();
        }
        self.fail(Error::Protocol("a message that does not answer what was asked"))
    }

    /// Waits for a message without fields, or with fields that do not matter.
    pub(crate) async fn expect(&mut self, tag: u8) -> Result<()> {
        match self.message().await? {
            found if found == tag => Ok(()),
            other => Err(self.unexpected(other)),
        }
    }

    /// The fields of the message at the beginning of the input.
    #[inline]
    pub(crate) fn body(&self) -> &[u8] {
        self.input.filled().get(HEADER..self.frame).unwrap_or_default()
    }

    /// Waits for the next message: see [`Connection::poll_message`].
    pub(crate) async fn message(&mut self) -> Result<u8> {
        poll_fn(|cx| self.poll_message(cx)).await
    }

    /// Waits for the next message, and writes what is still to be written meanwhile: a server that cannot send its
    /// answers does not read either.
    ///
    /// The message stays at the beginning of the input until the next one is asked for. Messages that can come at any
    /// time are taken here.
    #[inline]
    pub(crate) fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<u8>> {
        loop {
            if let Some(tag) = self.buffered()? {
                return Poll::Ready(Ok(tag));
            }
            match ready!(self.poll_more(cx)) {
                Ok(()) => {}
                Err(error) => return Poll::Ready(Err(self.fail(error))),
            }
        }
    }

    /// Writes, and reads once.
    pub(crate) fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if !self.output.is_empty() {
            let _ = self.poll_output(cx);
        }
        match ready!(self.input.poll_fill(cx, &mut self.stream)) {
            Ok(0) => Poll::Ready(Err(self.write_error.take().map_or_else(
                || {
                    Error::Io(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "the server closed the connection",
                    ))
                },
                Error::Io,
            ))),
            Ok(_) => Poll::Ready(Ok(())),
            Err(error) => Poll::Ready(Err(Error::Io(self.write_error.take().unwrap_or(error)))),
        }
    }

    /// Writes what is still to be written. An error is kept: before it, the server may have sent its reason.
    fn poll_output(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.written < self.output.len() {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, &self.output[self.written..])) {
                Ok(0) => self.cannot_write(io::ErrorKind::WriteZero.into()),
                Ok(written) => self.written += written,
                Err(error) => self.cannot_write(error),
            }
        }
        match ready!(Pin::new(&mut self.stream).poll_flush(cx)) {
            Ok(()) => {}
            Err(error) => self.cannot_write(error),
        }
        self.written = 0;
        self.output.clear();
        if self.output.capacity() > KEPT_OUTPUT {
            self.output = Vec::new();
        }
        Poll::Ready(())
    }

    fn cannot_write(&mut self, error: io::Error) {
        self.written = self.output.len();
        self.write_error.get_or_insert(error);
    }

    /// Writes what is still to be written, and reads what comes meanwhile.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        let written = poll_fn(|cx| {
            loop {
                if self.poll_output(cx).is_ready() {
                    return Poll::Ready(Ok(()));
                }
                match ready!(self.input.poll_fill(cx, &mut self.stream)) {
                    // The server may have sent its reason before.
                    Ok(0) if !self.input.is_empty() => return Poll::Ready(Ok(())),
                    Ok(0) => return Poll::Ready(Err(Error::Closed)),
                    Ok(_) => {}
                    Err(error) => return Poll::Ready(Err(Error::Io(error))),
                }
            }
        });
        match written.await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Reads once from the socket. 0 means that the server closed it.
    pub(crate) async fn fill(&mut self) -> Result<usize> {
        match self.input.fill(&mut self.stream).await {
            Ok(read) => Ok(read),
            Err(error) => Err(self.fail(Error::Io(error))),
        }
    }

    /// The next message that has wholly arrived.
    #[inline]
    pub(crate) fn buffered(&mut self) -> Result<Option<u8>> {
        if self.broken {
            return Err(Error::Closed);
        }
        loop {
            self.input.consume(std::mem::take(&mut self.frame));
            let tag = match frame(self.input.filled(), &self.expected) {
                Ok(Some(frame)) => {
                    self.frame = frame.length;
                    frame.tag
                }
                Ok(None) => return Ok(None),
                Err(error) => return Err(self.fail(error)),
            };
            if tag == tag::DATA_ROW {
                return Ok(Some(tag));
            }
            if let Err(error) = self.note(tag) {
                return Err(self.fail(error));
            }
            if !matches!(tag, tag::NOTICE_RESPONSE | tag::NOTIFICATION_RESPONSE | tag::PARAMETER_STATUS) {
                return Ok(Some(tag));
            }
        }
    }

    /// Takes what a message says of the session.
    fn note(&mut self, tag: u8) -> Result<()> {
        match tag {
            tag::NOTICE_RESPONSE => notice(&backend::error(self.body())?),
            tag::NOTIFICATION_RESPONSE => {
                let notification = backend::notification(self.body())?;
                self.notifications.push(notification);
            }
            tag::PARAMETER_STATUS => {
                let (name, value) = backend::parameter_status(self.body())?;
                self.set_parameter(name, value)?;
            }
            tag::READY_FOR_QUERY => self.note_ready()?,
            tag::COMMAND_COMPLETE => {
                self.pending.executes = self.pending.executes.saturating_sub(1);
                if self.body().starts_with(b"D") {
                    self.note_discard();
                }
            }
            tag::PORTAL_SUSPENDED | tag::EMPTY_QUERY_RESPONSE => {
                self.pending.executes = self.pending.executes.saturating_sub(1);
            }
            tag::COPY_OUT_RESPONSE => self.expected.copy = true,
            tag::COPY_BOTH_RESPONSE => {
                return Err(Error::Protocol("a copy in both directions, which was not asked for"));
            }
            _ => {}
        }
        Ok(())
    }

    fn note_ready(&mut self) -> Result<()> {
        self.expected.copy = false;
        self.status = match self.body() {
            b"I" => TransactionStatus::Idle,
            b"T" => TransactionStatus::InTransaction,
            _ => TransactionStatus::Failed,
        };
        if self.expected.started {
            match self.pending.syncs.checked_sub(1) {
                Some(left) => self.pending.syncs = left,
                None => return Err(Error::Protocol("an answer to nothing")),
            }
            if self.pending.is_empty() {
                self.pending = Pending::default();
            }
        }
        Ok(())
    }

    /// Forgets the statements that a command has discarded.
    fn note_discard(&mut self) {
        if matches!(self.body().strip_suffix(b"\0"), Some(b"DISCARD ALL" | b"DEALLOCATE ALL" | b"DEALLOCATE"))
        {
            self.statements.clear();
        }
    }

    fn set_parameter(&mut self, name: String, value: String) -> Result<()> {
        if let Some((_, known)) = self.parameters.iter_mut().find(|(known, _)| *known == name) {
            let old = std::mem::replace(known, value);
            // Nobody sets whether the server is a standby.
            if old != *known && name != "in_hot_standby" {
                match self.changed.iter().position(|(changed, _)| *changed == name) {
                    None => self.changed.push((name, old)),
                    Some(at) if self.changed[at].1 == *known => drop(self.changed.swap_remove(at)),
                    Some(_) => {}
                }
            }
        } else if self.parameters.len() == MOST_PARAMETERS {
            return Err(Error::Protocol("too many settings"));
        } else {
            self.parameters.push((name, value));
        }
        Ok(())
    }

    /// Takes what the server has sent while no statement runs.
    pub(crate) fn take_idle(&mut self) -> Result<()> {
        match self.buffered()? {
            None => Ok(()),
            // The server closes the connection, and says why.
            Some(tag::ERROR_RESPONSE) => {
                let error = self.take_error();
                Err(self.fail(error))
            }
            Some(_) => Err(self.fail(Error::Protocol("an answer to nothing"))),
        }
    }
}

/// Notices go to `tracing`, at the level of their severity.
fn notice(notice: &ServerError) {
    macro_rules! event {
        ($level:ident) => {
            tracing::$level!(
                target: "aio_databases::postgres::notice",
                code = notice.code,
                detail = notice.detail,
                hint = notice.hint,
                "{}",
                notice.message
            )
        };
    }
    match notice.severity {
        Severity::Panic | Severity::Fatal | Severity::Error => event!(error),
        Severity::Warning => event!(warn),
        Severity::Notice | Severity::Info => event!(info),
        Severity::Log | Severity::Debug => event!(debug),
    }
}
