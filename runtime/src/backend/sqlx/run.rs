//! How a job runs on sqlx's connection.

use std::{future::Future, pin::pin, sync::Arc, time::Instant};

use ::sqlx::{AssertSqlSafe, Connection as _, Database, SqlSafeStr as _, SqlStr};

use super::{
    errors::error,
    lent::{InUse, Lent, State},
    rows::Reading,
};
use crate::{
    Backend, DatabaseError, Done, Error, Result, Value,
    backend::{
        Outcome,
        job::{Job, Ran},
        sink::Sink,
    },
    pool::lease::{ran, trace},
    statement::{
        chunks,
        command::{Args, Command, Text},
    },
};

/// A database as sqlx reaches it.
pub(super) trait Driver: Database {
    const BACKEND: Backend;

    /// What begins a transaction for many rows.
    const BEGIN: &'static str;

    /// Whether many rows can go at once.
    const BATCHES: bool;

    /// Whether sqlx's connection can be used after a future of it was dropped, at any moment.
    const RECOVERS: bool;

    /// Runs a statement with the arguments of one or more rows. Whatever the sink could not take is left in `reading`.
    fn statement(
        connection: &mut Self::Connection,
        text: &Text,
        command: &Command,
        args: &[Vec<Value>],
        reading: &mut Reading<'_>,
    ) -> impl Future<Output = Result<Done>> + Send;

    /// Whether a transaction is open that sqlx has not begun.
    fn is_in_transaction(connection: &mut Self::Connection) -> impl Future<Output = Result<bool>> + Send;

    /// The server's own error.
    fn database_error(error: Box<dyn ::sqlx::error::DatabaseError>) -> DatabaseError;
}

const CONTROLS: &str = "sqlx counts its transactions itself: begin and end them with its `begin()`, `commit()` and `rollback()`, not with \
                        a statement";

const UNKNOWN_TRANSACTION: &str = "a statement has begun the transaction that is open here, so sqlx does not know of it, and many rows \
                                   cannot be all or nothing in it: begin it with sqlx's `begin()`";

/// A text as sqlx takes it.
pub(super) fn sql(text: &Text) -> SqlStr {
    match text {
        Text::Static(text) => text.into_sql_str(),
        Text::Shared(text) => AssertSqlSafe(Arc::clone(text)).into_sql_str(),
    }
}

pub(super) async fn run<D: Driver>(lent: Lent<'_, D>, job: Job) -> Result<Ran> {
    let command = Arc::new(job.command);
    let span = trace::span(&command, D::BACKEND.dialect());
    let started = Instant::now();
    let outcome = trace::inside(&span, pin!(attempt(lent, &command, job.sink))).await;
    trace::ended(&command, D::BACKEND.dialect(), outcome.as_ref(), started.elapsed(), None);
    let outcome = outcome.map_err(|error| command.explain(error))?;
    ran(&command, outcome, &span)
}

async fn attempt<D: Driver>(
    lent: Lent<'_, D>,
    command: &Arc<Command>,
    mut sink: Box<dyn Sink>,
) -> Result<Outcome> {
    if command.controls(D::BACKEND.dialect()).1.is_some() {
        return Err(Error::Transaction { message: CONTROLS, query: None });
    }
    let mut connection = InUse::new(lent).await?;
    let mut rows = 0;
    let result = match &command.args {
        Args::Many(_) => many::<D>(&mut connection, command, &mut *sink, &mut rows).await,
        _ => {
            let (raw, state) = connection.parts();
            each::<D>(raw, state, command, &mut *sink, &mut rows).await
        }
    };
    // After any other error, nobody can know how far sqlx has read.
    let is_lost = result.as_ref().is_err_and(Error::ends_connection);
    connection.state.set_unsettled(is_lost);
    Ok(Outcome { sink, result, rows })
}

