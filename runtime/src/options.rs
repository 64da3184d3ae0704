//! What can be chosen of a database beside its URL.

use std::time::Duration;

use crate::Backend;

/// No server has more; and a semaphore has a limit.
pub(crate) const MOST_CONNECTIONS: usize = 100_000;

/// The settings of a database and its pool.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) max_size: usize,
    pub(crate) min_size: usize,
    pub(crate) acquire_timeout: Duration,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) max_lifetime: Option<Duration>,
    pub(crate) slow_query: Option<Duration>,
    pub(crate) in_place: Duration,
    pub(crate) test_before_acquire: bool,
    /// Whether each new session is prepared in a way that a reset would undo: by a hook, or for reading only.
    pub(crate) prepares_sessions: bool,
}

/// How long a connection may take, at most, to be made good again while nobody waits for it.
const MOST_PATIENCE: Duration = Duration::from_secs(5);

impl Options {
    /// How long a connection may take to be made good again while nobody waits for it, and once more to be given up: less
    /// in all than whoever waits for its place in the pool does.
    pub(crate) fn patience(&self) -> Duration {
        (self.acquire_timeout / 4).min(MOST_PATIENCE)
    }

    pub(crate) fn new(backend: Backend) -> Self {
        // A connection to a file does not age, one to a server does.
        let server = backend != Backend::Sqlite;
        Options {
            max_size: 10,
            min_size: 0,
            acquire_timeout: Duration::from_secs(30),
            idle_timeout: server.then_some(Duration::from_secs(10 * 60)),
            max_lifetime: server.then_some(Duration::from_secs(30 * 60)),
            slow_query: Some(Duration::from_secs(1)),
            in_place: Duration::from_micros(500),
            test_before_acquire: false,
            prepares_sessions: false,
        }
    }
}

/// The options of every backend that may stand in a URL's query; those with an underscore left out are the names that
/// `aiomysql` and `aiopg` have.
pub(crate) const POOL_OPTIONS: [&str; 9] = [
    "max_size",
    "min_size",
    "maxsize",
    "minsize",
    "acquire_timeout",
    "idle_timeout",
    "max_lifetime",
    "slow_query",
    "in_place",
];

impl Options {
    /// Takes an option of a URL. `Ok(false)`: it is none of these. The error says what the option takes.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<bool, String> {
        match name {
            "max_size" | "maxsize" => {
                self.max_size =
                    size(value).filter(|size| *size > 0).ok_or("a number of connections, at least 1")?;
            }
            "min_size" | "minsize" => self.min_size = size(value).ok_or("a number of connections")?,
            "acquire_timeout" => self.acquire_timeout = seconds(value).ok_or("a number of seconds")?,
            "idle_timeout" => self.idle_timeout = seconds_or_never(value)?,
            "max_lifetime" => self.max_lifetime = seconds_or_never(value)?,
            "in_place" => self.in_place = seconds(value).ok_or("a number of seconds, such as 0.0005")?,
            "slow_query" => self.slow_query = seconds_or_never(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn size(value: &str) -> Option<usize> {
    value.parse().ok().filter(|size| *size <= MOST_CONNECTIONS)
}

fn seconds(value: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(value.parse().ok()?).ok()
}

fn seconds_or_never(value: &str) -> Result<Option<Duration>, &'static str> {
    match value {
        "never" | "none" => Ok(None),
        value => seconds(value).map(Some).ok_or("a number of seconds, or `never`"),
    }
}
