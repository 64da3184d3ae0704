//! What is still to come from the server, and how each message changes that.

use std::{ops::Range, sync::Arc};

use super::Connection;
use crate::{
    column::{Collector, Columns},
    error::{Error, Result, ServerError},
    protocol::{
        fields::Fields,
        message::{self, End},
    },
    row::Format,
    statement::Slot,
};

/// A command whose reply has not been read to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub(super) command: Command,
    /// The sequence number of the next packet.
    pub(super) sequence: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// Its reply is OK or an error.
    Simple,
    Query,
    Prepare(Slot),
    Execute(Slot),
}

/// Where in a reply the next message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// The first message of a result.
    #[default]
    Head,
    /// Definitions of a result's columns, and the message that ends them.
    Columns,
    ColumnsEnd,
    Rows,
    /// A prepared statement's parameters, then its columns.
    Parameters {
        left: u16,
        columns: u16,
    },
    ParametersEnd {
        columns: u16,
    },
    PreparedColumns,
    PreparedColumnsEnd,
}

/// The reply that is being read.
#[derive(Debug, Default)]
pub(super) struct Reply {
    stage: Stage,
    collector: Collector,
    pub(super) columns: Arc<Columns>,
    /// Which result it is.
    pub(super) result: usize,
}

/// What a message means to whoever sent the command.
#[derive(Debug)]
pub(super) enum Event {
    /// Nothing.
    None,
    /// The columns of a result are known.
    Columns,
    /// A row, at this place of the read buffer.
    Row(Range<usize>),
    /// A result ended.
    End(End),
    /// A statement is prepared.
    Prepared,
    /// The command failed, and its reply ends.
    Failed(Box<ServerError>),
}

impl Connection {
    pub(super) fn expect(&mut self, command: Command, sequence: u8) {
        self.queue.push_back(Pending { command, sequence });
    }

    pub(super) fn format(&self) -> Format {
        match self.queue.front().map(|pending| pending.command) {
            Some(Command::Execute(_)) => Format::Binary,
            _ => Format::Text,
        }
    }

    /// Takes the next message that has arrived; `None` if there is none.
    pub(super) fn step(&mut self) -> Result<Option<Event>> {
        let result = self.take();
        self.check(result)
    }

    fn take(&mut self) -> Result<Option<Event>> {
        let Some(payload) = self.input.payload()? else { return Ok(None) };
        let Some(pending) = self.queue.front_mut() else {
            return Err(Error::protocol("the server sent a message without being asked"));
        };
        let first = self.input.get(payload.range.clone()).first().copied();
        // A server that closes the connection sends its error without regard to the command.
        if payload.sequence != pending.sequence && first != Some(message::ERR) {
            return Err(Error::protocol("the server's messages are out of order"));
        }
        pending.sequence = payload.sequence.wrapping_add(payload.packets);
        let command = pending.command;
        self.message(command, payload.range, first).map(Some)
    }

    fn message(&mut self, command: Command, range: Range<usize>, first: Option<u8>) -> Result<Event> {
        match self.reply.stage {
            Stage::Head => self.head(command, range, first),
            Stage::Columns => {
                self.reply.collector.add(self.input.get(range))?;
                if !self.reply.collector.is_complete() {
                    return Ok(Event::None);
                }
                self.columns(command)?;
                if self.agreed.ok_ends_rows {
                    self.reply.stage = Stage::Rows;
                    return Ok(Event::Columns);
                }
                self.reply.stage = Stage::ColumnsEnd;
                Ok(Event::None)
            }
            Stage::ColumnsEnd => {
                self.expect_eof(range, first)?;
                self.reply.stage = Stage::Rows;
                Ok(Event::Columns)
            }
            Stage::Rows => self.row(command, range, first),
            Stage::Parameters { left, columns } => {
                match left {
                    2.. => self.reply.stage = Stage::Parameters { left: left - 1, columns },
                    _ if self.agreed.ok_ends_rows => return self.prepared_columns(columns),
                    _ => self.reply.stage = Stage::ParametersEnd { columns },
                }
                Ok(Event::None)
            }
            Stage::ParametersEnd { columns } => {
                self.expect_eof(range, first)?;
                self.prepared_columns(columns)
            }
            Stage::PreparedColumns => {
                self.reply.collector.add(self.input.get(range))?;
                if !self.reply.collector.is_complete() {
                    return Ok(Event::None);
                }
                self.columns(command)?;
                if self.agreed.ok_ends_rows {
                    return Ok(self.prepared());
                }
                self.reply.stage = Stage::PreparedColumnsEnd;
                Ok(Event::None)
            }
            Stage::PreparedColumnsEnd => {
                self.expect_eof(range, first)?;
                Ok(self.prepared())
            }
        }
    }

