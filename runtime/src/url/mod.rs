//! Database URLs: what each part means, and what can be wrong with it.

mod encoding;
mod redact;
mod scheme;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(test)]
mod tests;

use aio_databases_sql::{Dialect, similar};

pub(crate) use redact::redact;
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use server::ServerTarget;
#[cfg(feature = "sqlite")]
pub(crate) use sqlite::{Hook, Mode, SqliteTarget};

use crate::{Error, Result, UrlError, UrlProblem, options::Options};

/// A database URL, understood.
#[derive(Clone)]
pub(crate) struct DatabaseUrl {
    scheme: String,
    backend: Dialect,
    redacted: String,
    target: Target,
}

/// Where a URL leads.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Target {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteTarget),
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    Server(ServerTarget),
    /// To a backend that was not compiled in: what follows the scheme was not looked at.
    Missing,
}

impl DatabaseUrl {
    /// Understands a URL: where it leads, and the settings of the pool that it has. Blanks and line breaks around it,
    /// as files of settings have them, are no part of it.
    pub(crate) fn parse(url: &str) -> Result<(Self, Options)> {
        let url = url.trim();
        let redacted = redact(url);
        parse(url, &redacted)
            .map_err(|problem| Error::Url(Box::new(UrlError { url: redacted.clone(), problem })))
            .map(|(scheme, backend, target, options)| {
                (DatabaseUrl { scheme, backend, redacted: redacted.clone(), target }, options)
            })
    }

    pub(crate) fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The URL, with `***` in place of the password.
    pub(crate) fn redacted(&self) -> &str {
        &self.redacted
    }

    /// An option whose value is not what is expected.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn bad_option(&self, (option, expected): (&str, &str)) -> Error {
        let problem = UrlProblem::BadOption { option: option.to_owned(), expected: expected.to_owned() };
        Error::Url(Box::new(UrlError { url: self.redacted.clone(), problem }))
    }

    /// Where a URL of SQLite's leads, to be changed.
    #[cfg(feature = "sqlite")]
    pub(crate) fn sqlite(&mut self) -> Option<&mut SqliteTarget> {
        match &mut self.target {
            Target::Sqlite(target) => Some(target),
            #[allow(unreachable_patterns)]
            _ => None,
        }
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn backend(&self) -> Dialect {
        self.backend
    }

    /// That of a replica: it is only read.
    pub(crate) fn of_replica(self, primary: Dialect) -> Result<Self> {
        if self.backend != primary {
            let what = format!(
                "it is {}, but what it is to be a replica of is {}",
                self.backend.title(),
                primary.title()
            );
            return Err(Error::Url(Box::new(UrlError {
                url: self.redacted,
                problem: UrlProblem::Malformed(what),
            })));
        }
        #[cfg(feature = "sqlite")]
        if let Target::Sqlite(target) = self.target {
            return Ok(DatabaseUrl { target: Target::Sqlite(target.of_replica()), ..self });
        }
        Ok(self)
    }
}

fn parse(url: &str, redacted: &str) -> Result<(String, Dialect, Target, Options), UrlProblem> {
    let (name, rest) = scheme::split(url)?;
    let scheme = scheme::find(name, redacted)?;
    let (mut target, query) = match scheme.backend {
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => {
            let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
            (Target::Sqlite(SqliteTarget::new(path, scheme.python_paths)?), query.to_owned())
        }
        #[cfg(feature = "postgres")]
        Dialect::Postgres => server::parse(Dialect::Postgres, name, rest)?,
        #[cfg(feature = "mysql")]
        Dialect::Mysql => server::parse(Dialect::Mysql, name, rest)?,
        #[allow(unreachable_patterns)]
        _ => (Target::Missing, String::new()),
    };
    let mut options = Options::new(scheme.backend);
    for (name, value) in encoding::options(&query)? {
        let bad = |expected: String| UrlProblem::BadOption { option: name.clone(), expected };
        let known = options.set(&name, &value).map_err(bad)? || target.set(&name, &value).map_err(bad)?;
        if !known {
            return Err(unknown_option(name, &target));
        }
    }
    Ok((name.to_owned(), scheme.backend, target, options))
}

impl Target {
    /// Takes an option. `Ok(false)`: there is none of this name. The error says what the option takes.
    fn set(&mut self, name: &str, value: &str) -> Result<bool, String> {
        match self {
            #[cfg(feature = "sqlite")]
            Target::Sqlite(target) => target.set(name, value),
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            Target::Server(target) => target.set(name, value),
            Target::Missing => Ok(false),
        }
    }

    /// The options that only this backend has.
    fn options(&self) -> &'static [&'static str] {
        match self {
            #[cfg(feature = "sqlite")]
            Target::Sqlite(_) => sqlite::OPTIONS,
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            Target::Server(target) => target.options(),
            Target::Missing => &[],
        }
    }
}

fn unknown_option(option: String, target: &Target) -> UrlProblem {
    let known: Vec<_> = crate::options::POOL_OPTIONS.iter().chain(target.options()).copied().collect();
    let nearest = similar(&option, known.iter().copied());
    // `similar` gives one of `known` back, with the lifetime of the iterator's items.
    let nearest = nearest.and_then(|name| known.iter().copied().find(|known| *known == name));
    UrlProblem::UnknownOption { option, nearest, known }
}
