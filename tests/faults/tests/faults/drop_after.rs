//! A future that is dropped while it waits.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

/// Polls a future until it has waited so many times, and then ends without it: `None`. Each time that it waits is a place where a
/// program may drop it.
pub(crate) struct DropAfter<F> {
    future: Pin<Box<F>>,
    waits: u32,
}

impl<F: Future> DropAfter<F> {
    pub(crate) fn new(future: F, waits: u32) -> Self {
        DropAfter { future: Box::pin(future), waits }
    }
}

impl<F: Future> Future for DropAfter<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.waits == 0 => Poll::Ready(None),
            Poll::Pending => {
                self.waits -= 1;
                Poll::Pending
            }
        }
    }
}
