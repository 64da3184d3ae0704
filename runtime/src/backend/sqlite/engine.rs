//! A connection, and how statements run on it.

use std::time::Duration;

use aio_databases_sql::Dialect;
use rusqlite::{CachedStatement, Connection, StatementStatus};

use super::{
    bounded::{WriteCosts, program},
    busy,
    cancel::Cancel,
    errors::{error, error_in, error_in_script},
    in_place::Slow,
    lock_queue::{Lock, LockKind},
};
use crate::{
    Done, Error, Result, Row,
    backend::sqlite::encode::bind,
    backend::{
        Outcome,
        sink::{Discard, Flow, Sink},
    },
    statement::command::{Args, Command},
    statement::kind::{StatementKind, kind_of},
    statement::packed::{Arguments, PackedRows},
    url::SqliteTarget,
};

/// After how many steps of SQLite's virtual machine is looked whether the caller still waits: some 10 µs.
const STEPS: i32 = 1_000;

/// How many rows are inserted by one statement, where that is possible: with these it takes two thirds of the time that as many
/// statements take; less with more, and with fewer.
const AT_ONCE: usize = 32;

/// From how many rows on it is worth preparing a statement for several of them.
const MANY: usize = 256;

/// How many parameters a statement for several rows may have.
const PARAMETERS: usize = 1_024;

/// A connection, and its lock.
pub(super) struct Engine {
    connection: Connection,
    // After the connection, whose transaction ends when it is closed.
    /// The lock of the open transaction: to write, or to read where readers queue.
    lock: Option<Lock>,
    /// Whether readers and the writer do not wait for each other.
    wal: bool,
    /// How long it waits for the lock of another process.
    busy_timeout: Duration,
    /// Whether the caller still waits.
    cancel: Cancel,
    pub(super) slow: Slow,
    pub(super) write_costs: WriteCosts,
}

/// In what state a session is, after a statement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) outside_of_transactions: bool,
    /// The lock that it holds.
    pub(super) lock: Option<LockKind>,
    pub(super) wal: bool,
}

/// One of a command's statements.
struct Part<'c> {
    sql: &'c str,
    /// Where it starts in the command's text.
    start: usize,
    kind: StatementKind,
    /// Whether it is one of several, which share their arguments.
    several: bool,
}

impl<'c> Part<'c> {
    fn whole(command: &'c Command) -> Self {
        Part { sql: command.text.as_str(), start: 0, kind: command.kind, several: false }
    }

    fn of(command: &'c Command, (start, end): (usize, usize)) -> Self {
        let sql = command.text.as_str().get(start..end).unwrap_or_default();
        Part { sql, start, kind: kind_of(sql, Dialect::Sqlite), several: true }
    }
}

impl Engine {
    pub(super) fn new(connection: Connection, target: &SqliteTarget, cancel: Cancel) -> Result<Self> {
        let stops = cancel.clone();
        connection.progress_handler(STEPS, Some(move || stops.is_to_stop())).map_err(error)?;
        connection.busy_handler(Some(busy::handler)).map_err(error)?;
        let mut session = Engine {
            connection,
            lock: None,
            wal: false,
            busy_timeout: target.busy_timeout.unwrap_or(busy::DEFAULT),
            cancel,
            slow: Slow::default(),
            write_costs: WriteCosts::default(),
        };
        session.look_at_journal();
        Ok(session)
    }

    /// Takes a lock for the next statements, until no transaction is open any more.
    pub(super) fn take(&mut self, lock: Option<Lock>) {
        // What is left of the time to wait is for the lock of another process.
        let left = lock.as_ref().map_or(Duration::MAX, Lock::left);
        if lock.is_some() {
            self.lock = lock;
        }
        busy::wait_for(self.busy_timeout.min(left));
    }

    /// Releases the lock when nothing needs it any more.
    pub(super) fn settle(&mut self) -> Standing {
        let outside_of_transactions = self.connection.is_autocommit();
        if outside_of_transactions {
            self.lock = None;
        }
        let lock = self.lock.as_ref().map(Lock::kind);
        Standing { outside_of_transactions, lock, wal: self.wal }
    }

