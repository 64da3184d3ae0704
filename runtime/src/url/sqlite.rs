//! Where a SQLite URL leads. By hand: `sqlite::memory:`, `sqlite:a b.db` and Windows' paths are no URLs of the web's standard.

use std::{fmt, sync::Arc, time::Duration};

use super::encoding::decode;
use crate::UrlProblem;

/// A SQLite database: a file or memory, and how it is opened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SqliteTarget {
    /// The file. Empty for memory.
    pub(crate) path: String,
    pub(crate) mode: Mode,
    /// Whether `sqlite:///path` made the path absolute, where others read it as relative.
    pub(crate) three_slashes: bool,
    /// How long to wait for the write lock; none where the URL does not say.
    pub(crate) busy_timeout: Option<Duration>,
    /// Pragmas and their values, run on each new connection.
    pub(crate) pragmas: Vec<(&'static str, String)>,
    pub(crate) hook: Hook,
}

/// What the user does with each new connection of `rusqlite`'s.
#[derive(Clone, Default)]
pub(crate) struct Hook(pub(crate) Option<Arc<SqliteInit>>);

/// The same, as it is written.
pub(crate) type SqliteInit = dyn Fn(&rusqlite::Connection) -> rusqlite::Result<()> + Send + Sync;

impl Hook {
    pub(crate) fn run(&self, connection: &rusqlite::Connection) -> rusqlite::Result<()> {
        self.0.as_ref().map_or(Ok(()), |hook| hook(connection))
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "some" } else { "none" })
    }
}

impl PartialEq for Hook {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// For reading alone.
    ReadOnly,
    /// For reading and writing; it must be there.
    ReadWrite,
    /// For reading and writing; it is created where it is not there.
    Create,
    /// In memory.
    Memory,
}

pub(super) const OPTIONS: &[&str] = &["mode", "busy_timeout", "foreign_keys", "journal_mode", "synchronous"];

/// The pragmas that are options, and the values that they take.
const PRAGMAS: [(&str, &[&str]); 3] = [
    ("foreign_keys", &["on", "off", "true", "false", "1", "0"]),
    ("journal_mode", &["wal", "delete", "truncate", "persist", "memory", "off"]),
    ("synchronous", &["off", "normal", "full", "extra"]),
];

impl SqliteTarget {
    /// `path`: what stands between the scheme's colon and the options.
    pub(super) fn new(path: &str, python_paths: bool) -> Result<Self, UrlProblem> {
        // In `sqlite://data.db` the file stands where other URLs have a host.
        let three_slashes = path.starts_with("///");
        let mut path = decode(path.strip_prefix("//").unwrap_or(path))?;
        if python_paths && three_slashes {
            path.remove(0);
        }
        let memory = matches!(path.trim_start_matches('/'), ":memory:" | "");
        if memory {
            path.clear();
        }
        Ok(SqliteTarget {
            path,
            mode: if memory { Mode::Memory } else { Mode::Create },
            three_slashes: three_slashes && !python_paths,
            busy_timeout: None,
            pragmas: Vec::new(),
            hook: Hook::default(),
        })
    }

    /// That of a replica: it is read, and neither created nor changed.
    pub(super) fn of_replica(mut self) -> Self {
        if self.mode == Mode::Create {
            self.mode = Mode::ReadOnly;
        }
        self
    }

    /// What the program says besides the URL, which wins.
    pub(crate) fn set_up(&mut self, pragmas: &[(&'static str, String)], hook: Hook) {
        let of_file = |pragma: &str| pragma == "journal_mode" && self.mode == Mode::ReadOnly;
        self.pragmas.extend(pragmas.iter().filter(|(pragma, _)| !of_file(pragma)).cloned());
        self.hook = hook;
    }

    /// Takes an option. `Ok(false)`: there is none of this name. The error says what the option takes.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let value = value.to_ascii_lowercase();
        match name {
            "mode" => self.mode = self.mode(&value)?,
            "busy_timeout" => {
                let seconds =
                    value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                self.busy_timeout = Some(seconds.ok_or("a number of seconds")?);
            }
            _ => {
                let Some((pragma, values)) = PRAGMAS.iter().find(|(pragma, _)| *pragma == name) else {
                    return Ok(false);
                };
                if !values.contains(&value.as_str()) {
                    return Err(format!("one of {}", crate::error::Listed(values)));
                }
                self.pragmas.push((pragma, value));
            }
        }
        Ok(true)
    }

    fn mode(&mut self, value: &str) -> Result<Mode, String> {
        let mode = match value {
            "ro" => Mode::ReadOnly,
            "rw" => Mode::ReadWrite,
            "rwc" => Mode::Create,
            "memory" => Mode::Memory,
            _ => return Err("one of `ro`, `rw`, `rwc` and `memory`".to_owned()),
        };
        if mode == Mode::Memory {
            self.path.clear();
        }
        // What is in memory is never there before, and never only read.
        Ok(if self.path.is_empty() { Mode::Memory } else { mode })
    }
}
