//! A session: how commands run on the driver's connection.

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use aio_databases_net as net;
use aio_databases_postgres::{
    self as driver, Column, Connection, Encoded, Fetched, Oid, Params, Query, Sql, Step,
};
use tokio::sync::oneshot;

use super::{
    control::PostgresControl,
    decode::PostgresRow,
    encode,
    errors::error,
    pooled::PooledSettings,
    types::{Types, learn},
};
use crate::{
    Backend, Done, Error, Result, Row, Value,
    backend::{
        BoxFuture, Outcome, Session, TransactionStatus,
        control::Control,
        sink::{Flow, Sink, pause},
    },
    statement::{
        Access, chunks,
        command::{Args, Command, Text},
        copy::Copy,
        kind::StatementKind,
    },
};

/// How long the server can take to stop a statement.
const INTERRUPT: Duration = Duration::from_secs(10);

/// How many rows of a stream the server computes at first. Whoever drops the stream soon has not made it compute many more.
const FIRST_BATCH: u32 = 256;

/// How many rows it computes at a time in the end: each batch is larger than the one before, because each costs a round trip.
/// The rows wait in the socket, not in memory.
const LARGEST_BATCH: u32 = 16_384;

pub(super) struct PostgresSession {
    pub(super) connection: Connection,
    pub(super) types: Types,
    /// What is set in each transaction, because the session is a pooler's.
    pooled: Option<Arc<PooledSettings>>,
}

/// What a statement's parameters are bound to.
#[derive(Clone, Copy)]
enum Bound<'a> {
    /// A row of values.
    One(&'a [Value]),
    /// Many rows of values: the statement runs for each.
    Many(&'a [Vec<Value>]),
    /// Arrays, of the values that they have in many rows: the statement runs once.
    Arrays(&'a [Vec<Value>]),
}

impl Bound<'_> {
    fn runs(self) -> usize {
        match self {
            Bound::One(_) | Bound::Arrays(_) => 1,
            Bound::Many(rows) => rows.len(),
        }
    }
}

/// A type that the session has to learn before a value can be encoded.
#[derive(Debug)]
struct UnknownType(Oid);

impl std::fmt::Display for UnknownType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the type number {} is not known yet", self.0)
    }
}

impl std::error::Error for UnknownType {}

/// Where rows go, and what became of that.
struct Reading<'a> {
    sink: &'a mut dyn Sink,
    rows: u64,
    /// How many runs of the statement have ended.
    runs: usize,
    /// Whether the rest need not be read once no more rows are wanted.
    may_stop: bool,
    /// The sink wants no more rows.
    has_ended: bool,
    /// The sink could not take a row.
    failed: Option<Error>,
    /// Rows with columns of types that are not known yet.
    kept: Vec<Kept>,
}

/// A row that waits until the types of its columns are known.
struct Kept {
    columns: Arc<[Column]>,
    values: Vec<Option<Box<[u8]>>>,
}

impl Reading<'_> {
    #[inline]
    fn take(&mut self, row: &Row<'_>) -> ControlFlow<()> {
        if self.has_ended {
            // The statement runs to its end, whether or not its rows are wanted.
            return ControlFlow::Continue(());
        }
        self.rows += 1;
        match self.sink.row(row) {
            Ok(Flow::Continue) => ControlFlow::Continue(()),
            Ok(Flow::Pause) => ControlFlow::Break(()),
            Ok(Flow::Stop) => self.end(),
            Err(problem) => {
                self.failed = Some(problem.into());
                self.end()
            }
        }
    }

    fn end(&mut self) -> ControlFlow<()> {
        self.has_ended = true;
        match self.may_stop {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    #[inline]
    fn row(&mut self, row: driver::Row<'_>, types: &Types) -> ControlFlow<()> {
        if self.rows == 0 && row.columns().iter().any(|column| types.get(column.type_oid).is_none()) {
            return self.keep(row);
        }
        self.take(&Row::new(&PostgresRow { row, types }))
    }

    #[cold]
    fn keep(&mut self, row: driver::Row<'_>) -> ControlFlow<()> {
        let columns = match self.kept.last() {
            Some(kept) => Arc::clone(&kept.columns),
            None => row.columns().into(),
        };
        self.kept.push(Kept { columns, values: row.iter().map(|value| value.map(Box::from)).collect() });
        ControlFlow::Continue(())
    }
}

pub(super) fn sql(text: &Text) -> Sql<'_> {
    match text {
        Text::Static(text) => Sql::Static(text),
        Text::Shared(text) => Sql::Text(text),
    }
}

