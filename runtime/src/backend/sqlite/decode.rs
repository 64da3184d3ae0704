//! Reading SQLite's values.
//!
//! A value's type is its own, whatever its column says. Dates and times are text in the forms that SQLite's functions read; an instant
//! or timestamp may also be an integer, the seconds since 1970, or a real, the Julian day, which are SQLite's other two ways to keep
//! one. A decimal may also be an integer or a real, into which SQLite turns it in a column declared so.

use std::borrow::Cow;

use rusqlite::types::ValueRef;

use crate::{
    DecodeError, Raw, Value,
    value::reference::{
        Cell, Plain, Reader, RowSource, Typed, exact_float, json_number, parse, uuid_bytes, uuid_text,
    },
    value::{Date, Numeric, Time, Timestamp, Timestamptz, Timetz},
};

type Result<T, E = DecodeError> = std::result::Result<T, E>;

/// SQLite's only type of columns: each value brings its own.
pub(in crate::backend) struct AnyType;

impl Typed for AnyType {
    type Reader<'r> = Sqlite<'r>;

    #[inline]
    fn reader<'r>(&'r self, cell: Cell<'r>) -> Sqlite<'r> {
        Sqlite(match cell {
            Cell::Integer(value) => ValueRef::Integer(value),
            Cell::Real(value) => ValueRef::Real(value),
            Cell::Text(value) => ValueRef::Text(value),
            Cell::Blob(value) => ValueRef::Blob(value),
            _ => ValueRef::Null,
        })
    }
}

impl RowSource for rusqlite::Row<'_> {
    fn len(&self) -> usize {
        self.as_ref().column_count()
    }

    fn names(&self) -> Vec<String> {
        self.as_ref().column_names().into_iter().map(str::to_owned).collect()
    }

    fn size(&self) -> usize {
        let size = |column| match self.get_ref(column) {
            Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => bytes.len(),
            _ => 8,
        };
        (0..self.len()).map(size).sum()
    }

    #[inline]
    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        let cell = match self.get_ref(column).ok()? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(value) => Cell::Integer(value),
            ValueRef::Real(value) => Cell::Real(value),
            ValueRef::Text(value) => Cell::Text(value),
            ValueRef::Blob(value) => Cell::Blob(value),
        };
        Some(Raw::new(&AnyType, cell))
    }

    #[inline]
    fn plain(&self, column: usize) -> Option<Plain<'_>> {
        match self.get_ref(column) {
            Ok(ValueRef::Null) => Some(Plain::Null),
            Ok(ValueRef::Integer(value)) => Some(Plain::Integer(value)),
            Ok(ValueRef::Real(value)) => Some(Plain::Float(value)),
            Ok(ValueRef::Text(value)) => Some(Plain::Text(value)),
            Ok(ValueRef::Blob(_)) | Err(_) => None,
        }
    }
}

#[derive(Clone)]
pub(in crate::backend) struct Sqlite<'r>(ValueRef<'r>);

/// The seconds of the years 0 to 9999, which are SQLite's.
const SECONDS: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;
/// The milliseconds from noon of Julian day 0 to 1970.
const JULIAN_EPOCH_MILLIS: i64 = 210_866_760_000_000;
/// The Julian day after SQLite's last, 9999-12-31.
const JULIAN_END: f64 = 5_373_484.5;

impl Sqlite<'_> {
    fn instant(&self, what: &'static str) -> Result<Timestamp> {
        match self.0 {
            // A text with an offset is that instant in UTC, as for SQLite's functions.
            ValueRef::Text(_) => parse::<Timestamptz>(self.text()?, what).map(Timestamptz::utc),
            ValueRef::Integer(seconds) if SECONDS.contains(&seconds) => Timestamp::from_seconds(seconds, 0)
                .ok_or_else(|| DecodeError::out_of_range(seconds, "Timestamp")),
            ValueRef::Real(day) if (0.0..JULIAN_END).contains(&day) => {
                let millis = (day * 86_400_000.0).round() as i64 - JULIAN_EPOCH_MILLIS;
                Ok(Timestamp::from_micros(millis * 1_000))
            }
            ValueRef::Integer(seconds) => Err(DecodeError::out_of_range(seconds, "Timestamp")),
            ValueRef::Real(day) => Err(DecodeError::out_of_range(day, "Timestamp")),
            _ => self.wrong(what),
        }
    }
}

