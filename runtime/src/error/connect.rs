//! Why no connection could be made.

use std::{error::Error, fmt, time::Duration};

use super::{DatabaseError, printable::Printable};

/// No connection could be made: to what, and why.
#[derive(Debug)]
pub struct ConnectError {
    /// The database, as a URL without its password.
    pub(crate) target: String,
    pub(crate) problem: ConnectProblem,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) database: Option<Box<DatabaseError>>,
    pub(crate) source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of reasons why no connection can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectProblem {
    /// Nothing listens at this host and port, or at this socket.
    Refused,
    /// There is no such host, or no such file.
    NotFound,
    /// The server does not take this user or password.
    Authentication,
    /// The server has no such database.
    UnknownDatabase,
    /// There was no answer in this time.
    TimedOut(Duration),
    /// The server has no room for one more connection.
    TooMany,
    /// The connection cannot be encrypted as the URL demands.
    Tls,
    /// Anything else; the message says what.
    Other,
}

impl ConnectError {
    /// What to look at where there was no answer, or one of another protocol.
    pub(crate) const OTHER_SERVER: &str =
        "are host and port right, and is it a server of this kind that listens there?";

    /// The database, as a URL without its password.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Why.
    pub fn problem(&self) -> ConnectProblem {
        self.problem
    }

    /// What the server says, if it was the server that refused.
    pub fn database(&self) -> Option<&DatabaseError> {
        self.database.as_deref()
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection to {}: ", self.target)?;
        match self.problem {
            ConnectProblem::Refused => {
                write!(f, "refused: is the server running? ({})", Printable(&self.message))?
            }
            ConnectProblem::NotFound => write!(f, "not found ({})", Printable(&self.message))?,
            ConnectProblem::Authentication => {
                write!(f, "the server does not let this user in ({})", Printable(&self.message))?
            }
            ConnectProblem::UnknownDatabase => {
                write!(f, "the server has no such database ({})", Printable(&self.message))?
            }
            ConnectProblem::TimedOut(time) => write!(f, "no answer in {time:?}")?,
            ConnectProblem::TooMany => {
                write!(f, "the server takes no more connections ({})", Printable(&self.message))?
            }
            ConnectProblem::Tls => write!(f, "it cannot be encrypted ({})", Printable(&self.message))?,
            ConnectProblem::Other => Printable(&self.message).fmt(f)?,
        }
        match &self.help {
            Some(help) => write!(f, "\n  {help}"),
            None => Ok(()),
        }
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.database {
            Some(error) => Some(&**error),
            None => self.source.as_deref().map(|source| source as _),
        }
    }
}