/// Runs a statement for many rows: for all at once if it can, and for all or none.
async fn many<D: Driver>(
    connection: &mut InUse<'_, D>,
    command: &Arc<Command>,
    sink: &mut dyn Sink,
    rows: &mut u64,
) -> Result<Done> {
    let batch = if D::BATCHES { command.all_at_once() } else { None };
    let Some(batch) = batch else { return all_or_nothing(connection, command, sink, rows).await };
    let (raw, state) = connection.parts();
    let result = match batch.is_atomic() && !raw.is_in_transaction() {
        true => each::<D>(raw, state, &batch, sink, rows).await,
        false => all_or_nothing(connection, &batch, sink, rows).await,
    };
    match result {
        // It can succeed row by row (`do update` of one row twice), and if not, the error then says which row it was.
        Err(first) if first.is_of_a_row() => match all_or_nothing(connection, command, sink, rows).await {
            Err(next) if !next.is_of_a_row() => Err(first),
            result => result,
        },
        result => result,
    }
}

/// Runs a command in a transaction, or in a savepoint of the one that is open.
async fn all_or_nothing<D: Driver>(
    connection: &mut InUse<'_, D>,
    command: &Command,
    sink: &mut dyn Sink,
    rows: &mut u64,
) -> Result<Done> {
    let (raw, state) = connection.parts();
    let is_nested = raw.is_in_transaction();
    if !is_nested && !state.is_own && D::is_in_transaction(raw).await? {
        return Err(Error::Transaction { message: UNKNOWN_TRANSACTION, query: None });
    }
    // A transaction whose beginning was sent, but not answered, is one that sqlx does not know of.
    state.set_unsettled(!is_nested);
    let begun = match is_nested {
        true => raw.begin().await,
        false => raw.begin_with(D::BEGIN).await,
    };
    let mut transaction = begun.map_err(error::<D>)?;
    state.set_unsettled(false);
    let result = each::<D>(&mut transaction, state, command, sink, rows).await;
    match result {
        Ok(done) => {
            transaction.commit().await.map_err(error::<D>)?;
            Ok(done)
        }
        Err(error) => {
            // The first error is the one to report.
            drop(transaction.rollback().await);
            Err(error)
        }
    }
}

/// Runs a command's statement, for each of its rows of arguments.
async fn each<D: Driver>(
    connection: &mut D::Connection,
    state: &State,
    command: &Command,
    sink: &mut dyn Sink,
    rows: &mut u64,
) -> Result<Done> {
    let mut done = Done::default();
    match &command.args {
        Args::One(args) => {
            let args = std::slice::from_ref(args);
            return statement::<D>(connection, state, &command.text, command, args, sink, rows).await;
        }
        Args::Many(many) => {
            for (row, args) in many.iter().enumerate() {
                let args = std::slice::from_ref(args);
                let next = statement::<D>(connection, state, &command.text, command, args, sink, rows).await;
                done = done.and(next.map_err(|error| error.in_row(row))?);
            }
        }
        Args::Batch(many, batch) => {
            for chunk in chunks(many, batch) {
                let text = match batch.row.is_empty() {
                    true => command.text.clone(),
                    false => Text::Shared(batch.of_rows(chunk.len()).into()),
                };
                let next = statement::<D>(connection, state, &text, command, chunk, sink, rows).await?;
                done = done.and(next);
            }
        }
        #[cfg(feature = "sqlite")]
        Args::Packed(_) => return Err(Error::protocol("packed rows came to sqlx")),
        Args::Copy(_) => {
            let message = "sqlx's connections have copies of their own: `copy_in_raw` and `copy_out_raw`";
            return Err(Error::Unsupported { message, query: None });
        }
        Args::Script => {
            let message = "scripts do not run on sqlx's connections: use `sqlx::raw_sql`";
            return Err(Error::Unsupported { message, query: None });
        }
    }
    Ok(done)
}

async fn statement<D: Driver>(
    connection: &mut D::Connection,
    state: &State,
    text: &Text,
    command: &Command,
    args: &[Vec<Value>],
    sink: &mut dyn Sink,
    rows: &mut u64,
) -> Result<Done> {
    state.set_unsettled(!D::RECOVERS);
    let mut reading = Reading::new(sink, state, command.access);
    let done = D::statement(connection, text, command, args, &mut reading).await;
    *rows += reading.rows;
    let result = reading.failed.take().map_or(done, Err);
    if !result.as_ref().is_err_and(Error::ends_connection) {
        state.set_unsettled(false);
    }
    result
}
