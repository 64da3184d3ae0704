//! What can go wrong.

use std::{fmt, io};

use aio_databases_net::tls::TlsError;

/// The result of talking to a server.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of a caller's function.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An error of a connection.
///
/// After [`Error::Server`], [`Error::Encode`] and [`Error::ParameterCount`] the connection can be used, unless
/// [`Connection::is_broken`](crate::Connection::is_broken) says otherwise.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The server reported an error.
    Server(Box<ServerError>),
    /// The connection failed.
    Io(io::Error),
    /// The connection is closed, or was given up after an earlier error.
    Closed,
    /// The server sent what the protocol does not allow. The connection is broken.
    Protocol(&'static str),
    /// A parameter could not be encoded. The statement did not run.
    Encode(BoxError),
    /// A statement has another number of parameters than it was given. The statement did not run.
    ParameterCount {
        /// How many it has.
        expected: usize,
        /// How many it was given.
        given: usize,
    },
    /// Another operation was left unfinished: [`recover`](crate::Connection::recover) first.
    Busy,
    /// Not supported by this way of running a statement.
    Unsupported(&'static str),
}

impl Error {
    /// The server's error, if it is one.
    pub fn server(&self) -> Option<&ServerError> {
        match self {
            Error::Server(error) => Some(error),
            _ => None,
        }
    }

    /// The server's SQLSTATE, if it is the server's error.
    pub fn code(&self) -> Option<&str> {
        self.server().map(|error| &*error.code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Server(error) => error.fmt(f),
            Error::Io(error) => write!(f, "the connection failed: {error}"),
            Error::Closed => f.write_str("the connection is closed"),
            Error::Protocol(problem) => write!(f, "unexpected reply from the server: {problem}"),
            Error::Encode(error) => write!(f, "cannot encode a parameter: {error}"),
            Error::ParameterCount { expected, given } => {
                write!(f, "the statement has {expected} parameters, but {given} were given")
            }
            Error::Busy => f.write_str("an earlier operation on the connection has not been finished"),
            Error::Unsupported(what) => write!(f, "not supported here: {what}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Server(error) => Some(&**error),
            Error::Io(error) => Some(error),
            Error::Encode(error) => Some(&**error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        Error::Io(error)
    }
}

/// An error or notice of the server, with the fields that it sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerError {
    /// How severe it is.
    pub severity: Severity,
    /// The SQLSTATE: five characters.
    pub code: String,
    /// What happened, in the server's language.
    pub message: String,
    /// More about it.
    pub detail: Option<String>,
    /// What could help.
    pub hint: Option<String>,
    /// Where in the statement: a character, counted from 1.
    pub position: Option<u32>,
    /// Where in `internal_query`: a character, counted from 1.
    pub internal_position: Option<u32>,
    /// The statement of a function that failed.
    pub internal_query: Option<String>,
    /// The functions that were running.
    pub context: Option<String>,
    /// The schema of what it is about.
    pub schema: Option<String>,
    /// The table.
    pub table: Option<String>,
    /// The column.
    pub column: Option<String>,
    /// The data type.
    pub data_type: Option<String>,
    /// The constraint.
    pub constraint: Option<String>,
    /// The file of the server's source that reported it.
    pub file: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
    /// The function in it.
    pub routine: Option<String>,
}

/// How severe a message of the server is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Severity {
    /// The server crashed: all connections end.
    Panic,
    /// The connection ends.
    Fatal,
    /// The statement failed.
    #[default]
    Error,
    /// A warning.
    Warning,
    /// A notice.
    Notice,
    /// For debugging.
    Debug,
    /// Information that was asked for.
    Info,
    /// For the server's log.
    Log,
}

impl Severity {
    pub(crate) fn parse(text: &str) -> Option<Severity> {
        Some(match text {
            "PANIC" => Severity::Panic,
            "FATAL" => Severity::Fatal,
            "ERROR" => Severity::Error,
            "WARNING" => Severity::Warning,
            "NOTICE" => Severity::Notice,
            "INFO" => Severity::Info,
            "LOG" => Severity::Log,
            debug if debug.starts_with("DEBUG") => Severity::Debug,
            _ => return None,
        })
    }

    /// Whether the server ends the connection.
    pub fn is_fatal(self) -> bool {
        matches!(self, Severity::Fatal | Severity::Panic)
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for ServerError {}

/// Why no connection could be opened.
#[derive(Debug)]
pub struct ConnectError {
    /// What kind of problem it is.
    pub kind: ConnectProblem,
    /// The host that was tried last, as the configuration names it.
    pub host: String,
    /// The problem itself.
    pub source: ConnectSource,
}

/// The kinds of problems when a connection is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectProblem {
    /// The server does not let this user in: wrong or missing password, unknown user, or no rule that allows it.
    Authentication,
    /// There is no such database.
    UnknownDatabase,
    /// The server has no place for another connection.
    TooMany,
    /// TLS failed, or one side does not support it.
    Tls,
    /// It took longer than the connect timeout.
    TimedOut,
    /// The server cannot be reached, or closed the connection.
    Io,
    /// The server sent what the protocol does not allow.
    Protocol,
    /// No server has the role that was asked for (`target_session_attrs`).
    WrongRole,
    /// Another problem, for example a server that is starting up.
    Other,
}

/// The problem that a [`ConnectError`] reports.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectSource {
    /// The server's error.
    Server(Box<ServerError>),
    /// TLS.
    Tls(TlsError),
    /// The connection failed.
    Io(io::Error),
    /// What else is wrong.
    Message(String),
    /// The hook that gives the password failed.
    Password(BoxError),
}

impl ConnectError {
    pub(crate) fn message(kind: ConnectProblem, message: impl Into<String>) -> ConnectError {
        ConnectError { kind, host: String::new(), source: ConnectSource::Message(message.into()) }
    }

    /// The server's error, if it reported one.
    pub fn server(&self) -> Option<&ServerError> {
        match &self.source {
            ConnectSource::Server(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for ConnectError {
    fn from(error: io::Error) -> ConnectError {
        let kind = match error.kind() {
            io::ErrorKind::TimedOut => ConnectProblem::TimedOut,
            _ => ConnectProblem::Io,
        };
        ConnectError { kind, host: String::new(), source: ConnectSource::Io(error) }
    }
}

impl From<TlsError> for ConnectError {
    fn from(error: TlsError) -> ConnectError {
        ConnectError { kind: ConnectProblem::Tls, host: String::new(), source: ConnectSource::Tls(error) }
    }
}

impl From<ServerError> for ConnectError {
    fn from(error: ServerError) -> ConnectError {
        let kind = match &*error.code {
            code if code.starts_with("28") => ConnectProblem::Authentication,
            "3D000" => ConnectProblem::UnknownDatabase,
            "53300" => ConnectProblem::TooMany,
            "08P01" => of_pooler(&error.message),
            _ => ConnectProblem::Other,
        };
        ConnectError { kind, host: String::new(), source: ConnectSource::Server(Box::new(error)) }
    }
}

/// The problem in a message of PgBouncer, which has one code for all, and one language.
fn of_pooler(message: &str) -> ConnectProblem {
    if message.starts_with("database \"") && message.ends_with("does not exist") {
        return ConnectProblem::UnknownDatabase;
    }
    let problems = [
        ("no such user", ConnectProblem::Authentication),
        ("password authentication failed", ConnectProblem::Authentication),
        ("SASL authentication failed", ConnectProblem::Authentication),
        ("no such database", ConnectProblem::UnknownDatabase),
        ("no more connections allowed", ConnectProblem::TooMany),
    ];
    problems
        .iter()
        .find(|(beginning, _)| message.starts_with(beginning))
        .map_or(ConnectProblem::Other, |(_, problem)| *problem)
}

impl From<Error> for ConnectError {
    fn from(error: Error) -> ConnectError {
        match error {
            Error::Server(error) => ConnectError::from(*error),
            Error::Io(error) => ConnectError::from(error),
            Error::Closed => ConnectError::from(io::Error::from(io::ErrorKind::UnexpectedEof)),
            other => ConnectError::message(ConnectProblem::Protocol, other.to_string()),
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.host.is_empty() {
            write!(f, "{}: ", self.host)?;
        }
        match &self.source {
            ConnectSource::Server(error) => error.fmt(f),
            ConnectSource::Tls(error) => error.fmt(f),
            ConnectSource::Io(error) => error.fmt(f),
            ConnectSource::Message(message) => f.write_str(message),
            ConnectSource::Password(error) => write!(f, "cannot get the password: {error}"),
        }
    }
}

impl std::error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.source {
            ConnectSource::Server(error) => Some(&**error),
            ConnectSource::Tls(error) => Some(error),
            ConnectSource::Io(error) => Some(error),
            ConnectSource::Password(error) => Some(&**error),
            ConnectSource::Message(_) => None,
        }
    }
}
