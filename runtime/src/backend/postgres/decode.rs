//! Reading PostgreSQL's values, in its binary format.

use std::borrow::Cow;

use aio_databases_postgres as driver;

use super::{
    encode::wire,
    types::{Format, TypeInfo, Types},
};
use crate::{
    DecodeError, Raw, Value,
    value::reference::{Cell, Plain, Reader, RowSource, Typed, exact_float},
    value::{Date, Interval, Numeric, Time, Timestamp, Timestamptz, Timetz},
};

type Result<T, E = DecodeError> = std::result::Result<T, E>;

/// The numbers of the types that lie in a row as they are wanted: part of the protocol.
///
/// [`Format`] is not asked here: to tell all types apart costs a call and a second jump for each value, and some that it calls text
/// are not stored as they are wanted (`"char"`).
const INT8: u32 = 20;
const INT2: u32 = 21;
const INT4: u32 = 23;
const TEXT: u32 = 25;
const FLOAT8: u32 = 701;
const VARCHAR: u32 = 1043;

/// A value's bytes and the type that the server says it has.
#[derive(Clone)]
pub(crate) struct Postgres<'r> {
    bytes: Option<&'r [u8]>,
    ty: &'r TypeInfo,
    binary: bool,
}

impl Typed for TypeInfo {
    type Reader<'r> = Postgres<'r>;

    #[inline]
    fn reader<'r>(&'r self, cell: Cell<'r>) -> Postgres<'r> {
        match cell {
            Cell::Binary(bytes) => Postgres { bytes: Some(bytes), ty: self, binary: true },
            Cell::Plaintext(bytes) => Postgres { bytes: Some(bytes), ty: self, binary: false },
            _ => Postgres { bytes: None, ty: self, binary: true },
        }
    }
}

/// A row, with the types that its session knows.
pub(super) struct PostgresRow<'r> {
    pub(super) row: driver::Row<'r>,
    pub(super) types: &'r Types,
}

impl RowSource for PostgresRow<'_> {
    fn len(&self) -> usize {
        self.row.len()
    }

    fn size(&self) -> usize {
        self.row.iter().map(|value| value.map_or(8, <[u8]>::len)).sum()
    }

    fn names(&self) -> Vec<String> {
        self.row.columns().iter().map(|column| column.name.to_string()).collect()
    }

    #[inline]
    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        let described = self.row.columns().get(column)?;
        let cell = match self.row.get(column) {
            Some(bytes) if described.binary => Cell::Binary(bytes),
            Some(bytes) => Cell::Plaintext(bytes),
            None => Cell::Null,
        };
        Some(Raw::new(self.types.get(described.type_oid)?, cell))
    }

    #[inline]
    fn plain(&self, column: usize) -> Option<Plain<'_>> {
        let described = self.row.columns().get(column)?;
        let Some(bytes) = self.row.get(column) else { return Some(Plain::Null) };
        if described.binary { plain(described.type_oid, bytes) } else { None }
    }
}

/// A value in the binary format, if it lies there as it is wanted.
#[inline]
pub(in crate::backend) fn plain(oid: driver::Oid, bytes: &[u8]) -> Option<Plain<'_>> {
    Some(match oid {
        INT8 => Plain::Integer(i64::from_be_bytes(bytes.try_into().ok()?)),
        INT4 => Plain::Integer(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        INT2 => Plain::Integer(i16::from_be_bytes(bytes.try_into().ok()?).into()),
        FLOAT8 => Plain::Float(f64::from_be_bytes(bytes.try_into().ok()?)),
        TEXT | VARCHAR => Plain::Text(bytes),
        _ => return None,
    })
}

/// A row that was kept until the types of its columns were known.
pub(super) struct KeptRow<'r> {
    pub(super) columns: &'r [driver::Column],
    pub(super) values: &'r [Option<Box<[u8]>>],
    pub(super) types: &'r Types,
}

