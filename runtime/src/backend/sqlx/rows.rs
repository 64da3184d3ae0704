//! Rows on their way from sqlx to a sink.

use ::sqlx::{Database, Either, Error as SqlxError};
use futures_core::stream::BoxStream;
use futures_util::TryStreamExt;

use super::lent::State;
use crate::{
    Error, Row,
    backend::sink::{Flow, Sink, pause},
    statement::Access,
};

/// The results and the rows of a statement, as sqlx gives them.
pub(super) type Results<'c, D> =
    BoxStream<'c, Result<Either<<D as Database>::QueryResult, <D as Database>::Row>, SqlxError>>;

/// Where the rows of a statement go, and what became of that.
pub(super) struct Reading<'a> {
    pub(super) sink: &'a mut dyn Sink,
    pub(super) state: &'a State,
    access: Access,
    /// How many rows the sink got.
    pub(super) rows: u64,
    /// The sink wants no more rows.
    has_ended: bool,
    /// The sink could not take a row.
    pub(super) failed: Option<Error>,
}

/// What to do after a row.
pub(super) enum Next {
    Read,
    Pause,
    Stop,
}

impl<'a> Reading<'a> {
    pub(super) fn new(sink: &'a mut dyn Sink, state: &'a State, access: Access) -> Self {
        Reading { sink, state, access, rows: 0, has_ended: false, failed: None }
    }

    /// Hands a row on.
    pub(super) fn take(&mut self, row: &Row<'_>) -> Next {
        if self.has_ended {
            return Next::Read;
        }
        self.rows += 1;
        match self.sink.row(row) {
            Ok(Flow::Continue) => Next::Read,
            Ok(Flow::Pause) => Next::Pause,
            Ok(Flow::Stop) => self.end(),
            Err(error) => self.fail(error.into()),
        }
    }

    /// Takes no more rows, because of an error.
    pub(super) fn fail(&mut self, error: Error) -> Next {
        self.failed = Some(error);
        self.end()
    }

    /// A statement that writes runs to its end, whether or not its rows are wanted: it can fail until then.
    fn end(&mut self) -> Next {
        self.has_ended = true;
        match self.access {
            Access::Read => Next::Stop,
            Access::Write => Next::Read,
        }
    }

    /// Reads the results of a statement. `take` hands a row on; it is also told how many results came before the row's.
    ///
    /// Rows that are left when no more are wanted are read by sqlx, before the connection runs anything else.
    pub(super) async fn read<D: Database>(
        &mut self,
        mut results: Results<'_, D>,
        mut take: impl FnMut(&mut Self, usize, &D::Row) -> Next,
    ) -> Result<D::QueryResult, SqlxError> {
        let mut done = D::QueryResult::default();
        let mut count = 0;
        while let Some(item) = results.try_next().await? {
            // From now on sqlx knows what is still to come.
            self.state.set_unsettled(false);
            let row = match item {
                Either::Right(row) => row,
                Either::Left(result) => {
                    done.extend([result]);
                    count += 1;
                    continue;
                }
            };
            match take(self, count, &row) {
                Next::Read => {}
                Next::Pause => pause().await,
                Next::Stop => break,
            }
        }
        Ok(done)
    }
}