    fn look_at_journal(&mut self) {
        let mode = self.connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0));
        self.wal = mode.is_ok_and(|mode| mode.eq_ignore_ascii_case("wal"));
    }

    /// Follows what a `pragma` may have changed.
    fn follow_pragmas(&mut self, sql: &str) {
        let sql = sql.to_ascii_lowercase();
        if sql.contains("journal_mode") {
            self.look_at_journal();
        }
        if sql.contains("busy_timeout") {
            // SQLite now waits by itself, on whatever thread it is.
            let time = self.connection.pragma_query_value(None, "busy_timeout", |row| row.get::<_, u32>(0));
            self.busy_timeout = Duration::from_millis(time.unwrap_or_default().into());
            // It sets a pointer, and cannot fail.
            let _ = self.connection.busy_handler(Some(busy::handler));
        }
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    #[cfg(feature = "verify")]
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether a statement changes nothing, as SQLite sees it; one that it refuses is left to it.
    pub(super) fn only_reads(&self, sql: &str) -> bool {
        self.connection.prepare_cached(sql).is_ok_and(|statement| statement.readonly())
    }

    /// Whether a transaction is open that holds the write lock.
    pub(super) fn is_writing(&self) -> bool {
        self.is_in_transaction() && self.lock.as_ref().is_some_and(|lock| lock.kind() == LockKind::Exclusive)
    }

    /// Runs several statements without arguments.
    pub(super) fn script(&mut self, sql: &str) -> Result<()> {
        let result = self.connection.execute_batch(sql).map_err(|error| error_in_script(error, sql));
        self.follow_pragmas(sql);
        result
    }

    /// Begins or leaves a transaction, as a part of one.
    pub(super) fn control(&self, sql: &str) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql).map_err(error)?;
        statement.raw_execute().map(drop).map_err(error)
    }

    /// Runs a command. One for many rows of arguments is all or nothing: outside of transactions, in one of its own.
    pub(super) fn run(&mut self, command: &Command, mut sink: Box<dyn Sink>) -> Outcome {
        let mut rows = 0;
        let result = match &command.args {
            Args::One(args) => self.statements(command, args.as_slice().into(), &mut *sink, &mut rows),
            Args::Many(many) => {
                let many = many.iter().map(|row| row.as_slice().into());
                self.whole(|| self.each(command, many, 0, &mut *sink, &mut rows))
            }
            Args::Packed(flat) => self.whole(|| self.flat(command, flat, &mut *sink, &mut rows)),
            Args::Batch(..) => Err(Error::protocol("rows for a server came to SQLite")),
            Args::Copy(_) => Err(Error::protocol("a copy came to SQLite")),
            Args::Script => self.script(command.text.as_str()).map(|()| Done::default()),
        };
        if command.kind == StatementKind::Session {
            self.follow_pragmas(command.text.as_str());
        }
        Outcome { sink, result, rows }
    }

    /// Does all of something, or nothing of it.
    fn whole(&self, all: impl FnOnce() -> Result<Done>) -> Result<Done> {
        if self.is_in_transaction() {
            return all();
        }
        self.control("begin immediate")?;
        let done = all().and_then(|done| self.control("commit").map(|()| done));
        if done.is_err() && self.is_in_transaction() {
            // The first error is the one to tell; what can't be rolled back is not clean, and is closed.
            drop(self.control("rollback"));
        }
        done
    }

    /// Runs a command for each row of arguments; for several rows at once where that does the same.
    fn flat(
        &self,
        command: &Command,
        flat: &PackedRows,
        sink: &mut dyn Sink,
        rows: &mut u64,
    ) -> Result<Done> {
        let mut done = Done::default();
        let mut next = 0;
        if let Some((mut statement, order)) = self.several(command, flat) {
            while next + AT_ONCE <= flat.len() && !self.cancel.is_to_stop() {
                let several = next..next + AT_ONCE;
                let changes = self.connection.total_changes();
                let args = flat.together(several.clone());
                let here = match self.step(&mut statement, &order, args, false, sink, rows) {
                    Ok(()) => self.done(command.kind, changes),
                    // Alone, they tell of the one that was not taken.
                    Err(error) if error.is_of_a_row() && self.is_in_transaction() => {
                        self.each(command, flat.rows(several.clone()), next, sink, rows)?
                    }
                    Err(error) => return Err(error),
                };
                done = done.and(here);
                next = several.end;
            }
        }
        Ok(done.and(self.each(command, flat.rows(next..flat.len()), next, sink, rows)?))
    }

    /// The statement for several rows at once, and the order of their arguments; where there is one, and so many rows that
    /// it is worth preparing.
    fn several(&self, command: &Command, flat: &PackedRows) -> Option<(CachedStatement<'_>, Vec<u16>)> {
        let batch = command.batch.filter(|_| flat.len() >= MANY)?;
        let order = flat.order(batch.order, AT_ONCE).filter(|order| order.len() <= PARAMETERS)?;
        let statement = self.connection.prepare_cached(&batch.of_rows(AT_ONCE)).ok()?;
        Some((statement, order))
    }

    /// Runs a command for each row of arguments, of which the first is the `first` of all.
    fn each<'a>(
        &self,
        command: &Command,
        many: impl Iterator<Item = Arguments<'a>>,
        first: usize,
        sink: &mut dyn Sink,
        rows: &mut u64,
    ) -> Result<Done> {
        let part = Part::whole(command);
        // One statement is looked up once.
        let mut single = match command.statements.is_empty() {
            true => Some(self.prepare(&part)?),
            false => None,
        };
        let may_stop = single.as_ref().is_some_and(|statement| statement.readonly());
        let mut one = |args| {
            // A short statement ends before SQLite asks.
            if self.cancel.is_to_stop() {
                return Err(Error::Interrupted { query: None });
            }
            let Some(statement) = &mut single else {
                return self.statements(command, args, sink, rows);
            };
            let changes = self.connection.total_changes();
            self.step(statement, &command.order, args, may_stop, sink, rows)?;
            Ok(self.done(part.kind, changes))
        };
        (first..).zip(many).try_fold(Done::default(), |done, (row, args)| {
            one(args).map(|next| done.and(next)).map_err(|error| error.in_row(row))
        })
    }

    /// Runs a statement that changes nothing; `None`: it does, as SQLite sees it.
    pub(super) fn read(
        &self,
        command: &Command,
        args: Arguments<'_>,
        sink: &mut dyn Sink,
        rows: &mut u64,
    ) -> Option<Result<Done>> {
        let mut statement = match self.prepare(&Part::whole(command)) {
            Ok(statement) if !statement.readonly() => return None,
            Ok(statement) => statement,
            Err(error) => return Some(Err(error)),
        };
        let done = self.step(&mut statement, &command.order, args, true, sink, rows);
        Some(done.map(|()| Done::default()))
    }

    /// Runs a single statement that writes, and tells whether SQLite had to look at the schema anew.
    pub(super) fn write(
        &mut self,
        command: &Command,
        args: Arguments<'_>,
        mut sink: Box<dyn Sink>,
    ) -> (Outcome, bool) {
        let (mut rows, mut again) = (0, false);
        let part = Part::whole(command);
        let before = self.connection.total_changes();
        let result = self.prepare(&part).and_then(|mut statement| {
            statement.reset_status(StatementStatus::RePrepare);
            let result = self.step(&mut statement, &command.order, args, false, &mut *sink, &mut rows);
            again = statement.get_status(StatementStatus::RePrepare) > 0;
            result
        });
        let result = result.map(|()| self.done(part.kind, before));
        (Outcome { sink, result, rows }, again)
    }

    /// Learns from the program of a statement that writes, unless it is known already.
    pub(super) fn study(&mut self, sql: &str) {
        if self.write_costs.is_unknown(sql)
            && let Ok(program) = program(&self.connection, sql)
        {
            self.write_costs.learn(sql, &program);
        }
    }

    /// Runs a command's statement; of several ones each in order. The rows are those of the last.
    fn statements(
        &self,
        command: &Command,
        args: Arguments<'_>,
        sink: &mut dyn Sink,
        rows: &mut u64,
    ) -> Result<Done> {
        let Some((last, others)) = command.statements.split_last() else {
            return self.statement(&Part::whole(command), command, args, sink, rows);
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
        args: Arguments<'_>,
        sink: &mut dyn Sink,
        count: &mut u64,
    ) -> Result<Done> {
        let changes = self.connection.total_changes();
        let mut statement = self.prepare(part)?;
        let order = match part.several {
            true => command.order.get(..statement.parameter_count()).unwrap_or(&command.order),
            false => &command.order,
        };
        let may_stop = statement.readonly();
        self.step(&mut statement, order, args, may_stop, sink, count)?;
        Ok(self.done(part.kind, changes))
    }

    fn prepare(&self, part: &Part<'_>) -> Result<CachedStatement<'_>> {
        self.connection.prepare_cached(part.sql).map_err(|refusal| error_in(refusal, part.start))
    }

    /// Runs a statement. `may_stop`: when no more rows are wanted. One that writes runs to its end, whether or not its rows are
    /// wanted: it may fail until then.
    fn step(
        &self,
        statement: &mut CachedStatement<'_>,
        order: &[u16],
        args: Arguments<'_>,
        may_stop: bool,
        sink: &mut dyn Sink,
        count: &mut u64,
    ) -> Result<()> {
        bind(statement, args, order)
            .map_err(|source| Error::Encode { query: None, source: Box::new(source) })?;
        let mut rows = statement.raw_query();
        let (mut wanted, mut refused) = (true, None);
        while let Some(row) = rows.next().map_err(error)? {
            if wanted {
                *count += 1;
                match sink.row(&Row::new(row)) {
                    // A stream that pauses here runs on its reader's thread, and soon ends: by itself, or because its time is over.
                    Ok(Flow::Continue | Flow::Pause) => continue,
                    Ok(Flow::Stop) => wanted = false,
                    Err(error) => {
                        wanted = false;
                        refused = Some(error);
                    }
                }
            }
            if may_stop && !wanted {
                break;
            }
        }
        drop(rows);
        refused.map_or(Ok(()), |error| Err(error.into()))
    }

    /// What a statement did, given how many rows were changed on this connection before it.
    fn done(&self, kind: StatementKind, before: u64) -> Done {
        // `changes` is still that of an earlier statement after one that changes no rows.
        if self.connection.total_changes() == before {
            return Done::default();
        }
        Done {
            rows_affected: self.connection.changes(),
            last_insert_id: (kind == StatementKind::Insert).then(|| self.connection.last_insert_rowid()),
        }
    }
}
