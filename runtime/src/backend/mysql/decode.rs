//! Reading MySQL's and MariaDB's values, in the binary format and as text.
//!
//! Dates, times and decimals are also read from columns of text: the server makes text of them if it unites them with something else,
//! as in `coalesce(?, created)`.

use std::borrow::Cow;

use aio_databases_mysql::{Format, Row as DriverRow};

use super::{
    types::{self, Kind, MysqlType},
    wire,
};
use crate::{
    DecodeError, Raw, Value,
    value::reference::{Cell, Plain, Reader, RowSource, Typed, exact_float, parse, uuid_bytes, uuid_text},
    value::{Date, Interval, Numeric, Time, Timestamp, Timestamptz},
};

type Result<T, E = DecodeError> = std::result::Result<T, E>;

/// A row, as it lies in the driver's read buffer.
pub(super) struct MysqlRow<'r>(pub(super) DriverRow<'r>);

impl RowSource for MysqlRow<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn names(&self) -> Vec<String> {
        self.0.columns().iter().map(|column| column.name().to_owned()).collect()
    }

    fn size(&self) -> usize {
        (0..self.0.columns().len()).map(|column| self.0.get(column).map_or(8, <[u8]>::len)).sum()
    }

    #[inline]
    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        let ty = types::of(self.0.columns().get(column)?);
        let cell = match (self.0.get(column), self.0.format()) {
            (None, _) => Cell::Null,
            (Some(bytes), Format::Binary) => Cell::Binary(bytes),
            (Some(bytes), Format::Text) => Cell::Plaintext(bytes),
        };
        Some(Raw::new(ty, cell))
    }

    #[inline]
    fn plain(&self, column: usize) -> Option<Plain<'_>> {
        let ty = types::of(self.0.columns().get(column)?);
        let Some(bytes) = self.0.get(column) else { return Some(Plain::Null) };
        plain(ty, bytes, self.0.format() == Format::Binary)
    }
}

/// A value, if it lies there as it is wanted.
#[inline]
pub(in crate::backend) fn plain<'r>(ty: &MysqlType, bytes: &'r [u8], is_binary: bool) -> Option<Plain<'r>> {
    match ty.kind {
        Kind::Text => Some(Plain::Text(bytes)),
        Kind::Signed if is_binary => signed(bytes).map(Plain::Integer),
        Kind::Unsigned if is_binary => {
            unsigned(bytes).and_then(|value| value.try_into().ok()).map(Plain::Integer)
        }
        Kind::Float if is_binary => float(bytes).map(Plain::Float),
        _ => None,
    }
}

#[inline]
fn signed(bytes: &[u8]) -> Option<i64> {
    match *bytes {
        [a, b, c, d] => Some(i32::from_le_bytes([a, b, c, d]).into()),
        [a, b, c, d, e, f, g, h] => Some(i64::from_le_bytes([a, b, c, d, e, f, g, h])),
        [a] => Some((a as i8).into()),
        [a, b] => Some(i16::from_le_bytes([a, b]).into()),
        _ => None,
    }
}

#[inline]
fn unsigned(bytes: &[u8]) -> Option<u64> {
    match *bytes {
        [a, b, c, d] => Some(u32::from_le_bytes([a, b, c, d]).into()),
        [a, b, c, d, e, f, g, h] => Some(u64::from_le_bytes([a, b, c, d, e, f, g, h])),
        [a] => Some(a.into()),
        [a, b] => Some(u16::from_le_bytes([a, b]).into()),
        _ => None,
    }
}

#[inline]
fn float(bytes: &[u8]) -> Option<f64> {
    match *bytes {
        [a, b, c, d, e, f, g, h] => Some(f64::from_le_bytes([a, b, c, d, e, f, g, h])),
        [a, b, c, d] => Some(f32::from_le_bytes([a, b, c, d]).into()),
        _ => None,
    }
}

/// The value of a `bit` column, which has the highest bits first in both formats.
fn bits(bytes: &[u8]) -> Option<u64> {
    let value = |bits: u64, byte: &u8| bits << 8 | u64::from(*byte);
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, value))
}

impl Typed for MysqlType {
    type Reader<'r> = MysqlValue<'r>;

