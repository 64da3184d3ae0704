//! What statements that run on the caller's thread take of its time, and when it is the turn of other tasks.

use std::{cell::Cell, future::poll_fn, task::Poll, time::Duration};

thread_local! {
    /// How long statements have run on this thread since it last was given to other tasks.
    static SPENT: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    static DUE: Cell<bool> = const { Cell::new(false) };
}

/// Something has run here for so long; a task may have the thread for as long as `budget`.
pub(crate) fn add(took: Duration, budget: Duration) {
    let spent = SPENT.get() + took;
    SPENT.set(spent);
    if spent > budget {
        DUE.set(true);
    }
}

/// Whether it is the turn of other tasks. Whoever asks must let them have it.
pub(crate) fn is_due() -> bool {
    let due = DUE.replace(false);
    if due {
        SPENT.set(Duration::ZERO);
    }
    due
}

/// Lets other tasks have the thread, if it is their turn.
pub(crate) async fn wait_if_due() {
    poll_fn(|cx| match is_due() {
        true => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
        false => Poll::Ready(()),
    })
    .await;
}
