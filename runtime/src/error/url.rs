//! What is wrong with a URL.

use std::fmt;

use super::Listed;

/// A URL that names no database. The URL is shown without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlError {
    /// The URL, without its password.
    pub(crate) url: String,
    pub(crate) problem: UrlProblem,
}

/// What is wrong with a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlProblem {
    /// It does not begin with a scheme and a colon.
    NoScheme,
    /// Its scheme names no backend.
    UnknownScheme {
        /// The scheme.
        scheme: String,
        /// The known scheme that looks most like it, if one does.
        nearest: Option<&'static str>,
        /// Every known scheme.
        known: Vec<&'static str>,
    },
    /// Its scheme is another program's.
    UnsupportedScheme {
        /// The scheme.
        scheme: String,
        /// What to write instead.
        instead: String,
    },
    /// It has an option that is known, but not supported.
    Unsupported {
        /// The option.
        option: String,
        /// What to do instead.
        instead: String,
    },
    /// It has an option that this backend does not have.
    UnknownOption {
        /// The option.
        option: String,
        /// The known option that looks most like it, if one does.
        nearest: Option<&'static str>,
        /// Every option that there is.
        known: Vec<&'static str>,
    },
    /// An option's value makes no sense.
    BadOption {
        /// The option.
        option: String,
        /// What it takes: `a number`.
        expected: String,
    },
    /// Anything else, in words.
    Malformed(String),
}

impl UrlError {
    /// What is wrong.
    pub fn problem(&self) -> &UrlProblem {
        &self.problem
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = &self.url;
        match &self.problem {
            UrlProblem::NoScheme => write!(
                f,
                "{} is not a database URL: it should begin with `sqlite:`, `postgres:` or `mysql:`, as in \
                 `sqlite:data.db` or `postgres://user@localhost/name`",
                if url.is_empty() { "an empty text".to_owned() } else { format!("`{url}`") },
            ),
            UrlProblem::UnknownScheme { scheme, nearest, known } => {
                write!(f, "`{scheme}:` names no database")?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}:`?")?,
                    None => f.write_str(".")?,
                }
                write!(f, " The known schemes are {}", Listed(known))
            }
            UrlProblem::UnsupportedScheme { scheme, instead } => {
                write!(f, "`{scheme}:` is not supported: {instead}")
            }
            UrlProblem::Unsupported { option, instead } => {
                write!(f, "`{url}`: option `{option}`: {instead}")
            }
            UrlProblem::UnknownOption { option, nearest, known } => {
                write!(f, "`{url}`: unknown option `{option}`")?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}`?")?,
                    None => f.write_str(".")?,
                }
                write!(f, " The options are {}", Listed(known))
            }
            UrlProblem::BadOption { option, expected } => write!(f, "`{url}`: `{option}` takes {expected}"),
            UrlProblem::Malformed(what) => write!(f, "`{url}`: {what}"),
        }
    }
}

impl std::error::Error for UrlError {}
