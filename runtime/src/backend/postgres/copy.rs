//! Copies: bytes into a table, and out of a table or query.

use aio_databases_postgres::{self as driver, Query, Step};

use super::{
    errors::error,
    session::{PostgresSession, pause, sql},
    types::{self, TypeInfo},
};
use crate::{
    Done, Error, Raw, Result, Row,
    backend::{
        copy_data::Piece,
        sink::{Flow, Sink},
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
        let Some(data) = sink.copy_data() else { return Err(Error::protocol("a copy has no data")) };
        let copy = Step::new(query(command));
        match begin {
            None => self.connection.copy_in(&mut [copy]).await,
            Some(begin) => self.connection.copy_in(&mut [Step::before(sql(begin)), copy]).await,
        }
        .map_err(copy_error)?;
        loop {
            match data.next().await {
                Piece::Bytes(bytes) => {
                    self.connection.send_copy(&bytes).await.map_err(copy_error)?;
                    // What a stream has ready is one piece: the next one may be a while.
                    self.connection.flush_copy().await.map_err(copy_error)?;
                    data.used(bytes);
                }
                Piece::End => break,
                Piece::Failed(source) => {
                    self.connection.fail_copy(&source.to_string()).await.map_err(error)?;
                    return Err(Error::CopyData { query: None, source });
                }
            }
        }
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

/// The server says in which line of the data it found a mistake, but not as a detail of the error.
fn copy_error(problem: driver::Error) -> Error {
    let context = problem.server().and_then(|error| error.context.clone());
    let mut error = error(problem);
    if let Error::Database(error) = &mut error {
        error.detail = error.detail.take().or(context);
    }
    error
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
