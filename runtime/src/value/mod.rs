//! One SQL value, owned, as arguments and dynamic records hold it.

pub(crate) mod decode;
pub(crate) mod encode;
mod iso;
mod numeric;
pub(crate) mod record;
pub(crate) mod reference;
pub mod sql_types;
mod tables;
mod temporal;
#[cfg(test)]
mod tests;
mod types;

pub use decode::{ColumnError, Decode, DecodeError};
pub use encode::{Encode, EncodeError, EncodeProblem, NotNull};
pub use iso::ParseTemporalError;
pub use numeric::{Numeric, ParseNumericError};
pub use record::{ColumnIndex, Record};
#[doc(hidden)]
pub use reference::AtOnce;
pub use reference::{Raw, Row};
pub use temporal::{Date, Interval, Time, Timestamp, Timestamptz, Timetz};
#[cfg(feature = "json")]
pub use types::Json;

use std::{borrow::Cow, fmt, fmt::Write as _, rc::Rc, sync::Arc};

/// A SQL value that belongs to nobody else. It needs no feature of this crate.
///
/// [`Display`](fmt::Display) writes it for people: `NULL`, `1`, `text`, `2020-01-31 12:00:00`, `[1, 2]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// SQL's null.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer above `i64::MAX`, or one of an unsigned type.
    UInt(u64),
    /// A floating point number.
    Float(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A decimal number.
    Numeric(Numeric),
    /// A day.
    Date(Date),
    /// A time of a day.
    Time(Time),
    /// A time of a day with its offset from UTC.
    Timetz(Timetz),
    /// A day and a time, without zone.
    Timestamp(Timestamp),
    /// An instant.
    Timestamptz(Timestamptz),
    /// Months, days and microseconds.
    Interval(Interval),
    /// A UUID, in its bytes' order as text.
    Uuid([u8; 16]),
    /// JSON, as text.
    Json(String),
    /// An array's elements.
    Array(Vec<Value>),
    /// A Rust value that has no SQL value, with the reason. To send it is an error that says so.
    Invalid(String),
}

impl Value {
    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// What kind of value this is, in words of SQL: `integer`, `text`, `null`.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Int(_) => "integer",
            Value::UInt(_) => "unsigned integer",
            Value::Float(_) => "float",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
            Value::Numeric(_) => "numeric",
            Value::Date(_) => "date",
            Value::Time(_) => "time",
            Value::Timetz(_) => "time with time zone",
            Value::Timestamp(_) => "timestamp",
            Value::Timestamptz(_) => "timestamp with time zone",
            Value::Interval(_) => "interval",
            Value::Uuid(_) => "uuid",
            Value::Json(_) => "json",
            Value::Array(_) => "array",
            Value::Invalid(_) => "invalid value",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("NULL"),
            Value::Bool(value) => value.fmt(f),
            Value::Int(value) => value.fmt(f),
            Value::UInt(value) => value.fmt(f),
            Value::Float(value) => write!(f, "{value:?}"),
            Value::Text(value) | Value::Json(value) | Value::Invalid(value) => value.fmt(f),
            Value::Bytes(value) => {
                f.write_str("\\x")?;
                value.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Value::Numeric(value) => value.fmt(f),
            Value::Date(value) => value.fmt(f),
            Value::Time(value) => value.fmt(f),
            Value::Timetz(value) => value.fmt(f),
            Value::Timestamp(value) => value.fmt(f),
            Value::Timestamptz(value) => value.fmt(f),
            Value::Interval(value) => value.fmt(f),
            Value::Uuid(value) => f.write_str(&uuid_text(value)),
            Value::Array(values) => {
                f.write_char('[')?;
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    value.fmt(f)?;
                }
                f.write_char(']')
            }
        }
    }
}

/// A UUID as text, in its usual form with hyphens.
pub(crate) fn uuid_text(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A UUID from text: 32 hexadecimal digits, with hyphens in their usual places or none.
pub(crate) fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    let mut bytes = [0; 16];
    let mut rest = text.iter();
    for (index, byte) in bytes.iter_mut().enumerate() {
        if text.len() == 36 && matches!(index, 4 | 6 | 8 | 10) && rest.next() != Some(&b'-') {
            return None;
        }
        let mut digit = || char::from(*rest.next()?).to_digit(16);
        *byte = (digit()? * 16 + digit()?) as u8;
    }
    rest.next().is_none().then_some(bytes)
}

macro_rules! from {
    ($($variant:ident($value:ident => $as:expr): $($ty:ty)+;)*) => {$($(
        impl From<$ty> for Value {
            // A row converts each of its types, also the one that needs it not.
            #[allow(clippy::useless_conversion)]
            fn from($value: $ty) -> Self {
                Value::$variant($as)
            }
        }
    )+)*};
}

from! {
    Bool(value => value): bool;
    Int(value => value.into()): i8 i16 i32 i64 u8 u16 u32;
    UInt(value => value): u64;
    Float(value => value.into()): f32 f64;
    Text(value => value.into()): &str String Box<str> Cow<'_, str> char;
    Text(value => value.to_string()): Arc<str> Rc<str>;
    Bytes(value => value.into()): &[u8] Vec<u8> Box<[u8]> Cow<'_, [u8]>;
    Numeric(value => value): Numeric;
    Date(value => value): Date;
    Time(value => value): Time;
    Timetz(value => value): Timetz;
    Timestamp(value => value): Timestamp;
    Timestamptz(value => value): Timestamptz;
    Interval(value => value): Interval;
    Array(value => value): Vec<Value>;
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}
