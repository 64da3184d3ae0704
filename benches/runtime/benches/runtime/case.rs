//! One thing that every library does in its own way, and how long each takes.

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + 'a>>;

/// A batch takes at least this long.
const BATCH: Duration = Duration::from_millis(5);
const MOST_STEPS: u32 = 5_000;
/// As many steps come first, and are not measured.
const WARM_UP: u32 = 5;
/// The same for a case whose steps take long, and how many rounds it has at most.
const SLOW: (u32, usize) = (1, 11);

/// A case to be: its connections are opened when its turn comes.
pub(crate) struct Plan {
    pub(crate) name: String,
    make: Box<dyn Fn(Case) -> LocalFuture<'static, Case>>,
}

impl Plan {
    pub(crate) fn new(
        name: impl Into<String>,
        url: &str,
        make: impl AsyncFn(&str, Case) -> Result<Case> + Copy + 'static,
    ) -> Plan {
        let url = url.to_owned();
        let make = Box::new(move |case| {
            let url = url.clone();
            Box::pin(async move { make(&url, case).await }) as LocalFuture<'static, Case>
        });
        Plan { name: name.into(), make }
    }

    pub(crate) async fn case(&self) -> Result<Case> {
        let case = Case { name: self.name.clone(), before: None, slow: false, contenders: Vec::new() };
        (self.make)(case).await.with_context(|| self.name.clone())
    }
}

/// Contenders, the first of which the others are compared with.
pub(crate) struct Case {
    name: String,
    /// What is done before each batch, and not measured.
    before: Option<Box<dyn Batch>>,
    /// Whether a step takes long.
    slow: bool,
    contenders: Vec<Contender>,
}

struct Contender {
    name: &'static str,
    batch: Box<dyn Batch>,
    /// How many steps a batch has.
    steps: u32,
    /// What one step took, by round.
    times: Vec<f64>,
}

/// What a case came to.
pub(crate) struct Outcome {
    pub(crate) name: String,
    pub(crate) contenders: Vec<Measured>,
}

pub(crate) struct Measured {
    pub(crate) name: &'static str,
    /// What one step took, in seconds: the median.
    pub(crate) time: f64,
    /// Its ratio to the first one's.
    pub(crate) ratio: f64,
    /// Half of the distance between the quartiles of the ratios in the same round.
    pub(crate) spread: f64,
}

impl Outcome {
    /// The median of a contender's times.
    pub(crate) fn time(&self, name: &str) -> Option<f64> {
        self.contenders.iter().find(|contender| contender.name == name).map(|contender| contender.time)
    }
}

/// Does something a number of times, and tells how long that took.
trait Batch {
    fn run(&mut self, steps: u32) -> LocalFuture<'_, Duration>;
}

struct Repeat<F>(F);

impl<F: AsyncFnMut() -> Result<()>> Batch for Repeat<F> {
    fn run(&mut self, steps: u32) -> LocalFuture<'_, Duration> {
        Box::pin(async move {
            let started = Instant::now();
            for _ in 0..steps {
                (self.0)().await?;
            }
            Ok(started.elapsed())
        })
    }
}

impl Case {
    pub(crate) fn before(mut self, step: impl AsyncFnMut() -> Result<()> + 'static) -> Self {
        self.before = Some(Box::new(Repeat(step)));
        self
    }

    /// Says that a step takes long: it has fewer rounds.
    pub(crate) fn slow(mut self) -> Self {
        self.slow = true;
        self
    }

    pub(crate) fn add(mut self, name: &'static str, step: impl AsyncFnMut() -> Result<()> + 'static) -> Self {
        self.contenders.push(Contender { name, batch: Box::new(Repeat(step)), steps: 1, times: Vec::new() });
        self
    }

    pub(crate) async fn measure(mut self, rounds: usize) -> Result<Outcome> {
        let (warm_up, rounds) = if self.slow { (SLOW.0, rounds.min(SLOW.1)) } else { (WARM_UP, rounds) };
        for index in 0..self.contenders.len() {
            // The first steps may open connections and prepare statements: they say nothing of those that follow.
            for _ in 0..warm_up {
                self.batch(index).await?;
            }
            // The number of steps grows until a batch is long enough.
            loop {
                let took = self.batch(index).await?;
                let contender = &mut self.contenders[index];
                if took >= BATCH || contender.steps >= MOST_STEPS {
                    break;
                }
                contender.steps = (contender.steps * 2).min(MOST_STEPS);
            }
        }
        for round in 0..rounds {
            for turn in 0..self.contenders.len() {
                // Whoever comes first is another one each time.
                let index = (round + turn) % self.contenders.len();
                let took = self.batch(index).await?;
                let contender = &mut self.contenders[index];
                contender.times.push(took.as_secs_f64() / f64::from(contender.steps));
            }
        }
        Ok(self.outcome())
    }

    async fn batch(&mut self, index: usize) -> Result<Duration> {
        if let Some(before) = &mut self.before {
            before.run(1).await?;
        }
        let Contender { name, batch, steps, .. } = &mut self.contenders[index];
        batch.run(*steps).await.with_context(|| format!("{}: {name}", self.name))
    }

    fn outcome(self) -> Outcome {
        let reference = self.contenders[0].times.clone();
        let [_, first, _] = quartiles(reference.clone());
        let measured = |contender: Contender| {
            let ratios = contender.times.iter().zip(&reference).map(|(time, reference)| time / reference);
            let [low, _, high] = quartiles(ratios.collect());
            let [_, time, _] = quartiles(contender.times);
            Measured { name: contender.name, time, ratio: time / first, spread: (high - low) / 2.0 }
        };
        Outcome { name: self.name, contenders: self.contenders.into_iter().map(measured).collect() }
    }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}
