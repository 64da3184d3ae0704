//! Database URLs: what each part means, and what can be wrong with it.

mod encoding;
mod options;
mod redact;
mod scheme;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(test)]
mod tests;

use aio_databases_sql::similar;

use options::Meaning;
pub(crate) use redact::redact;
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use server::ServerTarget;
#[cfg(feature = "sqlite")]
pub(crate) use sqlite::{Hook, Mode, SqliteTarget};

use crate::{Backend, Error, Result, UrlError, UrlProblem, options::Options};

/// A database URL, understood.
#[derive(Clone)]
pub(crate) struct DatabaseUrl {
    scheme: String,
    backend: Backend,
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

    /// Sets an option as if it were in the URL.
    pub(crate) fn set_option(&mut self, options: &mut Options, name: &str, value: &str) -> Result<()> {
        match set(&mut self.target, options, self.backend, name, value) {
            Ok(true) => {}
            Ok(false) => return Err(self.error(unknown_option(name.to_owned(), self.backend, &self.target))),
            Err(bad) => return Err(self.error(bad.of(name.to_owned()))),
        }
        #[cfg(any(feature = "postgres", feature = "mysql"))]
        if let Target::Server(target) = &self.target {
            self.redacted = target.describe(&self.scheme);
        }
        Ok(())
    }

    fn error(&self, problem: UrlProblem) -> Error {
        Error::Url(Box::new(UrlError { url: self.redacted.clone(), problem }))
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

    pub(crate) fn backend(&self) -> Backend {
        self.backend
    }

    /// That of a replica: it is only read.
    pub(crate) fn of_replica(self, primary: Backend) -> Result<Self> {
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

fn parse(url: &str, redacted: &str) -> Result<(String, Backend, Target, Options), UrlProblem> {
    let (name, rest) = scheme::split(url)?;
    let scheme = scheme::find(name, redacted)?;
    let (mut target, query) = match scheme.backend {
        #[cfg(feature = "sqlite")]
        Backend::Sqlite => {
            let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
            (Target::Sqlite(SqliteTarget::new(path, scheme.python_paths)?), query.to_owned())
        }
        #[cfg(feature = "postgres")]
        Backend::Postgres => server::parse(Backend::Postgres, name, rest)?,
        #[cfg(feature = "mysql")]
        Backend::Mysql => server::parse(Backend::Mysql, name, rest)?,
        #[allow(unreachable_patterns)]
        _ => (Target::Missing, String::new()),
    };
    let mut options = Options::new(scheme.backend);
    if matches!(target, Target::Missing) {
        return Ok((name.to_owned(), scheme.backend, target, options));
    }
    let mut after_secret = false;
    for (name, value) in encoding::options(&query)? {
        match set(&mut target, &mut options, scheme.backend, &name, &value) {
            Ok(true) => after_secret = redact::is_secret(&name),
            // An unencoded `&` in a password: the rest of it is not shown.
            Ok(false) if after_secret => {
                return Err(UrlProblem::Malformed(
                    "the option after the password is unknown (in a password, write `&` as `%26`)".to_owned(),
                ));
            }
            Ok(false) => return Err(unknown_option(name, scheme.backend, &target)),
            Err(bad) => return Err(bad.of(name)),
        }
    }
    Ok((name.to_owned(), scheme.backend, target, options))
}

/// What is wrong with an option.
enum Bad {
    /// It takes something else.
    Value(String),
    /// It is not supported: what to do instead.
    Option(&'static str),
}

impl Bad {
    fn of(self, option: String) -> UrlProblem {
        match self {
            Bad::Value(expected) => UrlProblem::BadOption { option, expected },
            Bad::Option(instead) => UrlProblem::Unsupported { option, instead: instead.to_owned() },
        }
    }
}

impl From<String> for Bad {
    fn from(expected: String) -> Self {
        Bad::Value(expected)
    }
}

/// Takes an option. `Ok(false)`: there is none of this name.
fn set(
    target: &mut Target,
    options: &mut Options,
    backend: Backend,
    name: &str,
    value: &str,
) -> Result<bool, Bad> {
    // As sqlx has them: `options[search_path]=shop`.
    if let (Backend::Postgres, Some(setting)) =
        (backend, name.strip_prefix("options[").and_then(|rest| rest.strip_suffix(']')))
    {
        return target.set_setting(setting, value).map(|()| true).map_err(Bad::Value);
    }
    let Some(known) = options::find(backend, name) else {
        let is_pools = crate::options::POOL_OPTIONS.contains(&name);
        return Ok(if is_pools { options.set(name, value)? } else { target.set(name, value)? });
    };
    match known.meaning {
        Meaning::Alias(name) => return set(target, options, backend, name, value),
        Meaning::Instead(instead) => return Err(Bad::Option(instead)),
        Meaning::AsItIs(values, instead) => {
            let is_so = values.is_empty() || values.contains(&value.to_ascii_lowercase().as_str());
            return if is_so { Ok(true) } else { Err(Bad::Option(instead)) };
        }
        Meaning::Pool => return Ok(options.set(known.name, value)?),
        Meaning::Own(kind) => target.set_own(known.name, kind.read(value)?)?,
        Meaning::Schema => target.set_schema(value),
    }
    Ok(true)
}

impl Target {
    /// Takes an option that is not in the table. `Ok(false)`: there is none of this name. The error says what the option takes.
    fn set(&mut self, _name: &str, _value: &str) -> Result<bool, String> {
        match self {
            #[cfg(feature = "sqlite")]
            Target::Sqlite(target) => target.set(_name, _value),
            #[allow(unreachable_patterns)]
            _ => Ok(false),
        }
    }

    /// Takes an option of the server's own, whose value was checked.
    fn set_own(&mut self, _name: &'static str, _value: String) -> Result<(), String> {
        match self {
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            Target::Server(target) => target.set(_name, _value),
            #[allow(unreachable_patterns)]
            _ => Ok(()),
        }
    }

    /// PostgreSQL: a setting of the session.
    fn set_setting(&mut self, _name: &str, _value: &str) -> Result<(), String> {
        match self {
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            Target::Server(target) => target.set_setting(_name, _value),
            #[allow(unreachable_patterns)]
            _ => Ok(()),
        }
    }

    fn set_schema(&mut self, _schema: &str) {
        match self {
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            Target::Server(target) => target.set_schema(_schema),
            #[allow(unreachable_patterns)]
            _ => {}
        }
    }

    /// The options that only this backend has and that are not in the table.
    fn options(&self) -> &'static [&'static str] {
        match self {
            #[cfg(feature = "sqlite")]
            Target::Sqlite(_) => sqlite::OPTIONS,
            #[allow(unreachable_patterns)]
            _ => &[],
        }
    }
}

fn unknown_option(option: String, backend: Backend, target: &Target) -> UrlProblem {
    let pool = crate::options::POOL_OPTIONS.iter().chain(target.options()).copied();
    let known: Vec<_> = pool.clone().chain(options::own(backend)).collect();
    let names: Vec<_> = pool.chain(options::names(backend)).collect();
    let lower = option.to_ascii_lowercase();
    let nearest = similar(&lower, names.iter().copied());
    // `similar` returns one of `names`, with the lifetime of the iterator's items.
    let nearest = nearest.and_then(|name| names.iter().copied().find(|known| *known == name));
    UrlProblem::UnknownOption { option, nearest, known }
}
