//! How full a pool is.

use super::Pool;
use std::sync::atomic::Ordering;

/// How full a pool is at this moment: what [`Database::pool_status`](crate::Database::pool_status) returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStatus {
    /// The most connections that the pool opens.
    pub max_size: usize,
    /// How many connections are open, or being opened for someone.
    pub size: usize,
    /// How many of them nobody uses.
    pub idle: usize,
    /// How many of them are in use. Cleaning up after a cancelled statement counts as use.
    pub in_use: usize,
    /// How many tasks wait for a connection.
    pub waiting: usize,
}

impl Pool {
    pub(crate) fn status(&self) -> PoolStatus {
        let state = self.state();
        let (idle, in_use) = (state.idle.len(), state.holders.iter().flatten().count());
        PoolStatus {
            max_size: self.options.max_size,
            size: idle + in_use,
            idle,
            in_use,
            waiting: self.waiting.load(Ordering::Relaxed),
        }
    }

    /// Tells the meters how full it is.
    pub(super) fn measure(&self) {
        if cfg!(feature = "metrics") {
            let PoolStatus { idle, in_use, waiting, .. } = self.status();
            self.meters.counts(idle, in_use, waiting);
        }
    }
}