/// A command's statement. If the types of all its parameters are known, it is prepared and runs in one round trip.
fn query(command: &Command) -> Query<'_> {
    let query = Query::new(sql(&command.text));
    match command.types.len() == command.order.len() {
        true => query.types(command.types),
        false => query,
    }
}

impl PostgresSession {
    pub(super) fn new(connection: Connection, pooled: Option<Arc<PooledSettings>>) -> Self {
        PostgresSession { connection, types: Types::default(), pooled }
    }

    async fn command(
        &mut self,
        begin: Option<&Text>,
        command: &Command,
        sink: &mut dyn Sink,
        rows: &mut u64,
    ) -> Result<Done> {
        match &command.args {
            Args::One(args) => self.statement(begin, command, Bound::One(args), sink, rows).await,
            Args::Many(many) => self.statement(begin, command, Bound::Many(many), sink, rows).await,
            Args::Batch(many, batch) => {
                let (mut done, mut begin) = (Done::default(), begin);
                for chunk in chunks(many, batch) {
                    let next =
                        self.statement(begin.take(), command, Bound::Arrays(chunk), sink, rows).await?;
                    done = done.and(next);
                }
                Ok(done)
            }
            #[cfg(feature = "sqlite")]
            Args::Packed(_) => Err(Error::protocol("rows for SQLite came to another server")),
            Args::Copy(Copy::In) => Box::pin(self.copy_in(begin, command, sink)).await,
            Args::Copy(Copy::Rows(insert)) => Box::pin(self.copy_rows(begin, command, insert, sink)).await,
            Args::Copy(Copy::Out) => Box::pin(self.copy_out(begin, command, sink)).await,
            Args::Script => self.script(begin, &command.text).await.map(|()| Done::default()),
        }
    }

    async fn script(&mut self, begin: Option<&Text>, text: &Text) -> Result<()> {
        if let Some(begin) = begin {
            self.connection.run(&mut [Step::before(sql(begin))]).await.map_err(error)?;
        }
        self.connection.simple(text.as_str(), &mut ()).await.map_err(error)
    }

    /// Runs a statement, and learns the types that it needs.
    async fn statement(
        &mut self,
        begin: Option<&Text>,
        command: &Command,
        bound: Bound<'_>,
        sink: &mut dyn Sink,
        rows: &mut u64,
    ) -> Result<Done> {
        let mut reading = Reading {
            sink,
            rows: 0,
            runs: 0,
            may_stop: false,
            has_ended: false,
            failed: None,
            kept: Vec::new(),
        };
        let mut begin = begin;
        // What begins a transaction by hand comes before what is set in it.
        let mut pooled = self.pooled.clone().filter(|_| command.kind != StatementKind::Begin);
        let result = loop {
            let settings = pooled.as_deref();
            let attempt = match reading.sink.is_stream() {
                true => Box::pin(self.stream(begin, settings, command, bound, &mut reading)).await,
                false => self.attempt(begin, settings, command, bound, &mut reading).await,
            };
            if pooled.is_some() && attempt.as_ref().is_err_and(must_be_alone) {
                // The group was one transaction, of which nothing is left.
                pooled = None;
                continue;
            }
            let Err(driver::Error::Encode(problem)) = &attempt else { break attempt };
            let Some(UnknownType(oid)) = problem.downcast_ref() else { break attempt };
            Box::pin(learn(&mut self.connection, &mut self.types, &[*oid])).await.map_err(error)?;
            if self.connection.transaction_status() != driver::TransactionStatus::Idle {
                begin = None;
            }
        };
        if command.kind == StatementKind::Begin && result.is_ok() {
            Box::pin(self.set_within()).await.map_err(error)?;
        }
        if !reading.kept.is_empty() && result.is_ok() {
            Box::pin(self.give_kept(&mut reading)).await?;
        }
        *rows += reading.rows;
        let done = result.map_err(error).map_err(|error| match bound {
            Bound::Many(_) => error.in_row(reading.runs),
            _ => error,
        });
        match reading.failed {
            Some(failed) => Err(failed),
            None => done,
        }
    }

