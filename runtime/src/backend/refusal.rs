//! Why a backend does not take an argument.

use std::{borrow::Cow, error::Error, fmt};

use crate::{EncodeError, EncodeProblem, Value};

/// Why a value is not sent, as the place says it that writes the value. Which argument it was is added on the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Only PostgreSQL's parameters have types.
    #[cfg(feature = "postgres")]
    WrongType,
    OutOfRange,
    #[cfg(feature = "postgres")]
    Unsupported(Cow<'static, str>),
    /// A [`Value::Invalid`], with its reason.
    Invalid(String),
    /// An element of an array, as text, and what is wrong with it.
    #[cfg(feature = "postgres")]
    Element(Cow<'static, str>, Box<Refusal>),
}

impl Refusal {
    /// What is wrong with an array because of one element.
    #[cfg(feature = "postgres")]
    pub(crate) fn of_element(self, element: &Value) -> Self {
        let given = given(element, &self);
        Refusal::Element(given, Box::new(self))
    }

    /// The whole error: which argument, what was wanted, what was given.
    pub(crate) fn of(self, param: u16, wanted: impl Into<Cow<'static, str>>, value: &Value) -> EncodeError {
        let (given, refusal) = match self {
            #[cfg(feature = "postgres")]
            Refusal::Element(element, refusal) => (format!("an array with {element}").into(), *refusal),
            refusal => (given(value, &refusal), refusal),
        };
        let problem = match refusal {
            Refusal::OutOfRange => EncodeProblem::OutOfRange,
            #[cfg(feature = "postgres")]
            Refusal::Unsupported(what) => EncodeProblem::Unsupported(what),
            Refusal::Invalid(reason) => EncodeProblem::Invalid(reason),
            #[cfg(feature = "postgres")]
            Refusal::WrongType | Refusal::Element(..) => EncodeProblem::WrongType,
        };
        EncodeError { param: param.into(), wanted: wanted.into(), given, problem }
    }
}

/// What a message says of a value: its kind; the value itself where its size is the problem, and it is no text.
fn given(value: &Value, refusal: &Refusal) -> Cow<'static, str> {
    let sized = !matches!(value, Value::Text(_) | Value::Bytes(_) | Value::Json(_) | Value::Array(_));
    match refusal {
        Refusal::OutOfRange if sized => format!("{} {value}", value.kind()).into(),
        _ => value.kind().into(),
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Error for Refusal {}

/// The value that `order` names.
#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlx"))]
pub(crate) fn argument(values: &[Value], index: u16) -> Result<&Value, EncodeError> {
    let index = usize::from(index);
    values.get(index).ok_or_else(|| count(index + 1, values.len()))
}

/// Whether a statement has as many parameters as there are arguments for.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn check_count(wanted: usize, given: usize) -> Result<(), EncodeError> {
    if wanted == given { Ok(()) } else { Err(count(wanted, given)) }
}

/// There are more or fewer arguments than are wanted.
pub(crate) fn count(wanted: usize, given: usize) -> EncodeError {
    EncodeError {
        param: given,
        wanted: wanted.to_string().into(),
        given: given.to_string().into(),
        problem: EncodeProblem::Count,
    }
}
