//! Reading PostgreSQL's values, in its binary format.

use std::borrow::Cow;

use sqlx::{
    Column as _, Row as _, ValueRef as _,
    postgres::{PgRow, PgTypeInfo, PgValueFormat},
};

use crate::{
    DecodeError, Raw, Value,
    backend::postgres::encode::{Kind, name, wire},
    value::reference::{Cell, Plain, Reader, RowSource, Typed, exact_float},
    value::{Date, Interval, Numeric, Time, Timestamp, Timestamptz, Timetz},
};

type Result<T, E = DecodeError> = std::result::Result<T, E>;

/// The numbers of the types that lie in a row as they are wanted: part of the protocol.
///
/// [`Kind`] is not asked here: it tells all types apart, which costs a call and a second jump for each value; and it takes
/// for text what does not lie there as it is wanted (`"char"`).
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
    ty: &'r PgTypeInfo,
    binary: bool,
}

impl Typed for PgTypeInfo {
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

impl RowSource for PgRow {
    fn len(&self) -> usize {
        sqlx::Row::len(self)
    }

    fn names(&self) -> Vec<String> {
        self.columns().iter().map(|column| column.name().to_owned()).collect()
    }

    fn size(&self) -> usize {
        let size = |column| self.try_get_raw(column).ok()?.as_bytes().ok().map(<[u8]>::len);
        (0..sqlx::Row::len(self)).filter_map(size).sum()
    }

    #[inline]
    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        let value = self.try_get_raw(column).ok()?;
        let cell = match value.as_bytes() {
            Ok(bytes) if matches!(value.format(), PgValueFormat::Binary) => Cell::Binary(bytes),
            Ok(bytes) => Cell::Plaintext(bytes),
            Err(_) => Cell::Null,
        };
        Some(Raw::new(self.column(column).type_info(), cell))
    }

    #[inline]
    fn plain(&self, column: usize) -> Option<Plain<'_>> {
        let value = self.try_get_raw(column).ok()?;
        if value.is_null() {
            return Some(Plain::Null);
        }
        let bytes = value.as_bytes().ok().filter(|_| matches!(value.format(), PgValueFormat::Binary))?;
        Some(match value.type_info().oid()?.0 {
            INT8 => Plain::Integer(i64::from_be_bytes(bytes.try_into().ok()?)),
            INT4 => Plain::Integer(i32::from_be_bytes(bytes.try_into().ok()?).into()),
            INT2 => Plain::Integer(i16::from_be_bytes(bytes.try_into().ok()?).into()),
            FLOAT8 => Plain::Float(f64::from_be_bytes(bytes.try_into().ok()?)),
            TEXT | VARCHAR => Plain::Text(bytes),
            _ => return None,
        })
    }
}

