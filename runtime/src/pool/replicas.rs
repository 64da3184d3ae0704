//! The replicas of a database: which of them a connection is taken from.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;

use crate::{ConnectProblem, Error, Result, pool::endpoint::Endpoint, pool::lease::Lease};

/// How long a replica is left out after it has failed; twice as long each time that it fails again.
const FIRST: Duration = Duration::from_secs(1);

/// How long it is left out at most.
const LONGEST: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct Replicas {
    all: Vec<Replica>,
    /// Whose turn it is among those that are equally busy.
    turn: AtomicUsize,
}

struct Replica {
    endpoint: Endpoint,
    health: Arc<Health>,
}

/// How busy a replica is, and whether it answers.
#[derive(Debug, Default)]
struct Health {
    busy: AtomicUsize,
    /// Whether it did not answer the last time: told apart without the lock.
    has_failed: AtomicBool,
    failures: Mutex<Failures>,
}

#[derive(Debug, Default)]
struct Failures {
    /// How often it was left out since it last answered.
    count: u32,
    /// Until when it is left out.
    until: Option<Instant>,
}

impl Replicas {
    pub(crate) fn new(endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        let all =
            endpoints.into_iter().map(|endpoint| Replica { endpoint, health: Arc::default() }).collect();
        Replicas { all, turn: AtomicUsize::new(0) }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Endpoint> {
        self.all.iter().map(|replica| &replica.endpoint)
    }

    /// Makes their pools. One that can't be reached is left out until it can.
    pub(crate) async fn connect(&self) -> Result<()> {
        try_join_all(self.all.iter().map(Replica::connect)).await.map(drop)
    }

    /// Closes their pools.
    pub(crate) async fn disconnect(&self) -> Result<()> {
        for replica in &self.all {
            replica.endpoint.disconnect().await?;
        }
        Ok(())
    }

    /// A connection to the least busy of those that answer; where none does, the last one's error.
    pub(crate) async fn lease(&self, location: (&'static str, u32)) -> Result<Lease> {
        let mut error = Error::NoReplica;
        for index in self.order(Instant::now()) {
            match self.all[index].lease(location).await {
                Err(refused @ Error::Connect(_)) => error = refused,
                taken => return taken,
            }
        }
        Err(error)
    }

    /// In which order they are asked: those that answer, the least busy first; then those that are left out, in the order in
    /// which they are tried again.
    fn order(&self, now: Instant) -> Vec<usize> {
        let count = self.all.len();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut order: Vec<usize> = (0..count).map(|index| (turn.wrapping_add(index)) % count).collect();
        order.sort_by_cached_key(|&index| {
            let health = &self.all[index].health;
            (health.left_out(now), health.busy.load(Ordering::Relaxed))
        });
        order
    }
}

impl Replica {
    async fn connect(&self) -> Result<()> {
        match self.endpoint.connect(may_come_back).await {
            Err(error) if may_come_back(&error) => {
                self.failed();
                Ok(())
            }
            connected => connected,
        }
    }

    async fn lease(&self, location: (&'static str, u32)) -> Result<Lease> {
        self.health.try_again(Instant::now());
        let busy = Busy::new(&self.health);
        match self.endpoint.lease(location, Some(0)).await {
            Ok(lease) => Ok(lease.of_replica(busy)),
            Err(error) => {
                if matches!(error, Error::Connect(_)) {
                    self.failed();
                }
                Err(error)
            }
        }
    }

    fn failed(&self) {
        self.health.failed(Instant::now());
        tracing::warn!(target: "aio_databases::replica", url = self.endpoint.url.redacted(), "no answer from a replica");
    }
}

/// Whether a replica that can't be connected to may be back later; else it is a mistake in the settings.
fn may_come_back(error: &Error) -> bool {
    let Error::Connect(error) = error else { return false };
    !matches!(
        error.problem(),
        ConnectProblem::Authentication | ConnectProblem::UnknownDatabase | ConnectProblem::Tls
    )
}

impl Health {
    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when it is left out, where that is later than now.
    fn left_out(&self, now: Instant) -> Option<Instant> {
        if !self.has_failed.load(Ordering::Acquire) {
            return None;
        }
        self.failures().until.filter(|until| *until > now)
    }

    fn failed(&self, now: Instant) {
        let mut failures = self.failures();
        // Those who were sent there before it was left out tell nothing new.
        if failures.count == 0 {
            failures.again(now);
            self.has_failed.store(true, Ordering::Release);
        }
    }

    /// Someone finds out whether it is back, if it is time to: the others leave it out until that one knows.
    fn try_again(&self, now: Instant) {
        if self.has_failed.load(Ordering::Acquire) {
            let mut failures = self.failures();
            if failures.until.is_some_and(|until| until <= now) {
                failures.again(now);
            }
        }
    }

    fn answered(&self) {
        if self.has_failed.load(Ordering::Acquire) {
            *self.failures() = Failures::default();
            self.has_failed.store(false, Ordering::Release);
        }
    }
}

impl Failures {
    /// Leaves it out, for longer than the last time.
    fn again(&mut self, now: Instant) {
        let pause = FIRST.saturating_mul(1 << self.count.min(10)).min(LONGEST);
        self.count += 1;
        self.until = Some(now + pause);
    }
}

/// A connection to a replica that is in use.
pub(crate) struct Busy {
    health: Arc<Health>,
}

impl Busy {
    fn new(health: &Arc<Health>) -> Self {
        health.busy.fetch_add(1, Ordering::Relaxed);
        Busy { health: Arc::clone(health) }
    }

    /// A statement has come back, or the connection was lost.
    pub(crate) fn answered(&self, answered: bool) {
        match answered {
            true => self.health.answered(),
            false => self.health.failed(Instant::now()),
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.health.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::{backend::fake::Fake, options::Options, url::DatabaseUrl};

    /// Replicas without a pool, each a fake of its own.
    fn replicas(count: usize) -> (Replicas, Vec<Arc<Fake>>) {
        let fakes: Vec<Arc<Fake>> = (0..count).map(|_| Arc::default()).collect();
        let endpoints = fakes.iter().map(|fake| {
            let (url, _) = DatabaseUrl::parse("sqlite:replica").unwrap();
            let options = Options { pooled: false, ..Options::new(crate::Backend::Sqlite) };
            Endpoint::new(url, Arc::new(options), Arc::new(Arc::clone(fake)))
        });
        (Replicas::new(endpoints.collect::<Vec<_>>()), fakes)
    }

    fn opened(fakes: &[Arc<Fake>]) -> Vec<usize> {
        fakes.iter().map(|fake| fake.opened()).collect()
    }

    #[tokio::test]
    async fn the_least_busy_is_asked_and_equally_busy_ones_in_turn() {
        let (replicas, fakes) = replicas(3);
        let place = ("a.rs", 1);
        let mut held = Vec::new();
        for _ in 0..6 {
            held.push(replicas.lease(place).await.unwrap());
        }
        assert_eq!(opened(&fakes), [2, 2, 2]);
        // The second has one connection less.
        drop(held.remove(
            replicas.all.iter().position(|replica| Arc::strong_count(&replica.health) == 3).unwrap(),
        ));
        held.push(replicas.lease(place).await.unwrap());
        assert_eq!(opened(&fakes).iter().sum::<usize>(), 7);
        assert!(replicas.all.iter().all(|replica| replica.health.busy.load(Ordering::Relaxed) == 2));
        drop(held);
        for _ in 0..3 {
            drop(replicas.lease(place).await.unwrap());
        }
        assert_eq!(opened(&fakes).iter().sum::<usize>(), 10);
        assert!(opened(&fakes).iter().all(|opened| *opened >= 3), "{:?}", opened(&fakes));
    }

    #[test]
    fn one_that_has_failed_is_left_out_for_longer_each_time() {
        let (replicas, _) = replicas(2);
        let start = Instant::now();
        let health = &replicas.all[0].health;
        let left_out = |at: u64| replicas.order(start + Duration::from_secs(at)) == [1, 0];
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        health.busy.fetch_add(0, Ordering::Relaxed);
        replicas.all[1].health.busy.store(5, Ordering::Relaxed);
        assert!(!left_out(0), "the other is busier");
        (0..9).for_each(|_| health.failed(at(0)));
        assert!(left_out(0) && !left_out(1), "a second, however many saw it fail");
        health.try_again(at(1));
        assert!(left_out(1) && left_out(2) && !left_out(3), "the next finds out, the others wait");
        let mut now = 3;
        for pause in [4, 8, 16, 30, 30] {
            health.try_again(at(now));
            health.failed(at(now));
            assert!(left_out(now + pause - 1) && !left_out(now + pause), "{pause}");
            now += pause;
        }
        health.answered();
        assert!(!left_out(now));
        health.failed(at(now));
        assert!(!left_out(now + 1), "it begins anew");
    }

    #[test]
    fn those_left_out_are_asked_last_the_first_to_be_tried_again_first() {
        let (replicas, _) = replicas(3);
        let start = Instant::now();
        replicas.all[2].health.failed(start);
        replicas.all[0].health.failed(start + Duration::from_millis(10));
        for _ in 0..4 {
            assert_eq!(replicas.order(start + Duration::from_millis(20)), [1, 2, 0]);
        }
    }
}
