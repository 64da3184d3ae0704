//! Waiter for the lock of another process: on the thread of a connection, never on a caller's.

use std::{
    cell::RefCell,
    thread,
    time::{Duration, Instant},
};

use super::cancel::Cancel;

/// How long to wait for the lock of another process, if nobody says.
pub(super) const DEFAULT: Duration = Duration::from_secs(5);

thread_local! {
    /// For how long statements wait on this thread, and who may stop them; none on a caller's thread.
    static PATIENCE: RefCell<Option<Patience>> = const { RefCell::new(None) };
}

struct Patience {
    time: Duration,
    cancel: Cancel,
    since: Instant,
}

/// Statements wait for locks on this thread, which is a connection's own.
pub(super) fn wait_here(cancel: Cancel) {
    let patience = Patience { time: Duration::ZERO, cancel, since: Instant::now() };
    PATIENCE.with_borrow_mut(|here| *here = Some(patience));
}

/// How long the next statements wait, if they do.
pub(super) fn wait_for(time: Duration) {
    PATIENCE.with_borrow_mut(|here| here.iter_mut().for_each(|patience| patience.time = time));
}

/// SQLite's busy handler: whether it tries again, after waiting. `count`: how often it did.
pub(super) fn handler(count: i32) -> bool {
    PATIENCE.with_borrow_mut(|here| {
        let Some(patience) = here else { return false };
        if count == 0 {
            patience.since = Instant::now();
        }
        let left = patience.time.saturating_sub(patience.since.elapsed());
        if left.is_zero() || patience.cancel.is_to_stop() {
            return false;
        }
        // As SQLite's own does, but for the last ones: whoever cancels is not left waiting.
        const PAUSES: [u64; 6] = [1, 2, 5, 10, 15, 20];
        let pause = usize::try_from(count).ok().and_then(|count| PAUSES.get(count)).unwrap_or(&25);
        thread::sleep(left.min(Duration::from_millis(*pause)));
        true
    })
}
