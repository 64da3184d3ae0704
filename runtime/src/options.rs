//! What can be chosen of a database beside its URL.

use std::{fmt, sync::Arc, time::Duration};

use crate::Backend;

use crate::backend::BoxFuture;

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
    /// Whether there is a pool as soon as a connection is asked for.
    pub(crate) pooled: bool,
    /// How long connections in use are waited for when the database is disconnected.
    pub(crate) disconnect_timeout: Duration,
    /// What is asked for the password of each new connection.
    pub(crate) password: Option<PasswordHook>,
    /// PostgreSQL: whether a pooler gives each transaction another session of the server.
    pub(crate) pooler: bool,
    /// How many prepared statements a session keeps. `None`: as many as the driver does by default.
    pub(crate) statement_cache: Option<usize>,
    /// How long it may take to reach one address of a server and to log in.
    pub(crate) connect_timeout: Option<Duration>,
    /// How long a query can take, once it has a connection.
    pub(crate) query_timeout: Option<Duration>,
    /// How long the server lets a statement run.
    pub(crate) statement_timeout: Option<Duration>,
    /// How long the server lets a statement wait for a lock.
    pub(crate) lock_timeout: Option<Duration>,
    /// Whether the server is told that its sessions only read, because it is a replica.
    pub(crate) only_reads: bool,
    /// Whether each new session is prepared in a way that a reset would undo: by a hook, or for reading only.
    pub(crate) prepares_sessions: bool,
}

/// Gives the password of a new connection.
#[derive(Clone)]
pub(crate) struct PasswordHook(pub(crate) Arc<AskPassword>);

type AskPassword = dyn Fn() -> BoxFuture<'static, Result<String, BoxError>> + Send + Sync;

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl PartialEq for PasswordHook {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for PasswordHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHook")
    }
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
            pooled: true,
            disconnect_timeout: Duration::from_secs(10),
            password: None,
            pooler: false,
            statement_cache: None,
            connect_timeout: None,
            query_timeout: None,
            statement_timeout: None,
            lock_timeout: None,
            only_reads: false,
            prepares_sessions: false,
        }
    }
}

/// The options of every backend that may stand in a URL's query; those with an underscore left out are the names that
/// `aiomysql` and `aiopg` have.
pub(crate) const POOL_OPTIONS: [&str; 12] = [
    "max_size",
    "min_size",
    "maxsize",
    "minsize",
    "acquire_timeout",
    "idle_timeout",
    "max_lifetime",
    "slow_query",
    "in_place",
    "test_before_acquire",
    "query_timeout",
    "disconnect_timeout",
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
            "test_before_acquire" => self.test_before_acquire = yes_or_no(value)?,
            "query_timeout" => self.query_timeout = seconds_or_never(value)?.filter(|time| !time.is_zero()),
            "disconnect_timeout" => self.disconnect_timeout = seconds(value).ok_or("a number of seconds")?,
            "pooler" => {
                self.pooler = match value {
                    "transaction" => true,
                    "session" => false,
                    _ => return Err("`transaction` or `session`".to_owned()),
                }
            }
            "pgbouncer" => self.pooler = yes_or_no(value)?,
            "statement_cache_capacity" => {
                let capacity =
                    value.parse().map_err(|_| "a number of statements; 0 means `pooler=transaction`")?;
                self.set_statement_cache(capacity);
            }
            "connect_timeout" => {
                self.connect_timeout = seconds_or_never(value)?.filter(|time| !time.is_zero())
            }
            "statement_timeout" => {
                self.statement_timeout = seconds_or_never(value)?.filter(|time| !time.is_zero())
            }
            "lock_timeout" => self.lock_timeout = seconds_or_never(value)?.filter(|time| !time.is_zero()),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Options {
    /// Without prepared statements, nothing depends on the server's session: other programs ask for pooler mode by this.
    pub(crate) fn set_statement_cache(&mut self, capacity: usize) {
        self.pooler |= capacity == 0;
        self.statement_cache = Some(capacity);
    }
}

fn yes_or_no(value: &str) -> Result<bool, &'static str> {
    match value {
        "true" | "1" | "on" | "yes" => Ok(true),
        "false" | "0" | "off" | "no" => Ok(false),
        _ => Err("`true` or `false`"),
    }
}

fn size(value: &str) -> Option<usize> {
    value.parse().ok().filter(|size| *size <= MOST_CONNECTIONS)
}

/// Seconds, or a number with PostgreSQL's units: `500ms`, `5s`, `2min`, `1h`.
fn seconds(value: &str) -> Option<Duration> {
    let units = [("ms", 0.001), ("min", 60.0), ("s", 1.0), ("h", 3600.0)];
    let with_unit = units.iter().find_map(|(unit, size)| Some((value.strip_suffix(unit)?, *size)));
    let (number, size) = with_unit.unwrap_or((value, 1.0));
    Duration::try_from_secs_f64(number.trim_end().parse::<f64>().ok()? * size).ok()
}

fn seconds_or_never(value: &str) -> Result<Option<Duration>, &'static str> {
    match value {
        "never" | "none" => Ok(None),
        value => seconds(value).map(Some).ok_or("a number of seconds, or `never`"),
    }
}
