//! What can be wrong with a value that a server gave.

use std::{borrow::Cow, error::Error, fmt};

/// A value of a row that cannot be read as the Rust type that was asked for.
#[derive(Debug)]
#[non_exhaustive]
pub enum DecodeError {
    /// The value is null, and the Rust type is no `Option`.
    UnexpectedNull,
    /// The value is of another type.
    WrongType {
        /// What was asked for, as people say it: `an integer`, `a date`.
        expected: Cow<'static, str>,
        /// The type of the value, by the server's name of it.
        found: Cow<'static, str>,
    },
    /// The value is of the right kind but does not fit into the Rust type.
    OutOfRange {
        /// The value, as text.
        value: String,
        /// The Rust type.
        target: &'static str,
    },
    /// The bytes or the text are no such value.
    Invalid {
        /// What was to be read: `a date`, `UTF-8 text`.
        what: &'static str,
        /// What is wrong with it, or the text itself.
        found: String,
    },
    /// There is no such column in the row.
    NoSuchColumn {
        /// How many there are.
        columns: usize,
    },
    /// An element of an array is null, and the Rust type of the elements is no `Option`.
    NullElement {
        /// Its place in the array, from 0.
        index: usize,
    },
    /// Something that this library does not read yet.
    Unsupported {
        /// What it is.
        what: Cow<'static, str>,
    },
    /// An error of a [`Decode`](crate::Decode) that the user wrote.
    Other(Box<dyn Error + Send + Sync>),
}

impl DecodeError {
    /// An error of the user's own, for an implementation of [`Decode`](crate::Decode): text or any error.
    pub fn other(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        DecodeError::Other(error.into())
    }

    pub(crate) fn wrong_type(expected: &'static str, found: impl Into<Cow<'static, str>>) -> Self {
        DecodeError::WrongType { expected: expected.into(), found: found.into() }
    }

    pub(crate) fn out_of_range(value: impl fmt::Display, target: &'static str) -> Self {
        DecodeError::OutOfRange { value: value.to_string(), target }
    }

    pub(crate) fn invalid(what: &'static str, found: impl fmt::Display) -> Self {
        DecodeError::Invalid { what, found: found.to_string() }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::UnexpectedNull => f.write_str("the value is null, but the Rust type is no `Option`"),
            DecodeError::WrongType { expected, found } => write!(f, "expected {expected}, found `{found}`"),
            DecodeError::OutOfRange { value, target } => write!(f, "{value} does not fit into `{target}`"),
            DecodeError::Invalid { what, found } => write!(f, "not {what}: {found}"),
            DecodeError::NoSuchColumn { columns } => {
                write!(f, "no such column: the row has {columns}")
            }
            DecodeError::NullElement { index } => write!(
                f,
                "element {index} of the array is null: write the column as \"name: Vec<Option<…>>\" if elements may be null"
            ),
            DecodeError::Unsupported { what } => write!(f, "not supported yet: {what}"),
            DecodeError::Other(error) => error.fmt(f),
        }
    }
}

impl Error for DecodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            DecodeError::Other(error) => error.source(),
            _ => None,
        }
    }
}

/// A [`DecodeError`] and the column that it came from.
#[derive(Debug)]
pub struct ColumnError {
    /// The column's index, from 0.
    pub column: usize,
    /// What is wrong with its value.
    pub error: DecodeError,
}

impl fmt::Display for ColumnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column number {}: {}", self.column + 1, self.error)
    }
}

impl Error for ColumnError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}
