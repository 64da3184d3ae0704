//! What keeps a pool's idle connections young, and as many as were asked for, while nobody takes one.

use std::{sync::Arc, time::Duration};

use super::{Idle, Pool};
use crate::pool::lease::close_in_background;

/// How often is looked, at most and at least.
const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(30);

/// Looks after a pool until it is closed or dropped. Without a limit on age there is nothing to do.
pub(super) fn start(pool: &Arc<Pool>) {
    let limits = [pool.options.idle_timeout, pool.options.max_lifetime];
    let Some(shortest) = limits.into_iter().flatten().min() else { return };
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    let every = (shortest / 2).clamp(SHORTEST, LONGEST);
    let pool = Arc::downgrade(pool);
    runtime.spawn(async move {
        loop {
            tokio::time::sleep(every).await;
            let Some(pool) = pool.upgrade() else { return };
            if pool.places.is_closed() {
                return;
            }
            for idle in pool.too_old() {
                close_in_background(idle.wire);
            }
            // What cannot be opened now is tried again at the next look, and by whoever needs a connection.
            let _ = pool.fill(0).await;
        }
    });
}

impl Pool {
    /// The idle connections that have become too old, which are idle no more.
    fn too_old(&self) -> Vec<Idle> {
        let now = std::time::Instant::now();
        let mut state = self.state();
        let (old, young) =
            std::mem::take(&mut state.idle).into_iter().partition(|idle| self.is_too_old(idle, now));
        state.idle = young;
        old
    }
}
