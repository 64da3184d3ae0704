//! A statement on its way: the future that every method of a query gives.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use crate::{
    Arguments, Done, Error, QueryPlace, Result, Value,
    command::{Command, Text},
    executor::Handle,
    shape::Shape,
    sink::{Collect, DecodeFn, DecodeRow, Sink},
    statement::{Batch, Statement},
};

/// A statement on its way; awaiting it gives what it has fetched.
///
/// The future is `Send` and generic only in what it gives: neither the executor's type nor the arguments' are part of it.
/// Dropping it before it is ready cancels the statement.
#[must_use = "nothing is sent until the future is awaited"]
pub struct Fetch<'e, T> {
    run: Pin<Box<dyn Future<Output = Result<Ran>> + Send + 'e>>,
    finish: fn(Ran) -> Result<T>,
}

/// A statement that has run.
pub(crate) struct Ran {
    pub(crate) done: Done,
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) command: Arc<Command>,
}

/// What to run.
pub(crate) enum Request {
    /// A query that was checked when the program was compiled.
    Checked { statement: &'static Statement, args: Vec<Value> },
    /// The same for many rows of arguments, all or nothing.
    CheckedMany { statement: &'static Statement, batches: &'static [Batch], rows: Vec<Vec<Value>> },
    /// A query that is only known at run time.
    Dynamic { sql: Text, args: Arguments, file: &'static str, line: u32 },
    /// The same for many rows of arguments, all or nothing.
    DynamicMany { sql: Text, rows: Vec<Arguments>, file: &'static str, line: u32 },
    /// Several statements without arguments.
    Script { sql: Text, file: &'static str, line: u32 },
}

impl Request {
    /// The file and line of the program that make it.
    pub(crate) fn location(&self) -> (&'static str, u32) {
        match *self {
            Request::Checked { statement, .. } | Request::CheckedMany { statement, .. } => {
                (statement.file, statement.line)
            }
            Request::Dynamic { file, line, .. }
            | Request::DynamicMany { file, line, .. }
            | Request::Script { file, line, .. } => (file, line),
        }
    }

    /// Where the program makes it, with the text that is known before the backend is.
    pub(crate) fn place(&self) -> QueryPlace {
        let (file, line) = self.location();
        let sql = match self {
            Request::Checked { statement, .. } | Request::CheckedMany { statement, .. } => {
                statement.any_text()
            }
            Request::Dynamic { sql, .. } | Request::DynamicMany { sql, .. } | Request::Script { sql, .. } => {
                sql.to_cow()
            }
        };
        QueryPlace { file, line, sql }
    }
}

impl<'e, T> Fetch<'e, T> {
    pub(crate) fn new(
        handle: Handle<'e>,
        request: Request,
        sink: Box<dyn Sink>,
        finish: fn(Ran) -> Result<T>,
    ) -> Self {
        Fetch { run: Box::pin(handle.run(request, sink)), finish }
    }
}

impl<T> Future for Fetch<'_, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let finish = self.finish;
        self.run.as_mut().poll(cx).map(|ran| finish(ran?))
    }
}

impl<T> fmt::Debug for Fetch<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetch").finish_non_exhaustive()
    }
}

/// What the statement did.
pub(crate) fn done(ran: Ran) -> Result<Done> {
    Ok(ran.done)
}

/// The gathered records.
pub(crate) fn all<R: Send + 'static, D: DecodeRow<R>>(ran: Ran) -> Result<Vec<R>> {
    let sink: Box<dyn std::any::Any> = ran.sink;
    match sink.downcast::<Collect<R, D>>() {
        Ok(collected) => Ok(collected.rows),
        Err(_) => Err(Error::protocol("rows came back in another shape than they were sent for")),
    }
}

/// The first record, in the query's shape.
pub(crate) fn one<R: Send + 'static, S: Shape, D: DecodeRow<R>>(ran: Ran) -> Result<S::Out<R>> {
    let command = Arc::clone(&ran.command);
    match all::<R, D>(ran)?.into_iter().next() {
        Some(record) => Ok(S::some(record)),
        None => S::none().ok_or_else(|| Error::RowNotFound { query: Box::new(command.place()) }),
    }
}

/// The first column of the first record, in the query's shape.
pub(crate) fn value<T: 'static, S: Shape<Out<T>: Send>>(ran: Ran) -> Result<S::Out<T>> {
    let command = Arc::clone(&ran.command);
    match all::<S::Out<T>, DecodeFn<S::Out<T>>>(ran)?.into_iter().next() {
        Some(value) => Ok(value),
        None => S::none().ok_or_else(|| Error::RowNotFound { query: Box::new(command.place()) }),
    }
}
