//! What can go wrong on a connection.

use std::{fmt, io};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The server's own error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerError {
    /// The number, such as 1062 for a duplicate key.
    pub code: u16,
    /// The SQLSTATE, or `HY000` if the server sent none.
    pub sqlstate: [u8; 5],
    /// The message, in the server's language.
    pub message: String,
}

impl ServerError {
    /// The SQLSTATE as text.
    pub fn sqlstate(&self) -> &str {
        std::str::from_utf8(&self.sqlstate).unwrap_or("HY000")
    }

    /// Whether the statement cannot be prepared; it has not run (error 1295).
    pub fn is_not_preparable(&self) -> bool {
        self.code == 1295
    }

    /// Whether the server closes the connection after it: it shuts down, the connection was killed or was idle for too long, or a
    /// packet was lost.
    pub fn ends_the_connection(&self) -> bool {
        matches!(self.code, 1053 | 1152..=1161 | 1184 | 1835 | 1927 | 3169 | 4031)
    }

    /// Whether the statement was stopped by `kill query` or a time limit.
    pub fn is_interrupted(&self) -> bool {
        matches!(self.code, 1317 | 1969 | 3024)
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (error {}, SQLSTATE {})", self.message, self.code, self.sqlstate())
    }
}

impl std::error::Error for ServerError {}

/// An error of a connection.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The server rejected the command. The connection can be used on.
    Server(Box<ServerError>),
    /// The connection was lost.
    Io(io::Error),
    /// The server sent something that the protocol does not allow. The connection is broken.
    Protocol(std::borrow::Cow<'static, str>),
    /// Encryption could not be set up.
    Tls(Box<dyn std::error::Error + Send + Sync>),
    /// The server asked for an authentication that this client does not do, or not on this connection.
    Authentication(String),
    /// The time to connect was up.
    TimedOut,
    /// A setting is not valid.
    Config(String),
    /// The caller could not encode an argument. Nothing was sent.
    Bind(Box<dyn std::error::Error + Send + Sync>),
    /// The statement has another number of parameters. Nothing was sent.
    ParameterCount {
        /// The number of parameters in the statement.
        expected: usize,
        /// The number of arguments.
        given: usize,
    },
    /// The command is longer than the server's `max_allowed_packet`. Nothing was sent.
    TooLong {
        /// The command's length in bytes.
        length: usize,
        /// The server's limit in bytes.
        limit: usize,
    },
    /// More is left of an earlier command than may be read to its end: cancel the command, or close the connection.
    Outstanding,
    /// A cancellation of this connection's statement is still under way: wait for it, or close the connection.
    Cancelling,
    /// The server that answered is another one, or cannot be identified: nothing was cancelled.
    OtherServer,
    /// An earlier error left the connection in an unknown state: close it.
    Broken,
}

impl Error {
    pub(crate) fn protocol(problem: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Error::Protocol(problem.into())
    }

    /// The server's error, if it is one.
    pub fn server(&self) -> Option<&ServerError> {
        match self {
            Error::Server(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the connection can no longer be used after it.
    pub(crate) fn breaks(&self) -> bool {
        matches!(self, Error::Io(_) | Error::Protocol(_) | Error::Tls(_) | Error::TimedOut | Error::Broken)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Server(error) => error.fmt(f),
            Error::Io(error) => error.fmt(f),
            Error::Protocol(problem) => write!(f, "protocol error: {problem}"),
            Error::Tls(error) => error.fmt(f),
            Error::Authentication(problem) | Error::Config(problem) => f.write_str(problem),
            Error::TimedOut => f.write_str("timed out while connecting"),
            Error::Bind(error) => error.fmt(f),
            Error::ParameterCount { expected, given } => {
                write!(f, "the statement has {expected} parameters, but {given} arguments were given")
            }
            Error::TooLong { length, limit } => {
                write!(
                    f,
                    "the command has {length} bytes, more than the server's max_allowed_packet of {limit}"
                )
            }
            Error::Outstanding => f.write_str("too much is left to read of an earlier command"),
            Error::Cancelling => f.write_str("a statement of this connection is still being cancelled"),
            Error::OtherServer => {
                f.write_str("nothing was cancelled: a new connection does not reach the same server")
            }
            Error::Broken => f.write_str("the connection is broken by an earlier error"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Server(error) => Some(error),
            Error::Io(error) => Some(error),
            Error::Tls(error) | Error::Bind(error) => Some(&**error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}

/// Why no connection came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectProblem {
    /// Wrong user, password or authentication plugin, or no rights to the database.
    Authentication,
    /// There is no such database.
    UnknownDatabase,
    /// The server or the user has too many connections.
    TooManyConnections,
    /// Encryption could not be set up.
    Tls,
    /// The time to connect was up.
    TimedOut,
    /// The server could not be reached, or the connection was lost.
    Io,
    /// The server does not speak the protocol.
    Protocol,
    /// A setting is not valid.
    Config,
    /// Any other error of the server's.
    Other,
}

impl Error {
    /// What an error of [`Connection::connect`](crate::Connection::connect) means.
    pub fn connect_problem(&self) -> ConnectProblem {
        match self {
            Error::Server(error) => match error.code {
                // 1044 is about a database that might exist, but that this user has no rights to.
                // 1130: the host may not connect; 1251, 1524, 3159 and 4151: the plugin; 1862, 1820: an expired password.
                1044 | 1045 | 1130 | 1251 | 1275 | 1524 | 1698 | 1820 | 1862 | 3118 | 3159 | 3955 | 4151 => {
                    ConnectProblem::Authentication
                }
                1049 => ConnectProblem::UnknownDatabase,
                1040 | 1203 | 1226 => ConnectProblem::TooManyConnections,
                _ => ConnectProblem::Other,
            },
            Error::Authentication(_) => ConnectProblem::Authentication,
            Error::Tls(_) => ConnectProblem::Tls,
            Error::TimedOut => ConnectProblem::TimedOut,
            Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => ConnectProblem::TimedOut,
            Error::Io(_) => ConnectProblem::Io,
            Error::Config(_) => ConnectProblem::Config,
            Error::Protocol(_) | Error::Broken => ConnectProblem::Protocol,
            _ => ConnectProblem::Other,
        }
    }
}
