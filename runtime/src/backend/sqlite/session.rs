//! A connection, and how statements run on it.

use std::time::Duration;

use aio_databases_sql::Dialect;
use rusqlite::Connection;

use super::{
    Outcome,
    cancel::Cancel,
    error::{error, error_in},
    in_place::Slow,
};
use crate::{
    Done, Error, Result, Row, Value,
    codec::sqlite::bind,
    command::{Args, Command},
    sink::{Discard, Flow, Sink},
    verb::{Verb, verb},
};

/// After how many steps of SQLite's virtual machine is looked whether the caller still waits: some 10 µs.
const STEPS: i32 = 1_000;

/// How a session runs statements.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) in_memory: bool,
    pub(super) busy_timeout: Duration,
}

/// A connection.
pub(super) struct Session {
    connection: Connection,
    /// Whether readers and writers wait for each other, so that rows must not be held on to.
    in_memory: bool,
    /// How long it waits for another connection's lock.
    busy_timeout: Duration,
    pub(super) slow: Slow,
}

/// One of a command's statements.
struct Part<'c> {
    sql: &'c str,
    /// Where it starts in the command's text.
    start: usize,
    verb: Verb,
    /// Whether it is one of several, which share their arguments.
    several: bool,
}

impl<'c> Part<'c> {
    fn of(command: &'c Command, (start, end): (usize, usize)) -> Self {
        let sql = command.text.as_str().get(start..end).unwrap_or_default();
        Part { sql, start, verb: verb(sql, Dialect::Sqlite), several: true }
    }
}

impl Session {
    pub(super) fn new(connection: Connection, settings: Settings, cancel: Cancel) -> Result<Self> {
        connection.progress_handler(STEPS, Some(move || cancel.is_to_stop())).map_err(error)?;
        let Settings { in_memory, busy_timeout } = settings;
        Ok(Session { connection, in_memory, busy_timeout, slow: Slow::default() })
    }

    #[cfg(feature = "verify")]
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether a statement changes nothing, as SQLite sees it; one that it refuses is left to it.
    pub(super) fn only_reads(&self, sql: &str) -> bool {
        self.connection.prepare_cached(sql).is_ok_and(|statement| statement.readonly())
    }

    /// Whether statements wait for locks of other connections.
    pub(super) fn wait_for_locks(&self, wait: bool) {
        let time = if wait { self.busy_timeout } else { Duration::ZERO };
        // It sets a number, and cannot fail.
        let _ = self.connection.busy_timeout(time);
    }

    pub(super) fn is_outside_of_transactions(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Runs several statements without arguments.
    pub(super) fn script(&mut self, sql: &str) -> Result<()> {
        self.connection.execute_batch(sql).map_err(error)
    }

    /// Runs a command.
    pub(super) fn run(&mut self, command: &Command, mut sink: Box<dyn Sink>) -> Outcome {
        let mut rows = 0;
        let result = match &command.args {
            Args::One(args) => self.statements(command, args, &mut *sink, &mut rows),
            Args::Many(many) => many.iter().try_fold(Done::default(), |done, args| {
                self.statements(command, args, &mut *sink, &mut rows).map(|next| done.and(next))
            }),
            // Only servers have them.
            Args::Batch(..) => Ok(Done::default()),
            Args::Script => self.script(command.text.as_str()).map(|()| Done::default()),
        };
        // Rows that were set aside are handed on when the statement has ended and holds no lock.
        sink.wait();
        Outcome { sink, result, rows }
    }

    /// Runs a command's statement; of several ones each in turn. The rows are those of the last.
    fn statements(
        &self,
        command: &Command,
        args: &[Value],
        sink: &mut dyn Sink,
        rows: &mut u64,
    ) -> Result<Done> {
        let Some((last, others)) = command.statements.split_last() else {
            let whole = Part { sql: command.text.as_str(), start: 0, verb: command.verb, several: false };
            return self.statement(&whole, command, args, sink, rows);
        };
        let mut done = Done::default();
        for place in others {
            done =
                done.and(self.statement(&Part::of(command, *place), command, args, &mut Discard, &mut 0)?);
        }
        Ok(done.and(self.statement(&Part::of(command, *last), command, args, sink, rows)?))
    }

    fn statement(
        &self,
        part: &Part<'_>,
        command: &Command,
        args: &[Value],
        sink: &mut dyn Sink,
        count: &mut u64,
    ) -> Result<Done> {
        let changes = self.connection.total_changes();
        let mut statement =
            self.connection.prepare_cached(part.sql).map_err(|refusal| error_in(refusal, part.start))?;
        let order = match part.several {
            true => command.order.get(..statement.parameter_count()).unwrap_or(&command.order),
            false => &command.order,
        };
        bind(&mut statement, args, order)
            .map_err(|source| Error::Encode { query: None, source: Box::new(source) })?;
        // A statement that writes runs to its end, whether or not its rows are wanted: it may fail until then.
        let may_stop = statement.readonly();
        let mut rows = statement.raw_query();
        let mut wanted = Ok(true);
        while let Some(row) = rows.next().map_err(error)? {
            if matches!(wanted, Ok(true)) {
                *count += 1;
                wanted = self.hand_over(&Row::from(row), sink);
            }
            if may_stop && !matches!(wanted, Ok(true)) {
                break;
            }
        }
        drop(rows);
        wanted?;
        Ok(self.done(part.verb, changes))
    }

    /// Gives a row to the sink. False: no more are wanted.
    fn hand_over(&self, row: &Row<'_>, sink: &mut dyn Sink) -> Result<bool> {
        match sink.row(row) {
            Ok(Flow::Continue) => Ok(true),
            Ok(Flow::Pause) => Ok(self.in_memory || sink.wait()),
            Ok(Flow::Stop) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// What a statement did, given how many rows were changed on this connection before it.
    fn done(&self, verb: Verb, before: u64) -> Done {
        // `changes` is still that of an earlier statement after one that changes no rows.
        if self.connection.total_changes() == before {
            return Done::default();
        }
        Done {
            rows_affected: self.connection.changes(),
            last_insert_id: (verb == Verb::Insert).then(|| self.connection.last_insert_rowid()),
        }
    }
}