    #[inline]
    fn reader<'r>(&'r self, cell: Cell<'r>) -> MysqlValue<'r> {
        let (content, is_text) = match cell {
            Cell::Binary(bytes) => (Some(bytes), false),
            Cell::Plaintext(bytes) => (Some(bytes), true),
            _ => (None, false),
        };
        MysqlValue { ty: self, content, is_text }
    }
}

/// One value.
#[derive(Clone, Copy)]
pub(in crate::backend) struct MysqlValue<'r> {
    ty: &'r MysqlType,
    /// `None`: null.
    content: Option<&'r [u8]>,
    /// Whether the value came as text, whatever its type is.
    is_text: bool,
}

impl<'r> MysqlValue<'r> {
    fn some(&self) -> Result<&'r [u8]> {
        self.content.ok_or(DecodeError::UnexpectedNull)
    }

    fn str(&self) -> Result<&'r str> {
        std::str::from_utf8(self.some()?).map_err(|error| DecodeError::invalid("UTF-8 text", error))
    }

    /// A value of a fixed width, or its text.
    fn number<T: std::str::FromStr>(
        &self,
        what: &'static str,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T> {
        if self.is_text {
            return parse(self.str()?, what);
        }
        let bytes = self.some()?;
        read(bytes).ok_or_else(|| DecodeError::invalid(what, format_args!("{} bytes", bytes.len())))
    }

    /// A date or time, in the binary format or as text.
    fn temporal<T: std::str::FromStr>(&self, what: &'static str, read: fn(&[u8]) -> Option<T>) -> Result<T> {
        if self.ty.kind == Kind::Text {
            return parse(self.str()?, what);
        }
        let value = match self.is_text {
            true => self.str()?.parse().ok(),
            false => read(self.some()?),
        };
        match value {
            Some(value) => Ok(value),
            None => Err(self.no_such_day(what)),
        }
    }

    /// The error for a date that the server stores although there is no such day.
    #[cold]
    fn no_such_day(&self, what: &'static str) -> DecodeError {
        let bytes = self.content.unwrap_or_default();
        let day = match self.is_text {
            true => String::from_utf8_lossy(bytes).into_owned(),
            false => {
                let (year, month, day) = wire::read_day(bytes).unwrap_or_default();
                format!("{year:04}-{month:02}-{day:02}")
            }
        };
        let why = if day.starts_with("0000-00-00") {
            "the server stores zero dates if its `sql_mode` lacks `NO_ZERO_DATE`\n  help: select `nullif(column, 0)` to read them as \
             null"
        } else if day.get(4..).is_some_and(|rest| rest.contains("-00")) {
            "the server stores such dates if its `sql_mode` lacks `NO_ZERO_IN_DATE`\n  help: select `cast(column as char)` to read \
             them as text"
        } else {
            "the server stores such dates if its `sql_mode` has `ALLOW_INVALID_DATES`\n  help: select `cast(column as char)` to read \
             them as text"
        };
        DecodeError::invalid(what, format_args!("{day}; {why}"))
    }

    /// A `time` in microseconds.
    fn micros(&self) -> Result<i64> {
        let micros = match self.is_text {
            true => wire::parse_time(self.str()?),
            false => wire::read_time(self.some()?),
        };
        micros.ok_or_else(|| DecodeError::invalid("a time", format_args!("{:?}", self.content)))
    }

    fn signed(&self) -> Result<i64> {
        self.number("an integer", signed)
    }

    fn unsigned(&self) -> Result<u64> {
        match self.ty.kind {
            Kind::Bit => {
                let bytes = self.some()?;
                bits(bytes).ok_or_else(|| DecodeError::invalid("bits", format_args!("{} bytes", bytes.len())))
            }
            _ => self.number("an integer", unsigned),
        }
    }
}

