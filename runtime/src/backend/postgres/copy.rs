//! Copies: bytes or rows into a table, and bytes out of a table or query.

use aio_databases_postgres::{self as driver, Connection, Oid, Query, Sql, Step};

use super::{
    encode,
    errors::error,
    session::{PostgresSession, sql},
    types::{self, TypeInfo, learn},
};
use crate::{
    Done, Error, Raw, Result, Row,
    backend::{
        copy_data::{CopyData, Piece},
        sink::{Flow, Sink, pause},
    },
    statement::command::{Command, Text},
    value::reference::{Cell, Plain, RowSource},
};

/// How many bytes of what a copy gives go to the program at a time, if so many have arrived.
const CHUNK: usize = 64 * 1024;

impl PostgresSession {
    /// Runs a `copy … from stdin`, whose data the sink has.
    pub(super) async fn copy_in(
        &mut self,
        begin: Option<&Text>,
        command: &Command,
        sink: &mut dyn Sink,
    ) -> Result<Done> {
        let data = data(sink)?;
        start(&mut self.connection, begin, command).await?;
        let bytes = |piece| match piece {
            Piece::Bytes(bytes) => Ok(bytes),
            _ => Err(Error::protocol("a copy of bytes was given rows")),
        };
        feed(&mut self.connection, data, bytes).await?;
        self.finish_copy().await
    }

    /// Runs a `copy … from stdin (format binary)`, whose rows the sink has. The types of its columns are those that the server says
    /// the parameters of `insert` have.
    pub(super) async fn copy_rows(
        &mut self,
        begin: Option<&Text>,
        command: &Command,
        insert: &'static str,
        sink: &mut dyn Sink,
    ) -> Result<Done> {
        let data = data(sink)?;
        let oids = self.parameter_types(insert).await?;
        let types: Vec<&TypeInfo> = oids.iter().filter_map(|oid| self.types.get(*oid)).collect();
        start(&mut self.connection, begin, command).await?;
        self.connection.send_copy(encode::copy::HEADER).await.map_err(copy_error)?;
        let rows = |piece| match piece {
            Piece::Rows(values) => {
                let mut bytes = Vec::with_capacity(CHUNK);
                let encoded = encode::copy::rows(&values, &types, &mut bytes);
                encoded.map_err(|source| Error::Encode { query: None, source: Box::new(source) })?;
                Ok(bytes)
            }
            _ => Err(Error::protocol("a copy of rows was given bytes")),
        };
        feed(&mut self.connection, data, rows).await.map_err(in_row)?;
        self.connection.send_copy(encode::copy::TRAILER).await.map_err(copy_error)?;
        self.finish_copy().await.map_err(in_row)
    }

    /// The types of a statement's parameters, all of which are known afterwards.
    async fn parameter_types(&mut self, statement: &'static str) -> Result<Box<[Oid]>> {
        let described = self.connection.describe(&Query::new(Sql::Static(statement))).await.map_err(error)?;
        let known = |oid: &&Oid| self.types.get(**oid).is_none();
        let unknown: Vec<Oid> = described.parameters.iter().filter(known).copied().collect();
        if !unknown.is_empty() {
            learn(&mut self.connection, &mut self.types, &unknown).await.map_err(error)?;
        }
        Ok(described.parameters)
    }

    async fn finish_copy(&mut self) -> Result<Done> {
        let done = self.connection.finish_copy().await.map_err(copy_error)?;
        Ok(Done { rows_affected: done.rows_affected, last_insert_id: None })
    }

    /// Runs a `copy … to stdout`. Each row that the sink gets has one column, with bytes.
    pub(super) async fn copy_out(
        &mut self,
        begin: Option<&Text>,
        command: &Command,
        sink: &mut dyn Sink,
    ) -> Result<Done> {
        let copy = Step::new(query(command));
        match begin {
            None => self.connection.copy_out(&mut [copy]).await,
            Some(begin) => self.connection.copy_out(&mut [Step::before(sql(begin)), copy]).await,
        }
        .map_err(copy_error)?;
        let mut bytes = Vec::with_capacity(CHUNK);
        while self.connection.read_copy(&mut bytes, CHUNK).await.map_err(copy_error)? {
            let flow = sink.row(&Row::new(&Bytes(&bytes)))?;
            match flow {
                Flow::Continue => {}
                Flow::Pause => pause().await,
                // The rest is read before the next statement.
                Flow::Stop => break,
            }
            bytes.clear();
        }
        Ok(Done::default())
    }
}

/// A copy has no parameters, and is seldom run twice.
fn query(command: &Command) -> Query<'_> {
    Query::new(sql(&command.text)).types(&[]).uncached()
}

fn data(sink: &mut dyn Sink) -> Result<&mut CopyData> {
    sink.copy_data().ok_or_else(|| Error::protocol("a copy has no data"))
}

async fn start(connection: &mut Connection, begin: Option<&Text>, command: &Command) -> Result<()> {
    let copy = Step::new(query(command));
    match begin {
        None => connection.copy_in(&mut [copy]).await,
        Some(begin) => connection.copy_in(&mut [Step::before(sql(begin)), copy]).await,
    }
    .map_err(copy_error)
}

/// Sends all data. If there is an error in it, the server is told that the copy has failed.
async fn feed(
    connection: &mut Connection,
    data: &mut CopyData,
    mut bytes: impl FnMut(Piece) -> Result<Vec<u8>>,
) -> Result<()> {
    let failed = loop {
        let bytes = match data.next().await {
            Piece::End => return Ok(()),
            Piece::Failed(source) => Err(Error::CopyData { query: None, source }),
            piece => bytes(piece),
        };
        match bytes {
            Ok(bytes) => {
                connection.send_copy(&bytes).await.map_err(copy_error)?;
                // What a stream has ready is one piece: the next one may be a while.
                connection.flush_copy().await.map_err(copy_error)?;
                data.used(bytes);
            }
            Err(error) => break error,
        }
    };
    connection.fail_copy(&failed.to_string()).await.map_err(error)?;
    Err(failed)
}

/// The server says in which line of the data it found a mistake, but not as a detail of the error.
fn copy_error(problem: driver::Error) -> Error {
    let context = problem.server().and_then(|error| error.context.clone());
    let mut error = error(problem);
    if let Error::Database(error) = &mut error {
        error.detail = error.detail.take().or(context);
    }
    error
}

/// Says in which row of a binary copy the mistake is. The server counts rows as lines: `COPY users, line 2, column age`.
fn in_row(error: Error) -> Error {
    let context = match &error {
        Error::Database(error) => error.source.as_ref().and_then(|source| {
            source.downcast_ref::<driver::ServerError>()?.context.as_deref()?.strip_prefix("COPY ")
        }),
        _ => None,
    };
    let line = context.and_then(|context| {
        let (_, line) = context.split_once(", line ")?;
        line.split(',').next()?.parse::<usize>().ok()
    });
    match line {
        Some(line @ 1..) => error.in_row(line - 1),
        _ => error,
    }
}

/// Bytes of a copy, as a row of one column.
struct Bytes<'r>(&'r [u8]);

impl RowSource for Bytes<'_> {
    fn len(&self) -> usize {
        1
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        let ty: &TypeInfo = types::bytea();
        (column == 0).then(|| Raw::new(ty, Cell::Binary(self.0)))
    }

    fn size(&self) -> usize {
        self.0.len()
    }

    fn plain(&self, _: usize) -> Option<Plain<'_>> {
        None
    }
}
