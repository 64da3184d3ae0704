//! How many wait for something.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts who waits, whatever ends the waiting.
pub(crate) struct Waiter<'a>(&'a AtomicUsize);

impl<'a> Waiter<'a> {
    pub(crate) fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Waiter(count)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
