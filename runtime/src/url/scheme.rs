//! The names of backends in URLs.

use aio_databases_sql::similar;

use crate::{Backend, UrlProblem};

/// A name that a URL may begin with.
pub(super) struct Scheme {
    name: &'static str,
    pub(super) backend: Backend,
    /// Whether a path is read as the Python package reads it: one `/` less.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
    pub(super) python_paths: bool,
}

const fn scheme(name: &'static str, backend: Backend) -> Scheme {
    Scheme { name, backend, python_paths: false }
}

/// The known names; each may have `+pool` at its end.
const SCHEMES: [Scheme; 11] = [
    scheme("sqlite", Backend::Sqlite),
    scheme("postgres", Backend::Postgres),
    scheme("postgresql", Backend::Postgres),
    scheme("mysql", Backend::Mysql),
    scheme("mariadb", Backend::Mysql),
    Scheme { name: "aiosqlite", backend: Backend::Sqlite, python_paths: true },
    scheme("asyncpg", Backend::Postgres),
    scheme("aiopg", Backend::Postgres),
    scheme("aiomysql", Backend::Mysql),
    scheme("triopg", Backend::Postgres),
    scheme("trio-mysql", Backend::Mysql),
];

/// The names that other programs have, and what to write here.
const INSTEAD: [(&str, &str); 7] = [
    ("aioodbc", "ODBC is not supported yet; for these databases write `postgres:`, `mysql:` or `sqlite:`"),
    ("odbc", "ODBC is not supported yet; for these databases write `postgres:`, `mysql:` or `sqlite:`"),
    ("jdbc", "leave out `jdbc:`"),
    ("file", "write `sqlite:` and the file's path"),
    ("sqlite3", "write `sqlite:`"),
    ("cockroachdb", "write `postgres:`"),
    ("prisma", "this URL is Prisma's own; take the direct one, which begins with `postgres:` or `mysql:`"),
];

/// The scheme as written, and what follows its colon.
pub(super) fn split(url: &str) -> Result<(&str, &str), UrlProblem> {
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
    match url.split_once(':') {
        Some((scheme, rest)) if !scheme.is_empty() && scheme.chars().all(named) => Ok((scheme, rest)),
        _ => Err(UrlProblem::NoScheme),
    }
}

pub(super) fn find(written: &str, url: &str) -> Result<&'static Scheme, UrlProblem> {
    let lower = written.to_ascii_lowercase();
    let name = lower.strip_suffix("+pool").unwrap_or(&lower);
    if let Some(scheme) = SCHEMES.iter().find(|scheme| scheme.name == name) {
        return Ok(scheme);
    }
    let unsupported = |instead: String| UrlProblem::UnsupportedScheme { scheme: written.to_owned(), instead };
    let first = name.split('+').next().unwrap_or_default();
    if let Some((_, instead)) = INSTEAD.iter().find(|(other, _)| *other == first) {
        return Err(unsupported((*instead).to_owned()));
    }
    // As SQLAlchemy names a driver: `postgresql+asyncpg:`.
    if first != name && SCHEMES.iter().any(|scheme| scheme.name == first) {
        return Err(unsupported(format!("write `{first}:`")));
    }
    // `localhost:5432/name`, `C:\data.db`
    if written.len() == 1 || !url.contains("//") && !is_like_a_scheme(name) {
        return Err(UrlProblem::NoScheme);
    }
    let nearest = similar(name, SCHEMES.iter().map(|scheme| scheme.name));
    Err(UrlProblem::UnknownScheme {
        scheme: written.to_owned(),
        nearest: nearest
            .and_then(|name| SCHEMES.iter().map(|scheme| scheme.name).find(|known| *known == name)),
        known: SCHEMES.iter().map(|scheme| scheme.name).collect(),
    })
}

fn is_like_a_scheme(name: &str) -> bool {
    similar(name, SCHEMES.iter().map(|scheme| scheme.name)).is_some()
}
