//! A connection: its buffers, and what the server still has to answer.

mod messages;

use std::{future::poll_fn, io, pin::Pin};

use aio_databases_net::{AsyncWrite, Peer, Probe, ReadBuffer, RuntimeId, Stream};

use crate::{
    CancelToken, Error, Result,
    notify::Notifications,
    portal::Portal,
    row::Range,
    statement::Statements,
    wire::{frame::Expected, frontend, tag},
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
    /// Those that differ from what they were when changes were last accepted, with their value then.
    changed: Vec<(String, String)>,
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
            changed: Vec::new(),
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

    /// Whether a setting that the server reports differs from what it was when the session was ready, or when changes were last
    /// accepted. The server reports few settings (PostgreSQL's manual, chapter "Asynchronous Operations" of the protocol), but
    /// whatever changed them: a function, too.
    pub fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Takes the settings as they are for unchanged.
    pub fn accept_changes(&mut self) {
        self.changed.clear();
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
                // Messages of TLS itself.
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
}
