//! A command on its way through the layers, and what becomes of it.

use super::{BoxFuture, sink::Sink};
#[cfg(feature = "sqlx")]
use aio_databases_sql::Dialect;

use crate::{
    Done, Result,
    statement::command::{Command, Place},
};

/// A command to run, and where its rows go.
pub(crate) struct Job {
    pub(crate) command: Command,
    pub(crate) sink: Box<dyn Sink>,
    /// Whether its rows are read one by one, so that it ends only when its reader does.
    pub(crate) is_stream: bool,
}

/// A command that has run.
pub(crate) struct Ran {
    pub(crate) done: Done,
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) place: Place,
}

/// What trying a job on the caller's thread came to.
pub(crate) enum Attempt {
    Ran(Result<Ran>),
    /// It has to wait for something. The job is unchanged.
    Later(Job),
}

/// A job that was handed to the next layer.
///
/// Whatever runs on the caller's thread is ready at once, and nothing is boxed for it.
pub(crate) enum Running<'a> {
    Ready(Result<Ran>),
    Waiting(BoxFuture<'a, Result<Ran>>),
}

impl<'a> Running<'a> {
    pub(crate) fn waiting(future: impl Future<Output = Result<Ran>> + Send + 'a) -> Self {
        Running::Waiting(Box::pin(future))
    }
}

/// A connection or a pool that another library has opened, and that runs one job.
#[cfg(feature = "sqlx")]
pub(crate) trait Neighbour: Send {
    /// The SQL that it speaks.
    fn dialect(&self) -> Dialect;

    /// Runs the job.
    fn run<'n>(self: Box<Self>, job: Job) -> BoxFuture<'n, Result<Ran>>
    where
        Self: 'n;
}
