//! Reading an owned [`Value`], as dynamic records hold it.

use std::borrow::Cow;

use super::{Cell, Raw, Reader, Result, Typed};
use crate::{
    DecodeError, Value,
    value::{Date, Interval, Numeric, Time, Timestamp, Timestamptz, Timetz},
};

/// The type of owned values, each of which brings its own.
pub(super) struct Owned;

impl Typed for Owned {
    type Reader<'r> = &'r Value;

    #[inline]
    fn reader<'r>(&'r self, cell: Cell<'r>) -> &'r Value {
        match cell {
            Cell::Owned(value) => value,
            _ => &Value::Null,
        }
    }
}

impl<'r> Reader<'r> for &'r Value {
    fn is_null(&self) -> bool {
        Value::is_null(self)
    }
    fn type_name(&self) -> Cow<'static, str> {
        self.kind().into()
    }
    fn to_value(&self) -> Result<Value> {
        Ok((*self).clone())
    }
    fn bool(&self) -> Result<bool> {
        match self {
            Value::Bool(value) => Ok(*value),
            Value::Int(value @ (0 | 1)) => Ok(*value == 1),
            Value::UInt(value @ (0 | 1)) => Ok(*value == 1),
            _ => self.wrong("a boolean"),
        }
    }
    fn integer(&self) -> Result<i128> {
        match self {
            Value::Int(value) => Ok((*value).into()),
            Value::UInt(value) => Ok((*value).into()),
            _ => self.wrong("an integer"),
        }
    }
    fn float(&self) -> Result<f64> {
        match self {
            Value::Float(value) => Ok(*value),
            Value::Int(_) | Value::UInt(_) => exact_float(self.integer()?),
            _ => self.wrong("a floating point number"),
        }
    }
    fn text(&self) -> Result<&'r str> {
        match self {
            Value::Text(value) => Ok(value),
            _ => self.wrong("text"),
        }
    }
    fn bytes(&self) -> Result<&'r [u8]> {
        match self {
            Value::Bytes(value) => Ok(value),
            _ => self.wrong("bytes"),
        }
    }
    fn numeric(&self) -> Result<Numeric> {
        match self {
            Value::Numeric(value) => Ok(value.clone()),
            Value::Int(value) => Ok((*value).into()),
            Value::UInt(value) => Ok((*value).into()),
            Value::Text(value) => parse(value, "a decimal number"),
            _ => self.wrong("a decimal number"),
        }
    }
    fn date(&self) -> Result<Date> {
        match self {
            Value::Date(value) => Ok(*value),
            Value::Text(value) => parse(value, "a date"),
            _ => self.wrong("a date"),
        }
    }
    fn time(&self) -> Result<Time> {
        match self {
            Value::Time(value) => Ok(*value),
            Value::Text(value) => parse(value, "a time"),
            _ => self.wrong("a time"),
        }
    }
    fn timetz(&self) -> Result<Timetz> {
        match self {
            Value::Timetz(value) => Ok(*value),
            Value::Text(value) => parse(value, "a time with time zone"),
            _ => self.wrong("a time with time zone"),
        }
    }
    fn timestamp(&self) -> Result<Timestamp> {
        match self {
            Value::Timestamp(value) => Ok(*value),
            Value::Text(value) => parse(value, "a timestamp without time zone"),
            _ => self.wrong("a timestamp without time zone"),
        }
    }
    fn timestamptz(&self) -> Result<Timestamptz> {
        match self {
            Value::Timestamptz(value) => Ok(*value),
            Value::Text(value) => parse(value, "a timestamp with time zone"),
            _ => self.wrong("a timestamp with time zone"),
        }
    }
    fn interval(&self) -> Result<Interval> {
        match self {
            Value::Interval(value) => Ok(*value),
            _ => self.wrong("an interval"),
        }
    }
    fn uuid(&self) -> Result<[u8; 16]> {
        match self {
            Value::Uuid(value) => Ok(*value),
            Value::Bytes(value) => uuid_bytes(value),
            Value::Text(value) => uuid_text(value),
            _ => self.wrong("a uuid"),
        }
    }
    fn json(&self) -> Result<Cow<'r, str>> {
        match self {
            Value::Json(value) | Value::Text(value) => Ok(Cow::Borrowed(value)),
            // SQLite's JSON, where it is a number.
            Value::Int(value) => Ok(Cow::Owned(value.to_string())),
            Value::Float(value) => json_number(*value),
            _ => self.wrong("json"),
        }
    }
    fn array(&self) -> Result<Vec<Raw<'r>>> {
        match self {
            Value::Array(values) => Ok(values.iter().map(Raw::from).collect()),
            _ => self.wrong("an array"),
        }
    }
}

/// An integer as a float that is exactly it.
pub(crate) fn exact_float(integer: i128) -> Result<f64> {
    let float = integer as f64;
    if float as i128 == integer { Ok(float) } else { Err(DecodeError::out_of_range(integer, "f64")) }
}

/// A number as JSON writes it.
pub(crate) fn json_number(float: f64) -> Result<Cow<'static, str>> {
    match float.is_finite() {
        true => Ok(Cow::Owned(format!("{float:?}"))),
        false => Err(DecodeError::invalid("JSON", float)),
    }
}

/// A value that its text is.
pub(crate) fn parse<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T> {
    text.parse().map_err(|_| DecodeError::invalid(what, format_args!("{text:?}")))
}

/// A UUID from its 16 bytes.
pub(crate) fn uuid_bytes(bytes: &[u8]) -> Result<[u8; 16]> {
    bytes.try_into().map_err(|_| DecodeError::invalid("a uuid", format_args!("{} bytes", bytes.len())))
}

/// A UUID from text.
pub(crate) fn uuid_text(text: &str) -> Result<[u8; 16]> {
    crate::value::parse_uuid(text).ok_or_else(|| DecodeError::invalid("a uuid", format_args!("{text:?}")))
}
