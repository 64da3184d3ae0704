//! What to measure.

use std::fmt;

use anyhow::{Context, Result, bail};

use crate::memory::Stream;

const USAGE: &str = "usage: runtime [postgres] [mysql] [--case TEXT] [--rounds N]";

/// What the command line says.
pub(crate) struct Args {
    pub(crate) backends: Vec<Backend>,
    /// Only the cases whose names have this in them.
    case: Option<String>,
    pub(crate) rounds: usize,
    /// A process of its own that reads a stream.
    pub(crate) stream: Option<Stream>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Postgres,
    Mysql,
}

impl Args {
    pub(crate) fn read() -> Result<Args> {
        let mut args = Args { backends: Vec::new(), case: None, rounds: 31, stream: None };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().context(USAGE);
            match word.as_str() {
                // What `cargo bench` adds.
                "--bench" => {}
                "--case" => args.case = Some(value()?),
                "--rounds" => args.rounds = value()?.parse().context(USAGE)?,
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
    const ALL: [Backend; 2] = [Backend::Postgres, Backend::Mysql];

    fn named(name: &str) -> Result<Backend> {
        match Backend::ALL.into_iter().find(|backend| backend.to_string() == name) {
            Some(backend) => Ok(backend),
            None => bail!("no backend {name:?}\n{USAGE}"),
        }
    }

    /// Where its server is told to be.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Backend::Postgres => "AIO_DATABASES_POSTGRES_URL",
            Backend::Mysql => "AIO_DATABASES_MYSQL_URL",
        }
    }

    /// Where its server is.
    pub(crate) fn url(self) -> Option<String> {
        std::env::var(self.variable()).ok()
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Backend::Postgres => "postgres",
            Backend::Mysql => "mysql",
        })
    }
}
