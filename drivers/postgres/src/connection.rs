//! A connection: its buffers, and what the server still has to answer.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use aio_databases_net::{AsyncWrite, Peer, Probe, ReadBuffer, RuntimeId, Stream};

use crate::{
    CancelToken, Error, Result, ServerError, Severity,
    notify::Notifications,
    portal::Portal,
    row::Range,
    statement::Statements,
    wire::{
        backend,
        frame::{Expected, HEADER, frame},
        frontend, tag,
    },
};

/// A connection to a PostgreSQL server.
///
/// # Futures that are dropped
///
/// Each method's future may be dropped at any time. The connection then knows what it has sent and which answers are to
/// come: [`is_busy`](Connection::is_busy) is true, and other methods return [`Error::Busy`]. After
/// [`recover`](Connection::recover) it can be used again. What the dropped future sent may have run. To make it end
/// sooner, cancel it first with a [`CancelToken`].
#[derive(Debug)]
pub struct Connection {
    pub(crate) stream: Stream,
    pub(crate) input: ReadBuffer,
    /// The length of the message at the beginning of `input` that was handed out, and is used up with the next.
    pub(crate) frame: usize,
    pub(crate) expected: Expected,
    pub(crate) output: Vec<u8>,
    /// How much of `output` is written.
    written: usize,
    /// Why the rest of `output` cannot be written. The server may have said more of it.
    write_error: Option<io::Error>,
    pub(crate) pending: Pending,
    status: TransactionStatus,
    broken: bool,
    pub(crate) statements: Statements,
    parameters: Vec<(String, String)>,
    pub(crate) notifications: Notifications,
    /// Memory for the places of a row's values.
    pub(crate) ranges: Vec<Range>,
    /// How many rows were read of the result that is being read.
    pub(crate) read: u64,
    pub(crate) portal: Option<Portal>,
    pub(crate) cancel: CancelToken,
}

/// What was sent, and is not answered yet. It is kept here and not in futures, because these may be dropped.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// How many `ReadyForQuery` are to come.
    pub(crate) syncs: u32,
    /// Whether messages were sent after the last `Sync`.
    pub(crate) open: bool,
    /// How many `Execute` are not answered.
    pub(crate) executes: u32,
    /// Whether an `Execute` was the last message, apart from `Flush` and `Sync`.
    pub(crate) ends_with_execute: bool,
    /// Whether the simple protocol is spoken.
    pub(crate) simple: bool,
    /// Whether the server waits for the data of a copy.
    pub(crate) copy_in: bool,
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.syncs == 0 && !self.open
    }
}

/// What the server says of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionStatus {
    /// There is none.
    Idle,
    /// One is open.
    InTransaction,
    /// One is open and has failed: it can only be rolled back, whole or to a savepoint.
    Failed,
}

/// How many settings the server may report.
const MOST_PARAMETERS: usize = 1_000;
/// More memory than that is given back after a message.
const KEPT_OUTPUT: usize = 256 * 1024;

impl Connection {
    pub(crate) fn new(stream: Stream, cancel: CancelToken, statements: usize) -> Connection {
        Connection {
            stream,
            input: ReadBuffer::new(),
            frame: 0,
            expected: Expected::default(),
            output: Vec::new(),
            written: 0,
            write_error: None,
            pending: Pending::default(),
            status: TransactionStatus::Idle,
            broken: false,
            statements: Statements::new(statements),
            parameters: Vec::new(),
            notifications: Notifications::default(),
            ranges: Vec::new(),
            read: 0,
            portal: None,
            cancel,
        }
    }

    /// What the server said last of the transaction.
    pub fn transaction_status(&self) -> TransactionStatus {
        self.status
    }

    /// A setting that the server reports, such as `server_version`.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// The number of the server's process. Behind a pooler it is not the server's own.
    pub fn process_id(&self) -> i32 {
        self.cancel.process_id
    }

    /// The address that was reached.
    pub fn peer(&self) -> &Peer {
        self.stream.peer()
    }

    /// Whether the connection is encrypted.
    pub fn is_tls(&self) -> bool {
        self.stream.is_tls()
    }

    /// The runtime that opened the connection, on which alone it works.
    pub fn runtime(&self) -> RuntimeId {
        self.stream.runtime()
    }