impl RowSource for KeptRow<'_> {
    fn len(&self) -> usize {
        self.values.len()
    }

    fn size(&self) -> usize {
        self.values.iter().map(|value| value.as_ref().map_or(8, |bytes| bytes.len())).sum()
    }

    fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.to_string()).collect()
    }

    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        let described = self.columns.get(column)?;
        let cell = match self.values.get(column)?.as_deref() {
            Some(bytes) if described.binary => Cell::Binary(bytes),
            Some(bytes) => Cell::Plaintext(bytes),
            None => Cell::Null,
        };
        Some(Raw::new(self.types.get(described.type_oid)?, cell))
    }

    fn plain(&self, _: usize) -> Option<Plain<'_>> {
        None
    }
}

impl<'r> Postgres<'r> {
    fn format(&self) -> Format<'r> {
        self.ty.format()
    }

    fn some(&self) -> Result<&'r [u8]> {
        match self.bytes {
            None => Err(DecodeError::UnexpectedNull),
            Some(_) if !self.binary => {
                Err(DecodeError::Unsupported { what: "values in PostgreSQL's text format".into() })
            }
            Some(bytes) => Ok(bytes),
        }
    }

    fn fixed<const N: usize>(&self) -> Result<[u8; N]> {
        let bytes = self.some()?;
        bytes.try_into().map_err(|_| self.malformed())
    }

    fn malformed(&self) -> DecodeError {
        let bytes = self.bytes.map_or(0, <[u8]>::len);
        DecodeError::invalid("a value of its type", format_args!("{bytes} bytes for `{}`", self.ty.name))
    }

    fn utf8(&self, bytes: &'r [u8]) -> Result<&'r str> {
        std::str::from_utf8(bytes).map_err(|error| DecodeError::invalid("UTF-8 text", error))
    }

    /// Text behind the number of its format's version.
    fn versioned(&self) -> Result<&'r str> {
        match self.some()?.split_first() {
            Some((1, text)) => self.utf8(text),
            Some((version, _)) => Err(DecodeError::Unsupported {
                what: format!("version {version} of the format of `{}`", self.ty.name).into(),
            }),
            None => Err(self.malformed()),
        }
    }

    fn instant(&self) -> Result<Timestamp> {
        let micros = i64::from_be_bytes(self.fixed()?);
        self.good("Timestamp", wire::timestamp_from_wire(micros))
    }

    fn good<T>(&self, target: &'static str, result: Result<T, wire::Bad>) -> Result<T> {
        result.map_err(|bad| match bad {
            wire::Bad::OutOfRange(value) => DecodeError::out_of_range(value.unwrap_or("the value"), target),
            wire::Bad::Malformed => self.malformed(),
        })
    }

    /// The error of a value that is not what was asked for, or of a type that nothing reads.
    fn refuse<T>(&self, expected: &'static str) -> Result<T> {
        match self.format() {
            Format::Other if self.bytes.is_some() => {
                let name = &self.ty.name;
                Err(DecodeError::Unsupported {
                    what: format!(
                        "reading a value of the type `{name}`: cast it to text in the query: `…::text`"
                    )
                    .into(),
                })
            }
            _ => self.wrong(expected),
        }
    }
}