impl<'r> Reader<'r> for MysqlValue<'r> {
    fn is_null(&self) -> bool {
        self.content.is_none()
    }

    fn type_name(&self) -> Cow<'static, str> {
        self.ty.name.into()
    }

    fn to_value(&self) -> Result<Value> {
        if self.is_null() {
            return Ok(Value::Null);
        }
        Ok(match self.ty.kind {
            Kind::Null => Value::Null,
            Kind::Signed => Value::Int(self.signed()?),
            Kind::Unsigned | Kind::Bit => Value::UInt(self.unsigned()?),
            Kind::Float => Value::Float(self.float()?),
            Kind::Decimal => Value::Numeric(self.numeric()?),
            Kind::Date => Value::Date(self.date()?),
            Kind::Time => match self.time() {
                Ok(time) => Value::Time(time),
                Err(_) => Value::Interval(self.interval()?),
            },
            Kind::Timestamp => Value::Timestamptz(self.timestamptz()?),
            Kind::Datetime => Value::Timestamp(self.timestamp()?),
            Kind::Text => Value::Text(self.str()?.into()),
            Kind::Bytes => Value::Bytes(self.some()?.into()),
            Kind::Json => Value::Json(self.str()?.into()),
        })
    }

    fn bool(&self) -> Result<bool> {
        match self.ty.kind {
            Kind::Signed | Kind::Unsigned | Kind::Bit => match self.integer()? {
                value @ (0 | 1) => Ok(value == 1),
                value => Err(DecodeError::out_of_range(value, "bool")),
            },
            _ => self.wrong("a boolean (0 or 1)"),
        }
    }

    #[inline]
    fn integer(&self) -> Result<i128> {
        match self.ty.kind {
            Kind::Signed => self.signed().map(Into::into),
            Kind::Unsigned | Kind::Bit => self.unsigned().map(Into::into),
            _ => self.wrong("an integer"),
        }
    }

    fn float(&self) -> Result<f64> {
        match self.ty.kind {
            Kind::Float => self.number("a floating point number", float),
            Kind::Signed | Kind::Unsigned | Kind::Bit => exact_float(self.integer()?),
            _ => self.wrong("a floating point number"),
        }
    }

    #[inline]
    fn text(&self) -> Result<&'r str> {
        match self.ty.kind {
            Kind::Text => self.str(),
            _ => self.wrong("text"),
        }
    }

    #[inline]
    fn bytes(&self) -> Result<&'r [u8]> {
        match self.ty.kind {
            Kind::Bytes => self.some(),
            _ => self.wrong("bytes"),
        }
    }

    fn numeric(&self) -> Result<Numeric> {
        match self.ty.kind {
            Kind::Decimal | Kind::Text => parse(self.str()?, "a decimal number"),
            Kind::Signed | Kind::Unsigned | Kind::Bit => Ok(self.integer()?.into()),
            _ => self.wrong("a decimal number"),
        }
    }

    fn date(&self) -> Result<Date> {
        match self.ty.kind {
            Kind::Date | Kind::Text => self.temporal("a date", wire::read_date),
            _ => self.wrong("a date"),
        }
    }

    fn time(&self) -> Result<Time> {
        match self.ty.kind {
            Kind::Time => {
                let micros = self.micros()?;
                let nanos = u64::try_from(micros).ok().and_then(|micros| micros.checked_mul(1_000));
                let value = Interval { micros, ..Interval::default() };
                nanos.and_then(Time::from_nanos).ok_or_else(|| DecodeError::out_of_range(value, "Time"))
            }
            Kind::Text => parse(self.str()?, "a time"),
            _ => self.wrong("a time"),
        }
    }

    fn timestamp(&self) -> Result<Timestamp> {
        match self.ty.kind {
            Kind::Datetime | Kind::Timestamp | Kind::Text => {
                self.temporal("a date and time", wire::read_datetime)
            }
            _ => self.wrong("a date and time"),
        }
    }

    fn timestamptz(&self) -> Result<Timestamptz> {
        // The session's zone is UTC.
        self.timestamp().map(Timestamptz::from_utc)
    }

    fn interval(&self) -> Result<Interval> {
        match self.ty.kind {
            Kind::Time => Ok(Interval { micros: self.micros()?, ..Interval::default() }),
            _ => self.wrong("a time"),
        }
    }

    fn uuid(&self) -> Result<[u8; 16]> {
        match self.ty.kind {
            Kind::Bytes => uuid_bytes(self.some()?),
            Kind::Text => uuid_text(self.str()?),
            _ => self.wrong("a uuid"),
        }
    }

    fn json(&self) -> Result<Cow<'r, str>> {
        match self.ty.kind {
            Kind::Json | Kind::Text => self.str().map(Cow::Borrowed),
            _ => self.wrong("json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(ty: &MysqlType, cell: Cell<'_>) -> Result<Value> {
        ty.reader(cell).to_value()
    }

    const fn ty(kind: Kind) -> MysqlType {
        MysqlType { kind, name: "any" }
    }

    #[test]
    fn the_same_value_in_both_formats() {
        let day: [u8; 11] = [0xE8, 7, 2, 29, 12, 34, 56, 0x14, 0x0A, 0x0C, 0];
        let cases: [(Kind, &[u8], &str, Value); 10] = [
            (Kind::Signed, &[0xFF], "-1", Value::Int(-1)),
            (Kind::Signed, &[0, 0x80], "-32768", Value::Int(-32_768)),
            (Kind::Unsigned, &[0xFF; 8], "18446744073709551615", Value::UInt(u64::MAX)),
            (Kind::Unsigned, &[0xE4, 7], "2020", Value::UInt(2020)),
            (Kind::Float, &1.5_f32.to_le_bytes(), "1.5", Value::Float(1.5)),
            (Kind::Decimal, b"1.50", "1.50", Value::Numeric("1.50".parse().unwrap())),
            (Kind::Date, &day[..4], "2024-02-29", Value::Date("2024-02-29".parse().unwrap())),
            (
                Kind::Datetime,
                &day,
                "2024-02-29 12:34:56.789012",
                Value::Timestamp("2024-02-29 12:34:56.789012".parse().unwrap()),
            ),
            (
                Kind::Time,
                &[1, 1, 0, 0, 0, 6, 0, 0],
                "-30:00:00",
                Value::Interval(Interval { micros: -108_000_000_000, ..Interval::default() }),
            ),
            (Kind::Json, b"[1]", "[1]", Value::Json("[1]".into())),
        ];
        for (kind, binary, text, value) in cases {
            assert_eq!(read(&ty(kind), Cell::Binary(binary)).unwrap(), value, "{text}");
            assert_eq!(read(&ty(kind), Cell::Plaintext(text.as_bytes())).unwrap(), value, "{text}");
        }
        for cell in [Cell::Binary(&[0, 1, 0]), Cell::Plaintext(&[0, 1, 0])] {
            assert_eq!(read(&ty(Kind::Bit), cell).unwrap(), Value::UInt(256));
        }
    }

    #[test]
    fn a_zero_date_is_an_error_that_names_the_setting() {
        let cases: [(Kind, Cell<'_>, &str, &str); 5] = [
            (Kind::Date, Cell::Binary(&[]), "not a date: 0000-00-00;", "`NO_ZERO_DATE`"),
            (Kind::Date, Cell::Plaintext(b"0000-00-00"), "not a date: 0000-00-00;", "`nullif(column, 0)`"),
            (
                Kind::Datetime,
                Cell::Binary(&[0, 0, 0, 0]),
                "not a date and time: 0000-00-00;",
                "`nullif(column, 0)`",
            ),
            (
                Kind::Date,
                Cell::Binary(&[0xE4, 7, 0, 0]),
                "not a date: 2020-00-00;",
                "`NO_ZERO_IN_DATE`\n  help: select `cast(column as char)`",
            ),
            (Kind::Date, Cell::Binary(&[0xE7, 7, 2, 29]), "not a date: 2023-02-29;", "`ALLOW_INVALID_DATES`"),
        ];
        for (kind, cell, start, part) in cases {
            let message = read(&ty(kind), cell).unwrap_err().to_string();
            assert!(message.starts_with(start) && message.contains(part), "{message}");
            assert!(!ty(kind).reader(cell).is_null());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, text: String) {
            let kinds = [
                Kind::Signed, Kind::Unsigned, Kind::Bit, Kind::Float, Kind::Decimal, Kind::Date, Kind::Time, Kind::Datetime,
                Kind::Timestamp, Kind::Text, Kind::Bytes, Kind::Json, Kind::Null,
            ];
            for kind in kinds {
                let ty = ty(kind);
                for cell in [Cell::Null, Cell::Binary(&bytes), Cell::Plaintext(&bytes), Cell::Plaintext(text.as_bytes())] {
                    let reader = ty.reader(cell);
                    let _ = (reader.to_value(), reader.bool(), reader.integer(), reader.float(), reader.numeric());
                    let _ = (reader.date(), reader.time(), reader.timestamp(), reader.interval(), reader.uuid());
                }
            }
        }
    }
}
