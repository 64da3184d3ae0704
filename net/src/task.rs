//! Tasks and blocking work on the current runtime.

use std::{fmt, future::Future};

use tokio::sync::oneshot;

use crate::{NoRuntime, current};

/// Runs a task that nothing waits for, on the current runtime.
///
/// # Errors
///
/// If no runtime is found. The task is dropped then.
pub fn spawn(task: impl Future<Output = ()> + Send + 'static) -> Result<(), NoRuntime> {
    current()?.spawn(Box::pin(task));
    Ok(())
}

/// Runs blocking work on a thread of its own, and waits for its result.
///
/// The work runs to its end, even if the future is dropped.
///
/// # Errors
///
/// If no runtime is found, the work panics, or the runtime shuts down before it runs.
pub async fn spawn_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, BlockingError> {
    let (done, result) = oneshot::channel();
    // Nobody receives the result if the caller's future was dropped.
    let run = move || drop(done.send(work()));
    current().map_err(|_| BlockingError { found_runtime: false })?.spawn_blocking(Box::new(run));
    result.await.map_err(|_| BlockingError { found_runtime: true })
}

/// Identifies a task of tokio's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskId(#[cfg(feature = "tokio")] tokio::task::Id);

/// The task of the caller, if its runtime numbers its tasks: tokio does, smol does not.
pub fn task_id() -> Option<TaskId> {
    #[cfg(feature = "tokio")]
    return tokio::task::try_id().map(TaskId);
    #[cfg(not(feature = "tokio"))]
    None
}

/// Blocking work did not run to its end.
#[derive(Debug, Clone, Copy)]
pub struct BlockingError {
    found_runtime: bool,
}

impl fmt::Display for BlockingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.found_runtime {
            true => f.write_str("blocking work panicked, or its runtime shut down"),
            false => NoRuntime.fmt(f),
        }
    }
}

impl std::error::Error for BlockingError {}

#[cfg(all(test, feature = "tokio"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn blocking_work_gives_its_result_or_an_error() {
        assert_eq!(spawn_blocking(|| 1 + 1).await.unwrap(), 2);
        let error = spawn_blocking(|| -> u8 { panic!("on purpose") }).await.unwrap_err();
        assert_eq!(error.to_string(), "blocking work panicked, or its runtime shut down");
    }
}