    fn head(&mut self, command: Command, range: Range<usize>, first: Option<u8>) -> Result<Event> {
        let payload = self.input.get(range.clone());
        match (first, command) {
            (Some(message::ERR), _) => self.failed(command, range),
            (Some(message::OK), Command::Prepare(slot)) => self.prepare_ok(slot, range),
            (Some(message::OK), _) => {
                let end = End::ok(payload, self.agreed.tracks, &mut self.session)?;
                Ok(self.end(end))
            }
            (Some(message::LOCAL_INFILE), _) => {
                Err(Error::protocol("the server asked for a file of this machine (`load data local`)"))
            }
            (Some(_), Command::Query | Command::Execute(_)) => {
                let mut fields = Fields::new(payload);
                let count = fields.integer()?;
                // Only with MariaDB's cached metadata is there more: whether the columns follow.
                let follow = !self.agreed.caches_metadata || fields.is_empty() || fields.u8()? != 0;
                if !follow {
                    return self.known_columns(command, count);
                }
                self.reply.collector.start(count)?;
                self.reply.stage = Stage::Columns;
                Ok(Event::None)
            }
            _ => Err(Error::protocol("the server's reply is not one to the command")),
        }
    }

    /// The server leaves out the columns, because it sent them earlier.
    fn known_columns(&mut self, command: Command, count: u64) -> Result<Event> {
        let Command::Execute(slot) = command else {
            return Err(Error::protocol("the server left out the columns of a result"));
        };
        let known = &self.statements.get(slot).columns;
        if known.len() as u64 != count || self.reply.result > 0 {
            return Err(Error::protocol("the server left out columns that it never sent"));
        }
        self.reply.columns = Arc::clone(known);
        self.reply.stage = Stage::Rows;
        Ok(Event::Columns)
    }

    /// All columns of a result have been read.
    fn columns(&mut self, command: Command) -> Result<()> {
        let statement = match command {
            // A procedure's later results are not those of the statement.
            Command::Execute(slot) | Command::Prepare(slot) if self.reply.result == 0 => {
                Some(self.statements.get(slot))
            }
            _ => None,
        };
        let known = statement.as_ref().map_or(&self.reply.columns, |statement| &statement.columns);
        let columns = self.reply.collector.columns(known)?;
        if let Some(statement) = statement {
            statement.columns = Arc::clone(&columns);
        }
        self.reply.columns = columns;
        Ok(())
    }

    fn row(&mut self, command: Command, range: Range<usize>, first: Option<u8>) -> Result<Event> {
        match first {
            Some(message::ERR) => self.failed(command, range),
            // A row that begins like this is longer: its first value has at least 16 MiB.
            Some(message::EOF) if range.len() < crate::protocol::PACKET_MAX => {
                let payload = self.input.get(range);
                let end = if self.agreed.ok_ends_rows {
                    End::ok(payload, self.agreed.tracks, &mut self.session)?
                } else {
                    End::eof(payload)?
                };
                Ok(self.end(end))
            }
            _ => Ok(Event::Row(range)),
        }
    }

    fn prepare_ok(&mut self, slot: Slot, range: Range<usize>) -> Result<Event> {
        let mut fields = Fields::new(self.input.get(range));
        fields.u8()?;
        let (id, columns, params) = (fields.u32()?, fields.u16()?, fields.u16()?);
        let statement = self.statements.get(slot);
        statement.id = Some(id);
        statement.params = params.into();
        if params > 0 {
            self.reply.stage = Stage::Parameters { left: params, columns };
            return Ok(Event::None);
        }
        self.prepared_columns(columns)
    }

    fn prepared_columns(&mut self, columns: u16) -> Result<Event> {
        if columns == 0 {
            return Ok(self.prepared());
        }
        self.reply.collector.start(columns.into())?;
        self.reply.stage = Stage::PreparedColumns;
        Ok(Event::None)
    }

    fn prepared(&mut self) -> Event {
        self.next_command();
        Event::Prepared
    }

    fn end(&mut self, end: End) -> Event {
        self.status = Some(end.status);
        if end.status.more_results() {
            self.reply.stage = Stage::Head;
            self.reply.result += 1;
        } else {
            self.next_command();
        }
        Event::End(end)
    }

    fn failed(&mut self, command: Command, range: Range<usize>) -> Result<Event> {
        let error = message::error(self.input.get(range))?;
        match command {
            Command::Prepare(slot) => {
                self.statements.remove(slot);
            }
            Command::Execute(slot) => {
                self.status = None;
                // The server might not have read them.
                self.statements.get(slot).types = None;
            }
            Command::Simple | Command::Query => self.status = None,
        }
        self.broken |= error.ends_the_connection();
        self.next_command();
        Ok(Event::Failed(Box::new(error)))
    }

    fn next_command(&mut self) {
        self.queue.pop_front();
        self.reply.stage = Stage::Head;
        self.reply.result = 0;
    }

    fn expect_eof(&mut self, range: Range<usize>, first: Option<u8>) -> Result<()> {
        if first != Some(message::EOF) || range.len() > 8 {
            return Err(Error::protocol("the server did not end the columns"));
        }
        Ok(())
    }
}
