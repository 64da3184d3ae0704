//! The results of one command, on their way to a sink.

use std::{any::Any, sync::Arc};

use aio_databases_mysql::{Columns, Flow as DriverFlow, Row as DriverRow, Sink as DriverSink};

use super::decode::MysqlRow;
use crate::{
    Error, Result, Row,
    backend::sink::{Discard, Flow, Sink},
    statement::Access,
};

pub(in crate::backend) const SEVERAL_RESULTS: &str = "the statement has run, but it returned several results with different columns, and rows of only one \
                               can be read. Use `execute` if no row is wanted, or `fetchone` for the first row";

/// Hands the rows of a command's results to a sink.
///
/// A procedure can return several results. The first one with columns is read. Rows of a later one with the same column names follow
/// it; rows with other names are an error, unless no row is wanted.
pub(super) struct Results<'s> {
    access: Access,
    sink: &'s mut dyn Sink,
    /// The columns of the result that is read.
    columns: Option<Arc<Columns>>,
    /// Whether the rows that come now belong to a result with other columns.
    is_other: bool,
    /// How many rows the sink got.
    pub(super) rows: u64,
    /// The sink's error.
    pub(super) result: Result<()>,
}

impl<'s> Results<'s> {
    pub(super) fn new(access: Access, sink: &'s mut dyn Sink) -> Self {
        Results { access, sink, columns: None, is_other: false, rows: 0, result: Ok(()) }
    }

    fn wants_no_row(&self) -> bool {
        let sink: &dyn Any = &*self.sink;
        sink.is::<Discard>()
    }

    /// After the last row that is wanted. The rest need not be read if the statement changes nothing.
    fn enough(&self) -> DriverFlow {
        match self.access {
            Access::Read => DriverFlow::Stop,
            Access::Write => DriverFlow::Skip,
        }
    }
}

impl DriverSink for Results<'_> {
    fn columns(&mut self, columns: &Arc<Columns>) {
        match &self.columns {
            None => self.columns = Some(Arc::clone(columns)),
            Some(first) => self.is_other = !has_same_names(first, columns) && !self.wants_no_row(),
        }
    }

    fn row(&mut self, row: DriverRow<'_>) -> DriverFlow {
        if self.is_other {
            self.result = Err(Error::Unsupported { message: SEVERAL_RESULTS, query: None });
            return DriverFlow::Skip;
        }
        self.rows += 1;
        match self.sink.row(&Row::new(&MysqlRow(row))) {
            Ok(Flow::Continue) => DriverFlow::Continue,
            Ok(Flow::Pause) => DriverFlow::Pause,
            Ok(Flow::Stop) => self.enough(),
            Err(error) => {
                self.result = Err(error.into());
                self.enough()
            }
        }
    }
}

fn has_same_names(one: &Columns, other: &Columns) -> bool {
    one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| one.name() == other.name())
}