    /// What stops this connection's statements from another place.
    pub fn cancel_token(&self) -> CancelToken {
        self.cancel.clone()
    }

    /// Whether the connection has failed, so that it can only be dropped.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether an operation is unfinished, because its future was dropped or its rows were not all read.
    pub fn is_busy(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Forgets all prepared statements, because the server has none any more. Where a command's answer shows that
    /// (`discard all`, `deallocate`), the connection does it itself.
    pub fn forget_statements(&mut self) {
        self.statements.clear();
    }

    /// Looks at an idle connection without waiting and without a round trip: whether it can still be used.
    ///
    /// # Errors
    ///
    /// If the server closed the connection: with its reason, if it gave one.
    pub fn check(&mut self) -> Result<()> {
        self.ready()?;
        match self.stream.probe() {
            Probe::Quiet if self.input.is_empty() => return Ok(()),
            Probe::Quiet => {}
            Probe::Closed => return Err(self.fail(Error::Closed)),
            Probe::Unread => match self.input.try_fill(&mut self.stream) {
                Ok(Some(0)) => return Err(self.fail(Error::Closed)),
                Ok(_) => {}
                Err(error) => return Err(self.fail(Error::Io(error))),
            },
        }
        self.take_idle()
    }

    /// Finishes what was left unfinished: writes what was half written, tells the server that nothing more comes, and
    /// reads its answers up to the last. After that the connection can be used, in the transaction that
    /// [`transaction_status`](Connection::transaction_status) tells.
    ///
    /// This waits as long as the statement that was left runs. The future may be dropped, and this called again.
    ///
    /// # Errors
    ///
    /// If the connection fails. Errors of the statements that were left are not reported.
    pub async fn recover(&mut self) -> Result<()> {
        if self.pending.copy_in {
            self.copy_failed("the copy was given up");
        }
        self.settle().await
    }

    /// Says goodbye to the server and closes the connection.
    pub async fn close(mut self) {
        if !self.broken && self.pending.is_empty() {
            frontend::terminate(&mut self.output);
            // It is closed either way.
            let _ = self.flush().await;
        }
        let _ = poll_fn(|cx| Pin::new(&mut self.stream).poll_shutdown(cx)).await;
    }

    /// Whether a new operation can begin.
    pub(crate) fn ready(&self) -> Result<()> {
        match self {
            _ if self.broken => Err(Error::Closed),
            _ if self.pending.is_empty() => Ok(()),
            _ => Err(Error::Busy),
        }
    }

    /// Gives the connection up.
    pub(crate) fn fail(&mut self, error: Error) -> Error {
        self.broken = true;
        error
    }

    /// Ends a group of messages: the server answers with `ReadyForQuery`.
    pub(crate) fn sync(&mut self) {
        frontend::sync(&mut self.output);
        self.pending.syncs += 1;
        self.pending.open = false;
    }

    /// Reads up to the last `ReadyForQuery`, whatever comes.
    pub(crate) async fn settle(&mut self) -> Result<()> {
        if self.broken {
            return Err(Error::Closed);
        }
        self.expected.columns = None;
        self.portal = None;
        self.read = 0;
        if self.pending.open {
            self.sync();
        }
        while self.pending.syncs > 0 {
            match self.message().await? {
                tag::ERROR_RESPONSE => {
                    let error = self.take_error();
                    if self.broken {
                        return Err(error);
                    }
                }
                tag::COPY_IN_RESPONSE => self.refuse_copy(),
                _ => {}
            }
        }
        self.input.shrink();
        Ok(())
    }

    /// Ends a copy that the server waits for. It answers with an error.
    pub(crate) fn refuse_copy(&mut self) {
        // A `Sync` that came while the server waited for data was ignored. After any other message the server ends the
        // session.
        let ignored = !self.pending.simple && self.pending.executes <= 1 && self.pending.ends_with_execute;
        self.copy_failed("this way of running a statement has no data for a copy");
        if ignored && !self.pending.open {
            frontend::sync(&mut self.output);
        }
    }

    fn copy_failed(&mut self, why: &str) {
        self.pending.copy_in = false;
        // The text has no zero byte.
        let _ = frontend::copy_fail(&mut self.output, why);
    }

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
            *known = value;
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
