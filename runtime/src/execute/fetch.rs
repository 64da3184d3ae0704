//! A statement on its way: the future that every method of a query gives.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use super::executor::Handle;
use crate::{
    Done, Error, Result,
    backend::{
        BoxFuture,
        job::{Job, Ran, Running},
        sink::{Collect, DecodeFn, DecodeRow, Sink},
        thread_budget,
    },
    statement::{
        command::{Command, Request},
        shape::Shape,
    },
};

/// A statement on its way; awaiting it gives what it has fetched.
///
/// The future is `Send` and generic only in what it gives: neither the executor's type nor the arguments' are part of it.
/// Dropping it before it is ready cancels the statement.
#[must_use = "nothing is sent until the future is awaited"]
pub struct Fetch<'e, T> {
    step: Step<'e>,
    finish: fn(Ran) -> Result<T>,
    timeout: Option<Duration>,
}

/// How far a statement has come.
enum Step<'e> {
    /// Nothing was sent.
    New(Handle<'e>, Request, Box<dyn Sink>),
    Running(BoxFuture<'e, Result<Ran>>),
    Ended,
}

impl<'e, T> Fetch<'e, T> {
    pub(crate) fn new(
        handle: Handle<'e>,
        request: Request,
        sink: Box<dyn Sink>,
        finish: fn(Ran) -> Result<T>,
    ) -> Self {
        Fetch { step: Step::New(handle, request, sink), finish, timeout: None }
    }

    /// How long the query can take, once it has a connection. It wins over
    /// [`Builder::query_timeout`](crate::Builder::query_timeout).
    ///
    /// # Errors
    ///
    /// [`Error::QueryTimedOut`] after that time.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = Some(time);
        self
    }

    /// Hands the statement on.
    fn begin(
        handle: Handle<'e>,
        request: Request,
        sink: Box<dyn Sink>,
        timeout: Option<Duration>,
    ) -> Running<'e> {
        match Command::new(request, handle.dialect()) {
            Ok(command) => {
                let command = Command { timeout, ..command };
                handle.run(Job { command, sink, is_stream: false })
            }
            Err(error) => Running::Ready(Err(error)),
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
            Step::New(handle, request, sink) => match Self::begin(handle, request, sink, self.timeout) {
                Running::Ready(ran) => return Poll::Ready(finish(ran?)),
                Running::Waiting(run) => Step::Running(run),
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
