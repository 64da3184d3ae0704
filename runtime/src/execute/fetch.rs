//! A statement on its way: the future that every method of a query gives.

use std::{
    fmt,
    future::{Future, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use crate::{
    Arguments, Done, Error, Result, Value,
    backend::sink::{Collect, DecodeFn, DecodeRow, Sink},
    backend::thread_budget,
    execute::executor::Handle,
    statement::command::{Args, Command, Place, Text},
    statement::shape::Shape,
    statement::{Batch, Statement},
};

/// A statement on its way; awaiting it gives what it has fetched.
///
/// The future is `Send` and generic only in what it gives: neither the executor's type nor the arguments' are part of it.
/// Dropping it before it is ready cancels the statement.
#[must_use = "nothing is sent until the future is awaited"]
pub struct Fetch<'e, T> {
    step: Step<'e>,
    finish: fn(Ran) -> Result<T>,
}

/// How far a statement has come.
enum Step<'e> {
    /// Nothing was sent.
    New(Handle<'e>, Request, Box<dyn Sink>),
    Running(Pin<Box<dyn Future<Output = Result<Ran>> + Send + 'e>>),
    Ended,
}

/// What running a statement here and now came to.
pub(crate) enum Now {
    Ran(Result<Ran>),
    /// That cannot be: it has to be waited for.
    Later(Command, Box<dyn Sink>),
}

/// A statement that has run.
pub(crate) struct Ran {
    pub(crate) done: Done,
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) place: Place,
}

/// What to run.
pub(crate) enum Request {
    /// A query that was checked when the program was compiled.
    Checked { statement: &'static Statement, args: Vec<Value> },
    /// The same for many rows of arguments, all or nothing.
    CheckedMany { statement: &'static Statement, batches: &'static [Batch], args: Args },
    /// A query that is only known at run time.
    Dynamic { sql: Text, args: Arguments, file: &'static str, line: u32 },
    /// The same for many rows of arguments, all or nothing.
    DynamicMany { sql: Text, rows: Vec<Arguments>, file: &'static str, line: u32 },
    /// Several statements without arguments.
    Script { sql: Text, file: &'static str, line: u32 },
}

impl<'e, T> Fetch<'e, T> {
    pub(crate) fn new(
        handle: Handle<'e>,
        request: Request,
        sink: Box<dyn Sink>,
        finish: fn(Ran) -> Result<T>,
    ) -> Self {
        Fetch { step: Step::New(handle, request, sink), finish }
    }

    /// Runs it here and now, if that can be: nothing is put into boxes for that.
    fn begin(handle: Handle<'e>, request: Request, sink: Box<dyn Sink>) -> Result<Ran, Step<'e>> {
        let now = Command::new(request, handle.backend()).map(|command| handle.now(command, sink));
        match now {
            Ok(Now::Ran(Ok(ran))) => Ok(ran),
            Ok(Now::Later(command, sink)) => {
                // Shared from here on, so that the futures which hand it on are small: above a kilobyte, memory costs more.
                Err(Step::Running(Box::pin(handle.run(Arc::new(command), sink))))
            }
            Ok(Now::Ran(Err(error))) | Err(error) => Err(Step::Running(Box::pin(ready(Err(error))))),
        }
    }
}

impl<T> Future for Fetch<'_, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let finish = self.finish;
        // What ran here had the thread for itself: now and then it is the others' turn.
        if matches!(self.step, Step::New(..)) && thread_budget::is_due() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let step = std::mem::replace(&mut self.step, Step::Ended);
        let step = match step {
            Step::New(handle, request, sink) => match Self::begin(handle, request, sink) {
                Ok(ran) => return Poll::Ready(finish(ran)),
                Err(step) => step,
            },
            step => step,
        };
        let Step::Running(mut run) = step else { panic!("a statement was awaited after it had ended") };
        let ran = run.as_mut().poll(cx);
        if ran.is_pending() {
            self.step = Step::Running(run);
        }
        ran.map(|ran| finish(ran?))
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
pub(crate) fn all<R: Send + 'static, D: DecodeRow<R>>(mut ran: Ran) -> Result<Vec<R>> {
    collected::<R, D>(&mut ran).map(std::mem::take)
}

fn collected<R: Send + 'static, D: DecodeRow<R>>(ran: &mut Ran) -> Result<&mut Vec<R>> {
    let sink: &mut dyn std::any::Any = &mut *ran.sink;
    match sink.downcast_mut::<Collect<R, D>>() {
        Some(collected) => Ok(&mut collected.rows),
        None => Err(Error::protocol("rows came back in another shape than they were sent for")),
    }
}

/// The first record, in the query's shape.
pub(crate) fn one<R: Send + 'static, S: Shape, D: DecodeRow<R>>(mut ran: Ran) -> Result<S::Out<R>> {
    let record = collected::<R, D>(&mut ran)?.pop();
    match record {
        Some(record) => Ok(S::some(record)),
        None => S::none().ok_or_else(|| not_found(&ran)),
    }
}

/// The first column of the first record, in the query's shape.
pub(crate) fn value<T: 'static, S: Shape<Out<T>: Send>>(mut ran: Ran) -> Result<S::Out<T>> {
    let value = collected::<S::Out<T>, DecodeFn<S::Out<T>>>(&mut ran)?.pop();
    value.map_or_else(|| S::none().ok_or_else(|| not_found(&ran)), Ok)
}

fn not_found(ran: &Ran) -> Error {
    Error::RowNotFound { query: Box::new(ran.place.to_query()) }
}