    /// Sets what a transaction that was begun by hand should have.
    async fn set_within(&mut self) -> driver::Result<()> {
        let Some(pooled) = &self.pooled else { return Ok(()) };
        let mut steps: Vec<_> = pooled.within.iter().map(|text| Step::before(Sql::Text(text))).collect();
        self.connection.run(&mut steps).await
    }

    async fn attempt(
        &mut self,
        begin: Option<&Text>,
        pooled: Option<&PooledSettings>,
        command: &Command,
        bound: Bound<'_>,
        reading: &mut Reading<'_>,
    ) -> driver::Result<Done> {
        let PostgresSession { connection, types, .. } = self;
        let mut query = query(command);
        if command.access == Access::Read && !command.gives_one_at_most() {
            query = query.max_rows(reading.sink.limit());
            // With a limit, the server stops by itself.
            reading.may_stop = query.max_rows == 0;
        }
        let mut encode = |run: usize, index: usize, oid: Oid, out: &mut Vec<u8>| {
            encode_one(types, command, bound, (run, index), oid, out)
        };
        let params = Params::batch(bound.runs(), command.order.len(), &mut encode);
        let mut row = |row: driver::Row<'_>| reading.row(row, types);
        let step = Step::new(query).params(params).rows(&mut row);
        let before = before(begin, pooled, connection.transaction_status());
        let (result, done) = match before.is_empty() {
            true => {
                let mut steps = [step];
                let result = connection.run(&mut steps).await;
                let [step] = &steps;
                (result, *step.done())
            }
            false => {
                let mut steps: Vec<Step<'_>> = before.into_iter().map(Step::before).chain([step]).collect();
                let result = connection.run(&mut steps).await;
                (result, steps.last().map(|step| *step.done()).unwrap_or_default())
            }
        };
        reading.runs = done.runs;
        result?;
        Ok(done_of(command, done.rows_affected))
    }

    /// Runs a statement whose rows are read one by one: the server computes a batch at a time.
    async fn stream(
        &mut self,
        begin: Option<&Text>,
        pooled: Option<&PooledSettings>,
        command: &Command,
        bound: Bound<'_>,
        reading: &mut Reading<'_>,
    ) -> driver::Result<Done> {
        let PostgresSession { connection, types, .. } = self;
        reading.may_stop = true;
        let query = query(command);
        let statement = {
            let mut encode = |run: usize, index: usize, oid: Oid, out: &mut Vec<u8>| {
                encode_one(types, command, bound, (run, index), oid, out)
            };
            let step = Step::new(query).params(Params::new(command.order.len(), &mut encode));
            let before = before(begin, pooled, connection.transaction_status());
            let mut steps: Vec<Step<'_>> = before.into_iter().map(Step::before).chain([step]).collect();
            connection.start_fetch(&mut steps, FIRST_BATCH).await?
        };
        let unknown: Vec<Oid> = statement
            .columns
            .iter()
            .map(|column| column.type_oid)
            .filter(|oid| types.get(*oid).is_none())
            .collect();
        if !unknown.is_empty() {
            // The statement has computed a batch at most, and begins again when its types are known.
            connection.recover().await?;
            learn(connection, types, &unknown).await?;
            return Box::pin(self.stream(begin, pooled, command, bound, reading)).await;
        }
        let mut batch = FIRST_BATCH;
        loop {
            let mut row = |row: driver::Row<'_>| reading.row(row, types);
            match connection.fetch(batch, &mut row).await? {
                Fetched::Complete => break,
                Fetched::Batch => batch = (batch * 4).min(LARGEST_BATCH),
                // An error of the sink, or nobody reads any more.
                Fetched::Paused if reading.has_ended => break,
                Fetched::Paused => pause().await,
            }
        }
        let done = connection.end_fetch().await?;
        Ok(done_of(command, done.map_or(0, |done| done.rows_affected)))
    }

