//! One connection: its state, and what can be done with it.
//!
//! What was sent and what is still to be read is kept here, not in a future, so any future can be dropped.

mod execute;
mod io;
mod query;
mod read;
mod recover;
mod reply;
mod reset;

use std::{collections::VecDeque, sync::Arc};

use aio_databases_net::{Probe, Stream, current};

pub(crate) use self::io::closed;
use self::reply::{Pending, Reply};
pub use self::{execute::Prepared, read::Sink};
use crate::{
    cancel::{CancelState, CancelToken},
    config::Config,
    error::{Error, Result},
    protocol::{command, input::Input, message::End, output::Output},
    row::Span,
    statement::Statements,
    status::{Session, Status, Transaction},
};

/// What a server says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Server {
    /// The version, as the server writes it.
    pub version: String,
    /// Whether it is MariaDB.
    pub mariadb: bool,
    /// The server's number of this connection.
    pub connection_id: u32,
    /// What tells this server from others; `None` if it did not say.
    pub fingerprint: Option<String>,
    /// The longest command that it accepts, in bytes, if it said so.
    pub max_allowed_packet: Option<usize>,
}

/// A command's result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Done {
    /// The rows that were changed, of all results.
    pub affected_rows: u64,
    /// The last number that `auto_increment` made, or 0.
    pub last_insert_id: u64,
    /// The number of warnings of the last result.
    pub warnings: u16,
    /// The status flags after the last result.
    pub status: Status,
    /// The number of results.
    pub results: usize,
    /// The number of rows that came, shown or not.
    pub rows: u64,
    /// Whether all results were read. If not, [`Connection::recover`] reads what is left.
    pub complete: bool,
}

impl Done {
    fn add(&mut self, end: &End) {
        self.affected_rows = self.affected_rows.saturating_add(end.affected_rows);
        if end.last_insert_id != 0 {
            self.last_insert_id = end.last_insert_id;
        }
        self.warnings = end.warnings;
        self.status = end.status;
        self.results += 1;
    }
}

/// What client and server agreed on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agreed {
    /// The session's changes are reported.
    pub(crate) tracks: bool,
    /// Rows end with an OK message.
    pub(crate) ok_ends_rows: bool,
    /// One text can hold several statements.
    pub(crate) scripts: bool,
    /// The columns of prepared statements are sent only after they changed.
    pub(crate) caches_metadata: bool,
}

/// A connection to a server.
#[derive(Debug)]
pub struct Connection {
    stream: Stream,
    input: Input,
    output: Output,
    queue: VecDeque<Pending>,
    reply: Reply,
    statements: Statements,
    spans: Vec<Span>,
    types: Vec<u8>,
    agreed: Agreed,
    status: Option<Status>,
    session: Session,
    broken: bool,
    server: Server,
    config: Arc<Config>,
    cancel: Arc<CancelState>,
}

impl Connection {
    /// A connection whose log-in is done.
    pub(crate) fn logged_in(
        stream: Stream,
        input: Input,
        agreed: Agreed,
        server: Server,
        status: Status,
        config: Arc<Config>,
    ) -> Self {
        Connection {
            stream,
            input,
            output: Output::default(),
            queue: VecDeque::new(),
            reply: Reply::default(),
            statements: Statements::new(config.statement_cache),
            spans: Vec::new(),
            types: Vec::new(),
            agreed,
            status: Some(status),
            session: Session::default(),
            broken: false,
            server,
            config,
            cancel: Arc::default(),
        }
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The status flags of the last reply; `None` after an error, which carries none.
    pub fn status(&self) -> Option<Status> {
        self.status
    }

    /// Whether a transaction is open, as far as the last reply says it. [`Connection::transaction`] asks if it does not.
    pub fn transaction_status(&self) -> Transaction {
        match self.status {
            _ if !self.queue.is_empty() => Transaction::Unknown,
            None => Transaction::Unknown,
            Some(status) if status.in_read_only_transaction() => Transaction::ReadOnly,
            Some(status) if status.in_transaction() => Transaction::Open,
            Some(_) => Transaction::None,
        }
    }

    /// Whether a transaction is open. Asks the server if its last reply was an error.
    ///
    /// # Errors
    ///
    /// If the connection is lost.
    pub async fn transaction(&mut self) -> Result<Transaction> {
        if self.transaction_status() == Transaction::Unknown {
            self.ping().await?;
        }
        Ok(self.transaction_status())
    }

    /// What changed in the session since it was made or reset.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Whether the connection is encrypted.
    pub fn is_tls(&self) -> bool {
        self.stream.is_tls()
    }

    /// The number of prepared statements that are kept.
    pub fn cached_statements(&self) -> usize {
        self.statements.len()
    }

    /// Whether everything that was sent has been answered, and nothing broke.
    pub fn is_clean(&self) -> bool {
        !self.broken && self.queue.is_empty() && self.output.unsent().is_empty() && !self.cancel.is_used()
    }

    /// Whether an error left the connection in an unknown state.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether the server closed an idle connection or said something without being asked, or the caller's async runtime is not the
    /// connection's. One system call, no round trip.
    pub fn is_closed(&mut self) -> bool {
        let is_foreign = current().is_ok_and(|here| here.id() != self.stream.runtime());
        if self.broken || is_foreign || !self.input.is_empty() {
            return true;
        }
        match self.stream.probe() {
            Probe::Quiet => false,
            Probe::Closed => true,
            // A message of TLS itself is read; any other ends the connection: the server was not asked.
            Probe::Unread => {
                !self.stream.is_tls() || !matches!(self.stream.try_read(self.input.room()), Ok(None))
            }
        }
    }

    /// What can stop this connection's statement from elsewhere.
    pub fn cancel_token(&self) -> CancelToken {
        CancelToken::new(&self.config, &self.server, &self.cancel)
    }

    /// Tells the server, and closes the connection.
    pub async fn close(mut self) {
        if !self.broken && self.queue.is_empty() {
            self.output.command(command::QUIT, &[]);
            // It is closed either way.
            let _ = self.flush().await;
        }
    }

    /// Remembers that an error broke the connection.
    fn check<T>(&mut self, result: Result<T>) -> Result<T> {
        if let Err(error) = &result {
            self.broken |= error.breaks();
        }
        result
    }

    /// Makes the connection ready for a command: reads what an earlier one left.
    async fn begin(&mut self) -> Result<()> {
        if self.broken {
            return Err(Error::Broken);
        }
        if self.is_clean() {
            return Ok(());
        }
        Box::pin(self.recover()).await
    }
}
