//! What to measure.

use std::fmt;

use anyhow::{Context, Result, bail};

use crate::memory::Stream;

const USAGE: &str = "usage: runtime [sqlite] [postgres] [mysql] [--case TEXT] [--rounds N] [--seconds N]";

/// What the command line says.
pub(crate) struct Args {
    pub(crate) backends: Vec<Backend>,
    /// Only the cases whose names have this in them.
    case: Option<String>,
    pub(crate) rounds: usize,
    /// How long what is no case of its own lasts: SQLite's ticks, and its soak.
    pub(crate) seconds: u64,
    /// A process of its own that reads a stream.
    pub(crate) stream: Option<Stream>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
    Mysql,
}

impl Args {
    pub(crate) fn read() -> Result<Args> {
        let mut args = Args { backends: Vec::new(), case: None, rounds: 31, seconds: 10, stream: None };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().context(USAGE);
            match word.as_str() {
                // What `cargo bench` adds.
                "--bench" => {}
                "--case" => args.case = Some(value()?),
                "--rounds" => args.rounds = value()?.parse().context(USAGE)?,
                "--seconds" => args.seconds = value()?.parse().context(USAGE)?,
                "--stream" => {
                    args.stream = Some(Stream { backend: Backend::named(&value()?)?, contender: value()? });
                }
                name => args.backends.push(Backend::named(name)?),
            }
        }
        if args.backends.is_empty() {
            args.backends = Backend::ALL.to_vec();
        }
        Ok(args)
    }

    /// Whether a case of this name is to be measured.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.case.as_ref().is_none_or(|case| name.contains(case.as_str()))
    }
}

impl Backend {
    const ALL: [Backend; 3] = [Backend::Sqlite, Backend::Postgres, Backend::Mysql];

    fn named(name: &str) -> Result<Backend> {
        match Backend::ALL.into_iter().find(|backend| backend.to_string() == name) {
            Some(backend) => Ok(backend),
            None => bail!("no backend {name:?}\n{USAGE}"),
        }
    }

    /// Where its server is told to be.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Backend::Sqlite => "AIO_DATABASES_SQLITE_URL",
            Backend::Postgres => "AIO_DATABASES_POSTGRES_URL",
            Backend::Mysql => "AIO_DATABASES_MYSQL_URL",
        }
    }

    /// Where its server's process is told, if it has one.
    pub(crate) fn process(self) -> Option<&'static str> {
        match self {
            Backend::Sqlite => None,
            Backend::Postgres => Some("AIO_DATABASES_POSTGRES_PROCESS"),
            Backend::Mysql => Some("AIO_DATABASES_MYSQL_PROCESS"),
        }
    }

    /// Where its server is; SQLite's file is one of this process, where none is named.
    pub(crate) fn url(self) -> Option<String> {
        let named = std::env::var(self.variable()).ok();
        if self != Backend::Sqlite || named.is_some() {
            return named;
        }
        let file = format!("aio-databases-bench-{}.db", std::process::id());
        Some(format!("sqlite:{}", std::env::temp_dir().join(file).display()))
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Backend::Sqlite => "sqlite",
            Backend::Postgres => "postgres",
            Backend::Mysql => "mysql",
        })
    }
}

/// Removes a SQLite database with what belongs to it.
pub(crate) fn remove_file(url: &str) {
    if let Some(path) = url.strip_prefix("sqlite:") {
        for suffix in ["", "-wal", "-shm"] {
            // What is not there need not be removed.
            let _ = std::fs::remove_file(format!("{path}{suffix}"));
        }
    }
}
