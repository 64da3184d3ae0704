//! The simple protocol: several statements in one text, and results as text.

use std::ops::ControlFlow;

use super::step::Done;
use crate::{
    Column, Connection, Error, Result, Row,
    query::rows::End,
    wire::{backend, frontend, tag},
};

/// Takes the results of a text with several statements. Each result has columns of its own.
///
/// `()` ignores them all.
pub trait Results: Send {
    /// A result begins. A statement without rows has none.
    fn columns(&mut self, columns: &[Column]);

    /// The next row of that result. `Break` means that no more rows are wanted at all, of none of the statements.
    fn row(&mut self, row: Row<'_>) -> ControlFlow<()>;

    /// A statement has ended.
    fn done(&mut self, done: &Done);
}

impl Results for () {
    fn columns(&mut self, _: &[Column]) {}

    fn row(&mut self, _: Row<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn done(&mut self, _: &Done) {}
}

impl Connection {
    /// Runs a text of any number of statements in the simple protocol. They are one transaction, unless the text says
    /// otherwise. Values are text.
    ///
    /// If `results` wants no more rows, the connection is busy afterwards: see [`Connection::recover`].
    ///
    /// # Errors
    ///
    /// The server's, of the statement that failed: those after it do not run. Or if the connection fails.
    pub async fn simple(&mut self, sql: &str, results: &mut dyn Results) -> Result<()> {
        self.ready()?;
        frontend::query(&mut self.output, sql).inspect_err(|_| self.output.clear())?;
        self.pending.syncs += 1;
        self.pending.simple = true;
        let result = self.read_results(results).await;
        if result.is_err() {
            // If that fails, the connection is broken. The first error says more.
            let _ = self.settle().await;
        }
        result
    }

    async fn read_results(&mut self, results: &mut dyn Results) -> Result<()> {
        loop {
            let mut done = Done::default();
            match self.message().await? {
                tag::ROW_DESCRIPTION => {
                    let columns = self.parse(backend::row_description)?;
                    results.columns(&columns);
                    let mut row = |row: Row<'_>| results.row(row);
                    match self.read_rows(&columns, Some(&mut row), &mut done).await? {
                        End::Stopped => return Ok(()),
                        End::Complete => {}
                        End::Suspended => {
                            return Err(self.fail(Error::Protocol("a portal in the simple protocol")));
                        }
                    }
                }
                tag::COMMAND_COMPLETE => self.note_command(&mut done)?,
                tag::EMPTY_QUERY_RESPONSE => {}
                tag::READY_FOR_QUERY => return Ok(()),
                tag::COPY_IN_RESPONSE => {
                    self.refuse_copy();
                    return Err(Error::Unsupported("`copy … from stdin` without its data; use `copy_in`"));
                }
                tag::COPY_OUT_RESPONSE => {
                    return Err(Error::Unsupported(
                        "`copy … to stdout` like another statement; use `copy_out`",
                    ));
                }
                other => return Err(self.unexpected(other)),
            }
            done.runs = 1;
            results.done(&done);
        }
    }
}