    /// Gives the sink the rows that were kept, once the types of their columns are known.
    async fn give_kept(&mut self, reading: &mut Reading<'_>) -> Result<()> {
        let kept = std::mem::take(&mut reading.kept);
        let Some(first) = kept.first() else { return Ok(()) };
        let unknown: Vec<Oid> = first
            .columns
            .iter()
            .map(|column| column.type_oid)
            .filter(|oid| self.types.get(*oid).is_none())
            .collect();
        if self.connection.is_busy() {
            self.connection.recover().await.map_err(error)?;
        }
        learn(&mut self.connection, &mut self.types, &unknown).await.map_err(error)?;
        for kept in &kept {
            let row =
                super::decode::KeptRow { columns: &kept.columns, values: &kept.values, types: &self.types };
            if reading.take(&Row::new(&row)).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// What is sent before a statement: the transaction's beginning, and what is set in it behind a pooler.
fn before<'a>(
    begin: Option<&'a Text>,
    pooled: Option<&'a PooledSettings>,
    status: driver::TransactionStatus,
) -> Vec<Sql<'a>> {
    let Some(pooled) = pooled else { return begin.map(sql).into_iter().collect() };
    match begin {
        Some(begin) => {
            std::iter::once(sql(begin)).chain(pooled.within.iter().map(|text| Sql::Text(text))).collect()
        }
        None if status == driver::TransactionStatus::Idle => vec![Sql::Text(&pooled.alone)],
        None => Vec::new(),
    }
}

/// Whether a statement failed because another came before it: `vacuum`, `create database`, a procedure that commits.
fn must_be_alone(error: &driver::Error) -> bool {
    matches!(error.code(), Some("25001" | "2D000"))
}

fn encode_one(
    types: &Types,
    command: &Command,
    bound: Bound<'_>,
    (run, index): (usize, usize),
    oid: Oid,
    out: &mut Vec<u8>,
) -> Result<Encoded, driver::BoxError> {
    let Some(ty) = types.get(oid) else { return Err(Box::new(UnknownType(oid))) };
    let encoded = match bound {
        Bound::One(values) => encode::one(values, &command.order, index, ty, out),
        Bound::Many(rows) => {
            let values = rows.get(run).map_or(&[][..], Vec::as_slice);
            encode::one(values, &command.order, index, ty, out)
        }
        Bound::Arrays(rows) => encode::column(rows, &command.order, index, ty, out),
    };
    encoded.map_err(|error| Box::new(error) as _)
}

/// What the server says it has done. It also counts the rows that a `select` or a `create table … as` returns.
pub(in crate::backend) fn done_of(command: &Command, rows_affected: u64) -> Done {
    let changes = matches!(command.kind, StatementKind::Insert | StatementKind::Change);
    Done { rows_affected: if changes { rows_affected } else { 0 }, last_insert_id: None }
}

/// Undoes what statements can set for a session, as `discard all` does, but for the prepared statements.
const RESET: &str = "close all; set session authorization default; reset all; unlisten *; \
    select pg_catalog.pg_advisory_unlock_all(); discard temp; discard sequences";

impl Session for PostgresSession {
    fn lend(&mut self, _: &'static str, _: u32) {}

    fn backend(&self) -> Backend {
        Backend::Postgres
    }

    fn control_statements(&self) -> &'static dyn Control {
        &PostgresControl
    }