impl<'r> Reader<'r> for Postgres<'r> {
    fn is_null(&self) -> bool {
        self.bytes.is_none()
    }

    fn type_name(&self) -> Cow<'static, str> {
        self.ty.name.to_string().into()
    }

    fn to_value(&self) -> Result<Value> {
        if self.is_null() {
            return Ok(Value::Null);
        }
        Ok(match self.format() {
            Format::Bool => Value::Bool(self.bool()?),
            Format::Int2 => Value::Int(i16::from_be_bytes(self.fixed()?).into()),
            Format::Int4 => Value::Int(i32::from_be_bytes(self.fixed()?).into()),
            Format::Int8 => Value::Int(i64::from_be_bytes(self.fixed()?)),
            Format::Oid => Value::Int(u32::from_be_bytes(self.fixed()?).into()),
            Format::Xid8 => Value::UInt(u64::from_be_bytes(self.fixed()?)),
            Format::Float4 | Format::Float8 => Value::Float(self.float()?),
            Format::Numeric => Value::Numeric(self.numeric()?),
            Format::Text | Format::VersionedText | Format::Void => Value::Text(self.text()?.into()),
            Format::Bytea => Value::Bytes(self.some()?.into()),
            Format::Date => Value::Date(self.date()?),
            Format::Time => Value::Time(self.time()?),
            Format::Timetz => Value::Timetz(self.timetz()?),
            Format::Timestamp => Value::Timestamp(self.instant()?),
            Format::Timestamptz => Value::Timestamptz(Timestamptz::from_utc(self.instant()?)),
            Format::Interval => Value::Interval(self.interval()?),
            Format::Uuid => Value::Uuid(self.fixed()?),
            Format::Json | Format::Jsonb => Value::Json(self.json()?.into()),
            Format::Array(_) => Value::Array(self.array()?.iter().map(Raw::to_value).collect::<Result<_>>()?),
            Format::Other => return self.refuse("a value"),
        })
    }

    fn bool(&self) -> Result<bool> {
        match self.format() {
            Format::Bool => Ok(self.fixed::<1>()? != [0]),
            _ => self.refuse("a boolean"),
        }
    }

    fn integer(&self) -> Result<i128> {
        Ok(match self.format() {
            Format::Int2 => i16::from_be_bytes(self.fixed()?).into(),
            Format::Int4 => i32::from_be_bytes(self.fixed()?).into(),
            Format::Int8 => i64::from_be_bytes(self.fixed()?).into(),
            Format::Oid => u32::from_be_bytes(self.fixed()?).into(),
            Format::Xid8 => u64::from_be_bytes(self.fixed()?).into(),
            _ => return self.refuse("an integer"),
        })
    }

    fn float(&self) -> Result<f64> {
        match self.format() {
            Format::Float4 => Ok(f32::from_be_bytes(self.fixed()?).into()),
            Format::Float8 => Ok(f64::from_be_bytes(self.fixed()?)),
            Format::Int2 | Format::Int4 | Format::Int8 => exact_float(self.integer()?),
            _ => self.refuse("a floating point number"),
        }
    }

    fn text(&self) -> Result<&'r str> {
        match self.format() {
            // The type "char" has a byte 0 for no character.
            Format::Text if self.ty.oid == 18 && self.some()? == [0] => Ok(""),
            Format::Text | Format::Void => self.utf8(self.some()?),
            Format::VersionedText => self.versioned(),
            _ => self.refuse("text"),
        }
    }

    fn bytes(&self) -> Result<&'r [u8]> {
        match self.format() {
            Format::Bytea => self.some(),
            _ => self.refuse("bytes"),
        }
    }

    fn numeric(&self) -> Result<Numeric> {
        match self.format() {
            Format::Numeric => self.good("Numeric", wire::read_numeric(self.some()?)),
            Format::Int2 | Format::Int4 | Format::Int8 => Ok(self.integer()?.into()),
            _ => self.refuse("a decimal number"),
        }
    }

    fn date(&self) -> Result<Date> {
        match self.format() {
            Format::Date => self.good("Date", wire::date_from_wire(i32::from_be_bytes(self.fixed()?))),
            _ => self.refuse("a date"),
        }
    }

    fn time(&self) -> Result<Time> {
        match self.format() {
            Format::Time => self.good("Time", wire::time_from_wire(i64::from_be_bytes(self.fixed()?))),
            _ => self.refuse("a time"),
        }
    }

    fn timetz(&self) -> Result<Timetz> {
        match self.format() {
            Format::Timetz => self.good("Timetz", wire::read_timetz(self.some()?)),
            _ => self.refuse("a time with time zone"),
        }
    }

    fn timestamp(&self) -> Result<Timestamp> {
        match self.format() {
            Format::Timestamp => self.instant(),
            _ => self.refuse("a timestamp without time zone"),
        }
    }

    fn timestamptz(&self) -> Result<Timestamptz> {
        match self.format() {
            Format::Timestamptz => self.instant().map(Timestamptz::from_utc),
            _ => self.refuse("a timestamp with time zone"),
        }
    }

    fn interval(&self) -> Result<Interval> {
        match self.format() {
            Format::Interval => self.good("Interval", wire::read_interval(self.some()?)),
            _ => self.refuse("an interval"),
        }
    }

    fn uuid(&self) -> Result<[u8; 16]> {
        match self.format() {
            Format::Uuid => self.fixed(),
            _ => self.refuse("a uuid"),
        }
    }

    fn json(&self) -> Result<Cow<'r, str>> {
        match self.format() {
            Format::Json => self.utf8(self.some()?).map(Cow::Borrowed),
            Format::Jsonb => self.versioned().map(Cow::Borrowed),
            _ => self.refuse("json"),
        }
    }

    fn array(&self) -> Result<Vec<Raw<'r>>> {
        let Format::Array(element) = self.format() else { return self.refuse("an array") };
        let mut rest = Bytes(self.some()?);
        let dimensions = rest.int().ok_or_else(|| self.malformed())?;
        // Whether there are nulls, and the elements' type, which is that of the array's.
        rest.take(8).ok_or_else(|| self.malformed())?;
        match dimensions {
            0 => return Ok(Vec::new()),
            1 => {}
            _ => {
                return Err(DecodeError::Unsupported {
                    what: format!("an array of {dimensions} dimensions").into(),
                });
            }
        }
        let length = rest.int().ok_or_else(|| self.malformed())?;
        rest.int().ok_or_else(|| self.malformed())?;
        let element = || {
            let bytes = match rest.int()? {
                -1 => None,
                length => Some(rest.take(usize::try_from(length).ok()?)?),
            };
            Some(Raw::new(element, bytes.map_or(Cell::Null, Cell::Binary)))
        };
        let elements: Option<Vec<_>> = std::iter::repeat_with(element).take(length.max(0) as usize).collect();
        elements.ok_or_else(|| self.malformed())
    }
}