impl<'r> Postgres<'r> {
    fn kind(&self) -> Kind<'r> {
        Kind::of(self.ty)
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
        DecodeError::invalid("a value of its type", format_args!("{bytes} bytes for `{}`", name(self.ty)))
    }

    fn utf8(&self, bytes: &'r [u8]) -> Result<&'r str> {
        std::str::from_utf8(bytes).map_err(|error| DecodeError::invalid("UTF-8 text", error))
    }

    /// Text behind the number of its format's version.
    fn versioned(&self) -> Result<&'r str> {
        match self.some()?.split_first() {
            Some((1, text)) => self.utf8(text),
            Some((version, _)) => Err(DecodeError::Unsupported {
                what: format!("version {version} of the format of `{}`", name(self.ty)).into(),
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
        match self.kind() {
            Kind::Other if self.bytes.is_some() => {
                let name = name(self.ty);
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
        name(self.ty).into()
    }

    fn to_value(&self) -> Result<Value> {
        if self.is_null() {
            return Ok(Value::Null);
        }
        Ok(match self.kind() {
            Kind::Bool => Value::Bool(self.bool()?),
            Kind::Int2 => Value::Int(i16::from_be_bytes(self.fixed()?).into()),
            Kind::Int4 => Value::Int(i32::from_be_bytes(self.fixed()?).into()),
            Kind::Int8 => Value::Int(i64::from_be_bytes(self.fixed()?)),
            Kind::Oid => Value::Int(u32::from_be_bytes(self.fixed()?).into()),
            Kind::Xid8 => Value::UInt(u64::from_be_bytes(self.fixed()?)),
            Kind::Float4 | Kind::Float8 => Value::Float(self.float()?),
            Kind::Numeric => Value::Numeric(self.numeric()?),
            Kind::Text | Kind::VersionedText | Kind::Void => Value::Text(self.text()?.into()),
            Kind::Bytea => Value::Bytes(self.some()?.into()),
            Kind::Date => Value::Date(self.date()?),
            Kind::Time => Value::Time(self.time()?),
            Kind::Timetz => Value::Timetz(self.timetz()?),
            Kind::Timestamp => Value::Timestamp(self.instant()?),
            Kind::Timestamptz => Value::Timestamptz(Timestamptz::from_utc(self.instant()?)),
            Kind::Interval => Value::Interval(self.interval()?),
            Kind::Uuid => Value::Uuid(self.fixed()?),
            Kind::Json | Kind::Jsonb => Value::Json(self.json()?.into()),
            Kind::Array(_) => Value::Array(self.array()?.iter().map(Raw::to_value).collect::<Result<_>>()?),
            Kind::Other => return self.refuse("a value"),
        })
    }

    fn bool(&self) -> Result<bool> {
        match self.kind() {
            Kind::Bool => Ok(self.fixed::<1>()? != [0]),
            _ => self.refuse("a boolean"),
        }
    }

    fn integer(&self) -> Result<i128> {
        Ok(match self.kind() {
            Kind::Int2 => i16::from_be_bytes(self.fixed()?).into(),
            Kind::Int4 => i32::from_be_bytes(self.fixed()?).into(),
            Kind::Int8 => i64::from_be_bytes(self.fixed()?).into(),
            Kind::Oid => u32::from_be_bytes(self.fixed()?).into(),
            Kind::Xid8 => u64::from_be_bytes(self.fixed()?).into(),
            _ => return self.refuse("an integer"),
        })
    }

    fn float(&self) -> Result<f64> {
        match self.kind() {
            Kind::Float4 => Ok(f32::from_be_bytes(self.fixed()?).into()),
            Kind::Float8 => Ok(f64::from_be_bytes(self.fixed()?)),
            Kind::Int2 | Kind::Int4 | Kind::Int8 => exact_float(self.integer()?),
            _ => self.refuse("a floating point number"),
        }
    }

    fn text(&self) -> Result<&'r str> {
        match self.kind() {
            // The type "char" has a byte 0 for no character.
            Kind::Text if self.ty.oid().is_some_and(|oid| oid.0 == 18) && self.some()? == [0] => Ok(""),
            Kind::Text | Kind::Void => self.utf8(self.some()?),
            Kind::VersionedText => self.versioned(),
            _ => self.refuse("text"),
        }
    }

    fn bytes(&self) -> Result<&'r [u8]> {
        match self.kind() {
            Kind::Bytea => self.some(),
            _ => self.refuse("bytes"),
        }
    }

    fn numeric(&self) -> Result<Numeric> {
        match self.kind() {
            Kind::Numeric => self.good("Numeric", wire::read_numeric(self.some()?)),
            Kind::Int2 | Kind::Int4 | Kind::Int8 => Ok(self.integer()?.into()),
            _ => self.refuse("a decimal number"),
        }
    }

    fn date(&self) -> Result<Date> {
        match self.kind() {
            Kind::Date => self.good("Date", wire::date_from_wire(i32::from_be_bytes(self.fixed()?))),
            _ => self.refuse("a date"),
        }
    }

    fn time(&self) -> Result<Time> {
        match self.kind() {
            Kind::Time => self.good("Time", wire::time_from_wire(i64::from_be_bytes(self.fixed()?))),
            _ => self.refuse("a time"),
        }
    }

    fn timetz(&self) -> Result<Timetz> {
        match self.kind() {
            Kind::Timetz => self.good("Timetz", wire::read_timetz(self.some()?)),
            _ => self.refuse("a time with time zone"),
        }
    }

    fn timestamp(&self) -> Result<Timestamp> {
        match self.kind() {
            Kind::Timestamp => self.instant(),
            _ => self.refuse("a timestamp without time zone"),
        }
    }

    fn timestamptz(&self) -> Result<Timestamptz> {
        match self.kind() {
            Kind::Timestamptz => self.instant().map(Timestamptz::from_utc),
            _ => self.refuse("a timestamp with time zone"),
        }
    }

    fn interval(&self) -> Result<Interval> {
        match self.kind() {
            Kind::Interval => self.good("Interval", wire::read_interval(self.some()?)),
            _ => self.refuse("an interval"),
        }
    }

    fn uuid(&self) -> Result<[u8; 16]> {
        match self.kind() {
            Kind::Uuid => self.fixed(),
            _ => self.refuse("a uuid"),
        }
    }

    fn json(&self) -> Result<Cow<'r, str>> {
        match self.kind() {
            Kind::Json => self.utf8(self.some()?).map(Cow::Borrowed),
            Kind::Jsonb => self.versioned().map(Cow::Borrowed),
            _ => self.refuse("json"),
        }
    }

    fn array(&self) -> Result<Vec<Raw<'r>>> {
        let Kind::Array(element) = self.kind() else { return self.refuse("an array") };
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
    use sqlx::{Postgres as Pg, Type};

    use super::*;

    fn read<'r>(bytes: &'r [u8], ty: &'r PgTypeInfo) -> Postgres<'r> {
        Postgres { bytes: Some(bytes), ty, binary: true }
    }

    fn ints() -> PgTypeInfo {
        <[i32] as Type<Pg>>::type_info()
    }

    #[test]
    fn arrays() {
        let ints = ints();
        let header = [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 23], [0, 0, 0, 2], [0, 0, 0, 5]].concat();
        let bytes = [&header[..], &[255; 4], &[0, 0, 0, 4], &[0, 0, 0, 7]].concat();
        assert_eq!(read(&bytes, &ints).to_value().unwrap(), Value::Array(vec![Value::Null, Value::Int(7)]));
        assert_eq!(read(&[0; 12], &ints).to_value().unwrap(), Value::Array(vec![]));
        for cut in 0..bytes.len() {
            assert!(read(&bytes[..cut], &ints).to_value().is_err(), "{cut} bytes");
        }
    }

    #[test]
    fn arrays_of_two_dimensions_are_refused() {
        let (ints, bytes) = (ints(), [[0, 0, 0, 2], [0; 4], [0, 0, 0, 23]].concat());
        let error = read(&bytes, &ints).to_value().unwrap_err();
        assert_eq!(error.to_string(), "not supported yet: an array of 2 dimensions");
    }

    #[test]
    fn a_length_that_lies_takes_no_memory() {
        let (ints, bytes) =
            (ints(), [[0, 0, 0, 1], [0; 4], [0, 0, 0, 23], [127, 255, 255, 255], [0, 0, 0, 1]].concat());
        assert!(matches!(read(&bytes, &ints).to_value(), Err(DecodeError::Invalid { .. })));
    }

    #[test]
    fn nothing_is_read_as_another_type() {
        let int = <i32 as Type<Pg>>::type_info();
        let value = read(&[0, 0, 0, 1], &int);
        assert_eq!(value.integer().unwrap(), 1);
        assert_eq!(value.float().unwrap(), 1.0);
        for error in [
            value.bool().unwrap_err(),
            value.text().map(drop).unwrap_err(),
            value.timestamp().map(drop).unwrap_err(),
        ] {
            assert!(matches!(error, DecodeError::WrongType { .. }), "{error}");
        }
        assert!(matches!(read(&[1], &int).integer(), Err(DecodeError::Invalid { .. })));
        let null = Postgres { bytes: None, ty: &int, binary: true };
        assert!(matches!(null.integer(), Err(DecodeError::UnexpectedNull)));
        assert!(matches!(null.text(), Err(DecodeError::UnexpectedNull)));
    }
}
