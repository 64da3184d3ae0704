//! Timers on the current runtime.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use pin_project_lite::pin_project;

use crate::{NoRuntime, current};

// Both kinds are held in place: a sleep allocates nothing.
#[cfg(all(feature = "tokio", feature = "smol"))]
pin_project! {
    #[project = KindPin]
    enum Kind {
        Tokio { #[pin] sleep: tokio::time::Sleep },
        Smol { #[pin] timer: smol::Timer },
    }
}
#[cfg(all(feature = "tokio", not(feature = "smol")))]
pin_project! {
    #[project = KindPin]
    enum Kind {
        Tokio { #[pin] sleep: tokio::time::Sleep },
    }
}
#[cfg(all(not(feature = "tokio"), feature = "smol"))]
pin_project! {
    #[project = KindPin]
    enum Kind {
        Smol { #[pin] timer: smol::Timer },
    }
}
#[cfg(not(any(feature = "tokio", feature = "smol")))]
pin_project! {
    #[project = KindPin]
    enum Kind {
        None { never: std::convert::Infallible },
    }
}

pin_project! {
    /// A future that is ready after some time. See [`sleep`].
    pub struct Sleep {
        #[pin]
        kind: Kind,
    }
}

impl Sleep {
    #[cfg(feature = "tokio")]
    pub(crate) fn tokio(sleep: tokio::time::Sleep) -> Sleep {
        Sleep { kind: Kind::Tokio { sleep } }
    }

    #[cfg(feature = "smol")]
    pub(crate) fn smol(timer: smol::Timer) -> Sleep {
        Sleep { kind: Kind::Smol { timer } }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.project().kind.project() {
            #[cfg(feature = "tokio")]
            KindPin::Tokio { sleep } => sleep.poll(cx),
            #[cfg(feature = "smol")]
            KindPin::Smol { timer } => timer.poll(cx).map(|_| ()),
            #[cfg(not(any(feature = "tokio", feature = "smol")))]
            KindPin::None { never } => {
                let _ = cx;
                match *never {}
            }
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").finish_non_exhaustive()
    }
}

/// A future that is ready after `duration`.
///
/// # Panics
///
/// If no runtime is found: see [`current`].
pub fn sleep(duration: Duration) -> Sleep {
    match current() {
        Ok(runtime) => runtime.sleep(duration),
        Err(NoRuntime) => panic!("{NoRuntime}"),
    }
}

/// Limits how long a future may take.
///
/// The future is polled first, and the timer starts only if it is not ready at once.
///
/// # Panics
///
/// When polled, if no runtime is found: see [`current`].
pub fn timeout<F: Future>(duration: Duration, future: F) -> Timeout<F> {
    // Beyond that an `Instant` overflows on some systems.
    const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);
    timeout_at(Instant::now() + duration.min(FAR), future)
}

/// Limits until when a future may run. See [`timeout`].
pub fn timeout_at<F: Future>(deadline: Instant, future: F) -> Timeout<F> {
    Timeout { future, deadline, timer: None }
}

pin_project! {
    /// A future with a time limit. See [`timeout`].
    #[derive(Debug)]
    pub struct Timeout<F> {
        #[pin]
        future: F,
        deadline: Instant,
        #[pin]
        timer: Option<Sleep>,
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        if this.timer.is_none() {
            let left = this.deadline.saturating_duration_since(Instant::now());
            this.timer.set(Some(sleep(left)));
        }
        match this.timer.as_pin_mut() {
            Some(timer) => timer.poll(cx).map(|()| Err(TimedOut)),
            None => Poll::Pending,
        }
    }
}

/// A future did not end within its time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("timed out")
    }
}

impl std::error::Error for TimedOut {}

impl From<TimedOut> for std::io::Error {
    fn from(error: TimedOut) -> std::io::Error {
        std::io::Error::new(std::io::ErrorKind::TimedOut, error)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    async fn limits() {
        assert_eq!(timeout(Duration::ZERO, ready(1)).await, Ok(1));
        assert_eq!(timeout(Duration::from_millis(5), pending::<()>()).await, Err(TimedOut));
        assert_eq!(timeout(Duration::MAX, sleep(Duration::from_millis(1))).await, Ok(()));
    }

    #[cfg(feature = "tokio")]
    #[tokio::test]
    async fn limits_on_tokio() {
        limits().await;
    }

    #[cfg(feature = "smol")]
    #[test]
    fn limits_on_smol() {
        smol::block_on(limits());
    }
}