    fn number(&self) -> Option<u64> {
        None
    }

    fn is_atomic(&self, _: &Command) -> bool {
        // A group of runs is a transaction, but one that was left midway is committed by the `Sync` after it.
        false
    }

    fn pipelines_begin(&self) -> bool {
        true
    }

    fn run(
        &mut self,
        begin: Option<Text>,
        command: Arc<Command>,
        mut sink: Box<dyn Sink>,
    ) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let mut rows = 0;
            let result = self.command(begin.as_ref(), &command, &mut *sink, &mut rows).await;
            Outcome { sink, result, rows }
        })
    }

    fn run_now(&mut self, _: &Command, sink: Box<dyn Sink>, _: Instant) -> Result<Outcome, Box<dyn Sink>> {
        Err(sink)
    }

    fn control(&mut self, begin: Option<Text>, text: Text) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let within = self.pooled.as_ref().map_or(&[][..], |pooled| &pooled.within);
            match begin {
                None if !within.is_empty() && text.as_str().starts_with("begin") => {
                    let all = format!("{}; {}", text.as_str(), within.join("; "));
                    self.connection.simple(&all, &mut ()).await
                }
                None => self.connection.simple(text.as_str(), &mut ()).await,
                Some(begin) => {
                    let next = Step::new(Query::new(sql(&text)).types(&[]));
                    let before =
                        before(Some(&begin), self.pooled.as_deref(), driver::TransactionStatus::Idle);
                    let mut steps: Vec<_> = before.into_iter().map(Step::before).chain([next]).collect();
                    self.connection.run(&mut steps).await
                }
            }
            .map_err(error)
        })
    }

    #[cfg(feature = "verify")]
    fn describe(&mut self, wanted: crate::verify::Wanted) -> BoxFuture<'_, Result<crate::verify::Described>> {
        Box::pin(async move {
            super::describe::describe(&mut self.connection, wanted.sql.text).await.map_err(error)
        })
    }

    fn transaction(&self) -> TransactionStatus {
        match self.connection.transaction_status() {
            driver::TransactionStatus::Idle => TransactionStatus::Idle,
            driver::TransactionStatus::InTransaction => TransactionStatus::Open,
            driver::TransactionStatus::Failed => TransactionStatus::Failed,
        }
    }

    fn has_changed(&self) -> bool {
        self.connection.has_changed()
    }

    fn accept_changes(&mut self) {
        self.connection.accept_changes();
    }

    fn is_settled(&self) -> bool {
        !self.connection.is_busy() && !self.connection.is_broken()
    }

    fn is_closed(&mut self) -> bool {
        let here = net::current().is_ok_and(|runtime| runtime.id() == self.connection.runtime());
        !here || self.connection.check().is_err()
    }

    fn interrupt(&self) -> BoxFuture<'static, Result<()>> {
        let token = self.connection.cancel_token();
        Box::pin(async move {
            let (done, waits) = oneshot::channel();
            // Old PgBouncers crash if a client that cancels goes before they have told it that they are done (1.18: "bad client
            // state"). So the request is carried to its end, even if nobody waits for it any more.
            net::spawn(async move {
                let _ = done.send(net::timeout(INTERRUPT, token.cancel()).await);
            })
            .map_err(Error::io)?;
            match waits.await {
                Ok(Ok(cancelled)) => cancelled.map_err(Error::io),
                Ok(Err(late)) => Err(Error::io(late)),
                Err(gone) => Err(Error::io(gone)),
            }
        })
    }

    fn recover(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.connection.recover().await.map_err(error) })
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.types.forget();
            self.connection.simple(RESET, &mut ()).await.map_err(error)?;
            self.connection.accept_changes();
            Ok(())
        })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(self.connection.close())
    }
}