/// Bytes that are read from their start.
struct Bytes<'r>(&'r [u8]);

impl<'r> Bytes<'r> {
    fn take(&mut self, count: usize) -> Option<&'r [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn int(&mut self) -> Option<i32> {
        let bytes = self.take(4)?;
        Some(i32::from_be_bytes(bytes.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::postgres::types::named;

    fn read<'r>(bytes: &'r [u8], ty: &'r TypeInfo) -> Postgres<'r> {
        Postgres { bytes: Some(bytes), ty, binary: true }
    }

    fn ints() -> &'static TypeInfo {
        named("int4[]")
    }

    #[test]
    fn arrays() {
        let ints = ints();
        let header = [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 23], [0, 0, 0, 2], [0, 0, 0, 5]].concat();
        let bytes = [&header[..], &[255; 4], &[0, 0, 0, 4], &[0, 0, 0, 7]].concat();
        assert_eq!(read(&bytes, ints).to_value().unwrap(), Value::Array(vec![Value::Null, Value::Int(7)]));
        assert_eq!(read(&[0; 12], ints).to_value().unwrap(), Value::Array(vec![]));
        for cut in 0..bytes.len() {
            assert!(read(&bytes[..cut], ints).to_value().is_err(), "{cut} bytes");
        }
    }

    #[test]
    fn arrays_of_two_dimensions_are_refused() {
        let (ints, bytes) = (ints(), [[0, 0, 0, 2], [0; 4], [0, 0, 0, 23]].concat());
        let error = read(&bytes, ints).to_value().unwrap_err();
        assert_eq!(error.to_string(), "not supported yet: an array of 2 dimensions");
    }

    #[test]
    fn a_length_that_lies_takes_no_memory() {
        let (ints, bytes) =
            (ints(), [[0, 0, 0, 1], [0; 4], [0, 0, 0, 23], [127, 255, 255, 255], [0, 0, 0, 1]].concat());
        assert!(matches!(read(&bytes, ints).to_value(), Err(DecodeError::Invalid { .. })));
    }

    #[test]
    fn nothing_is_read_as_another_type() {
        let int = named("int4");
        let value = read(&[0, 0, 0, 1], int);
        assert_eq!(value.integer().unwrap(), 1);
        assert_eq!(value.float().unwrap(), 1.0);
        for error in [
            value.bool().unwrap_err(),
            value.text().map(drop).unwrap_err(),
            value.timestamp().map(drop).unwrap_err(),
        ] {
            assert!(matches!(error, DecodeError::WrongType { .. }), "{error}");
        }
        assert!(matches!(read(&[1], int).integer(), Err(DecodeError::Invalid { .. })));
        let null = Postgres { bytes: None, ty: int, binary: true };
        assert!(matches!(null.integer(), Err(DecodeError::UnexpectedNull)));
        assert!(matches!(null.text(), Err(DecodeError::UnexpectedNull)));
    }
}