impl<'r> Reader<'r> for Sqlite<'r> {
    #[inline]
    fn is_null(&self) -> bool {
        matches!(self.0, ValueRef::Null)
    }

    fn type_name(&self) -> Cow<'static, str> {
        let name = match self.0 {
            ValueRef::Null => "null",
            ValueRef::Integer(_) => "integer",
            ValueRef::Real(_) => "real",
            ValueRef::Text(_) => "text",
            ValueRef::Blob(_) => "blob",
        };
        name.into()
    }

    fn to_value(&self) -> Result<Value> {
        Ok(match self.0 {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(value) => Value::Int(value),
            ValueRef::Real(value) => Value::Float(value),
            ValueRef::Text(_) => Value::Text(self.text()?.into()),
            ValueRef::Blob(value) => Value::Bytes(value.into()),
        })
    }

    fn bool(&self) -> Result<bool> {
        match self.0 {
            ValueRef::Integer(value @ (0 | 1)) => Ok(value == 1),
            ValueRef::Integer(value) => Err(DecodeError::out_of_range(value, "bool")),
            _ => self.wrong("a boolean (0 or 1)"),
        }
    }

    #[inline]
    fn integer(&self) -> Result<i128> {
        match self.0 {
            ValueRef::Integer(value) => Ok(value.into()),
            _ => self.wrong("an integer"),
        }
    }

    #[inline]
    fn float(&self) -> Result<f64> {
        match self.0 {
            ValueRef::Real(value) => Ok(value),
            ValueRef::Integer(value) => exact_float(value.into()),
            _ => self.wrong("a floating point number"),
        }
    }

    #[inline]
    fn text(&self) -> Result<&'r str> {
        match self.0 {
            ValueRef::Text(value) => {
                std::str::from_utf8(value).map_err(|error| DecodeError::invalid("UTF-8 text", error))
            }
            _ => self.wrong("text"),
        }
    }

    #[inline]
    fn bytes(&self) -> Result<&'r [u8]> {
        match self.0 {
            ValueRef::Blob(value) => Ok(value),
            _ => self.wrong("bytes"),
        }
    }

    fn numeric(&self) -> Result<Numeric> {
        match self.0 {
            ValueRef::Integer(value) => Ok(value.into()),
            ValueRef::Real(value) => parse(&value.to_string(), "a decimal number"),
            ValueRef::Text(_) => parse(self.text()?, "a decimal number"),
            _ => self.wrong("a decimal number"),
        }
    }

    fn date(&self) -> Result<Date> {
        match self.0 {
            ValueRef::Text(_) => parse(self.text()?, "a date"),
            _ => self.wrong("a date as text"),
        }
    }

    fn time(&self) -> Result<Time> {
        match self.0 {
            ValueRef::Text(_) => parse(self.text()?, "a time"),
            _ => self.wrong("a time as text"),
        }
    }

    fn timetz(&self) -> Result<Timetz> {
        match self.0 {
            ValueRef::Text(_) => parse(self.text()?, "a time with time zone"),
            _ => self.wrong("a time with time zone as text"),
        }
    }

    fn timestamp(&self) -> Result<Timestamp> {
        self.instant("a timestamp")
    }

    fn timestamptz(&self) -> Result<Timestamptz> {
        self.instant("a timestamp").map(Timestamptz::from_utc)
    }

    fn uuid(&self) -> Result<[u8; 16]> {
        match self.0 {
            ValueRef::Blob(value) => uuid_bytes(value),
            ValueRef::Text(_) => uuid_text(self.text()?),
            _ => self.wrong("a uuid"),
        }
    }

    fn json(&self) -> Result<Cow<'r, str>> {
        match self.0 {
            ValueRef::Text(_) => self.text().map(Cow::Borrowed),
            // A column that is declared `json` makes numbers of text that looks like one.
            ValueRef::Integer(value) => Ok(Cow::Owned(value.to_string())),
            ValueRef::Real(value) => json_number(value),
            _ => self.wrong("json"),
        }
    }
}
