//! A statement to run, with its parameters and what takes its rows.

use std::{fmt, ops::ControlFlow, sync::Arc};

use crate::{BoxError, CommandTag, Encoded, Oid, Query, Row, Sql, Statement};

/// Takes a row. `Break` means that no more rows are wanted now.
pub type RowFn<'a> = dyn FnMut(Row<'_>) -> ControlFlow<()> + Send + 'a;

/// Encodes a parameter: of which run, at which index, of which type, and where to.
type EncodeFn<'a> = dyn FnMut(usize, usize, Oid, &mut Vec<u8>) -> Result<Encoded, BoxError> + Send + 'a;

/// The parameters of a statement.
pub struct Params<'a> {
    /// How many there are, each time the statement runs.
    pub(crate) count: usize,
    /// How many times it runs.
    pub(crate) runs: usize,
    pub(crate) encode: Option<&'a mut EncodeFn<'a>>,
}

impl<'a> Params<'a> {
    /// No parameters: the statement runs once.
    pub fn none() -> Params<'a> {
        Params { count: 0, runs: 1, encode: None }
    }

    /// Parameters of a statement that runs once.
    ///
    /// `encode` is called for each, with 0 for the run, with the index and with the type that the server says it has. It
    /// adds the encoded value to the buffer. If it fails, the statement does not run.
    pub fn new(count: usize, encode: &'a mut EncodeFn<'a>) -> Params<'a> {
        Params { count, runs: 1, encode: Some(encode) }
    }

    /// Parameters of a statement that runs many times, each time with others. All are one group: unless a transaction
    /// is open, either all runs count or none.
    pub fn batch(runs: usize, count: usize, encode: &'a mut EncodeFn<'a>) -> Params<'a> {
        Params { count, runs, encode: Some(encode) }
    }
}

impl fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Params").field("count", &self.count).field("runs", &self.runs).finish_non_exhaustive()
    }
}

/// A statement to run. See [`Connection::run`](crate::Connection::run).
pub struct Step<'a> {
    pub(crate) query: Query<'a>,
    pub(crate) params: Params<'a>,
    pub(crate) rows: Option<&'a mut RowFn<'a>>,
    /// Whether it may run again if a later step did not.
    pub(crate) repeatable: bool,
    /// Whether other steps travel with it.
    pub(crate) in_group: bool,
    pub(crate) sent: Sent,
    /// The statement's name while it is being prepared.
    pub(crate) name: Box<str>,
    pub(crate) statement: Option<Arc<Statement>>,
    pub(crate) done: Done,
}

/// Which of a step's messages were sent, and are not answered.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) closes: usize,
    /// Names of statements that are closed with it, because they are not kept any more.
    pub(crate) evicted: Vec<Box<str>>,
    pub(crate) parse: bool,
    pub(crate) runs: usize,
    /// Whether the statement was known, and not prepared now.
    pub(crate) cached: bool,
    /// Whether the portal of the last run is closed at once.
    pub(crate) closes_portal: bool,
    /// Whether a run was bound: after that, an error is one of the statement's own.
    pub(crate) bound: bool,
}

/// What a step has done.
#[derive(Debug, Clone, Copy)]
pub struct Done {
    /// The tag of its last run.
    pub tag: CommandTag,
    /// How many rows its runs changed, returned or copied, as their tags say.
    pub rows_affected: u64,
    /// How many rows came.
    pub rows: u64,
    /// How many runs have ended.
    pub runs: usize,
    /// Whether there are more rows than [`Query::max_rows`].
    pub has_more: bool,
    /// Whether its rows were not all read, because the function that took them wanted no more. The connection is
    /// busy then: see [`Connection::recover`](crate::Connection::recover).
    pub stopped: bool,
}

impl Default for Done {
    fn default() -> Done {
        Done { tag: CommandTag::EMPTY, rows_affected: 0, rows: 0, runs: 0, has_more: false, stopped: false }
    }
}

impl<'a> Step<'a> {
    /// A statement without parameters, whose rows are ignored.
    pub fn new(query: Query<'a>) -> Step<'a> {
        Step {
            query,
            params: Params::none(),
            rows: None,
            repeatable: false,
            in_group: false,
            sent: Sent::default(),
            name: Box::default(),
            statement: None,
            done: Done::default(),
        }
    }

    /// A statement such as `begin` that only prepares for the next one. It runs again if the next statement has to be
    /// prepared again.
    pub fn before(sql: Sql<'a>) -> Step<'a> {
        Step { repeatable: true, ..Step::new(Query::new(sql).types(&[])) }
    }

    /// Sets the parameters.
    pub fn params(self, params: Params<'a>) -> Step<'a> {
        Step { params, ..self }
    }

    /// Sets what takes the rows.
    pub fn rows(self, rows: &'a mut RowFn<'a>) -> Step<'a> {
        Step { rows: Some(rows), ..self }
    }

    /// What it has done.
    pub fn done(&self) -> &Done {
        &self.done
    }

    /// The prepared statement, once it ran: its parameters' types and its columns.
    pub fn statement(&self) -> Option<&Arc<Statement>> {
        self.statement.as_ref()
    }
}

impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step")
            .field("query", &self.query)
            .field("params", &self.params)
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}
