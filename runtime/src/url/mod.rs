//! Database URLs: what each part means, and what can be wrong with it.

mod parts;
mod redact;
mod scheme;
mod server;
mod sqlite;
#[cfg(test)]
mod tests;

use aio_databases_sql::{Dialect, similar};

pub(crate) use redact::redact;
pub(crate) use server::ServerTarget;
#[cfg(feature = "sqlite")]
pub(crate) use sqlite::Mode;
pub(crate) use sqlite::SqliteTarget;

use crate::{Error, Result, UrlError, UrlProblem, options::Options};
use parts::Parts;

/// A database URL, understood.
#[derive(Clone)]
pub(crate) struct DatabaseUrl {
    scheme: String,
    redacted: String,
    target: Target,
}

/// Where a URL leads.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Target {
    Sqlite(SqliteTarget),
    Server(ServerTarget),
}

impl DatabaseUrl {
    /// Understands a URL: where it leads, and the settings of the pool that it has.
    pub(crate) fn parse(url: &str) -> Result<(Self, Options)> {
        let redacted = redact(url);
        parse(url, &redacted)
            .map_err(|problem| Error::Url(Box::new(UrlError { url: redacted.clone(), problem })))
            .map(|(scheme, target, options)| {
                (DatabaseUrl { scheme, redacted: redacted.clone(), target }, options)
            })
    }

    pub(crate) fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The URL, with `***` in place of the password.
    pub(crate) fn redacted(&self) -> &str {
        &self.redacted
    }

    /// An error about this URL.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn error(&self, problem: UrlProblem) -> Error {
        Error::Url(Box::new(UrlError { url: self.redacted.clone(), problem }))
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn backend(&self) -> Dialect {
        match &self.target {
            Target::Sqlite(_) => Dialect::Sqlite,
            Target::Server(server) => server.backend,
        }
    }
}

fn parse(url: &str, redacted: &str) -> Result<(String, Target, Options), UrlProblem> {
    let parts = Parts::split(url)?;
    let scheme = scheme::find(parts.scheme, redacted)?;
    let mut options = Options::new(scheme.backend);
    let mut target = match scheme.backend {
        Dialect::Sqlite => Target::Sqlite(SqliteTarget::new(&parts, scheme.python_paths)?),
        Dialect::Postgres | Dialect::Mysql => Target::Server(ServerTarget::new(scheme.backend, &parts)?),
    };
    for (name, value) in parts.options()? {
        let bad = |expected: String| UrlProblem::BadOption { option: name.clone(), expected };
        let known = options.set(&name, &value).map_err(bad)?
            || match &mut target {
                Target::Sqlite(target) => target.set(&name, &value).map_err(bad)?,
                Target::Server(target) => target.set(&name, &value).map_err(bad)?,
            };
        if !known {
            return Err(unknown_option(name, &target));
        }
    }
    Ok((parts.scheme.to_owned(), target, options))
}

fn unknown_option(option: String, target: &Target) -> UrlProblem {
    let own = match target {
        Target::Sqlite(_) => sqlite::OPTIONS,
        Target::Server(server) => server.options(),
    };
    let known: Vec<_> = crate::options::POOL_OPTIONS.iter().chain(own).copied().collect();
    let nearest = similar(&option, known.iter().copied());
    // `similar` gives one of `known` back, with the lifetime of the iterator's items.
    let nearest = nearest.and_then(|name| known.iter().copied().find(|known| *known == name));
    UrlProblem::UnknownOption { option, nearest, known }
}
