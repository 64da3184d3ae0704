//! What `tracing` gets: a span and an event for each query, and a warning for a slow one. Arguments are never part of it.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    time::Duration,
};

use tracing::{Span, field::Empty};

use aio_databases_sql::Dialect;

use crate::{Error, backend::Outcome, pool::meters, statement::command::Command};

/// The span of a query, by OpenTelemetry's names.
pub(crate) fn span(command: &Command, dialect: Dialect) -> Span {
    tracing::debug_span!(
        target: "aio_databases::query",
        "query",
        "db.system.name" = system(dialect),
        "db.query.text" = command.text.as_str(),
        "db.response.returned_rows" = Empty,
        "code.file.path" = command.file,
        "code.line.number" = command.line,
    )
}

/// What a future gives, each of its steps in a span. One that nobody listens to costs nothing.
pub(crate) async fn inside<T>(span: &Span, mut future: Pin<&mut impl Future<Output = T>>) -> T {
    poll_fn(|cx| {
        let _inside = (!span.is_disabled()).then(|| span.enter());
        future.as_mut().poll(cx)
    })
    .await
}

/// The name of a kind of server in OpenTelemetry's semantic conventions.
fn system(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "postgresql",
        Dialect::Mysql => "mysql",
    }
}

/// Reports a query that has ended, and warns of one that took longer than the settings allow.
pub(crate) fn ended(
    command: &Command,
    dialect: Dialect,
    outcome: Result<&Outcome, &Error>,
    took: Duration,
    threshold: Option<Duration>,
) {
    let (done, error) = match outcome {
        Ok(Outcome { result: Ok(done), rows, .. }) => (Some((*done, *rows)), None),
        Ok(Outcome { result: Err(error), .. }) | Err(error) => (None, Some(error)),
    };
    tracing::debug!(
        target: "aio_databases::query",
        {
            db.system.name = system(dialect),
            db.query.text = command.text.as_str(),
            db.response.returned_rows = done.map(|(_, rows)| rows),
            rows_affected = done.map(|(done, _)| done.rows_affected),
            elapsed_ms = took.as_secs_f64() * 1000.0,
            code.file.path = command.file,
            code.line.number = command.line,
            db.response.status_code = error.and_then(Error::code),
        },
        "{}",
        if error.is_some() { "query failed" } else { "query" }
    );
    meters::operation(system(dialect), took, error.map(|error| error.code().unwrap_or("other")));
    slow(command, took, threshold);
}

fn slow(command: &Command, took: Duration, threshold: Option<Duration>) {
    if threshold.is_some_and(|threshold| took >= threshold) {
        tracing::warn!(
            target: "aio_databases::slow",
            {
                db.query.text = command.text.as_str(),
                code.file.path = command.file,
                code.line.number = command.line,
                elapsed_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            },
            "slow query"
        );
    }
}
