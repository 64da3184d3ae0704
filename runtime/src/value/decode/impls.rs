//! The table of SQL types and the Rust types that hold every value of theirs.

use std::{borrow::Cow, num::NonZero, rc::Rc, sync::Arc};

use super::{Decode, DecodeError};
use crate::{
    AtOnce, Raw, Row, Value, value, value::reference::Plain, value::sql_types as sql, value::tables::holds,
};

type Result<T, E = DecodeError> = std::result::Result<T, E>;

holds! {
    Bool by Raw::bool => bool;
    Int1 by integer, plain_integer => i8 i16 i32 i64 i128 isize;
    Int2 by integer, plain_integer => i16 i32 i64 i128 isize;
    Int4 by integer, plain_integer => i32 i64 i128;
    Int8 by integer, plain_integer => i64 i128;
    UInt1 by integer, plain_integer => u8 u16 u32 u64 u128 usize i16 i32 i64 i128 isize;
    UInt2 by integer, plain_integer => u16 u32 u64 u128 usize i32 i64 i128;
    UInt4 by integer, plain_integer => u32 u64 u128 i64 i128;
    UInt8 by integer, plain_integer => u64 u128 i128;
    Float4 by float4 => f32;
    Float4 by Raw::float, plain_float => f64;
    Float8 by Raw::float, plain_float => f64;
    Numeric by Raw::numeric => value::Numeric;
    Text by text, plain_text => String Box<str> Arc<str> Rc<str>;
    Text by cow_text => Cow<'_, str>;
    Text by char => char;
    Enum by text, plain_text => String Box<str> Arc<str> Rc<str>;
    Enum by cow_text => Cow<'_, str>;
    Bytea by bytes => Vec<u8> Box<[u8]> Arc<[u8]> Rc<[u8]>;
    Bytea by cow_bytes => Cow<'_, [u8]>;
    Date by Raw::date => value::Date;
    Time by Raw::time => value::Time;
    Timetz by Raw::timetz => value::Timetz;
    Timestamp by Raw::timestamp => value::Timestamp;
    Timestamptz by Raw::timestamptz => value::Timestamptz;
    Timestamptz by system_time => std::time::SystemTime;
    Interval by Raw::interval => value::Interval;

    Any by Raw::bool => bool;
    Any by integer, plain_integer => i8 i16 i32 i64 i128 isize u16 u32 u64 u128 usize;
    Any by exact_float4 => f32;
    Any by Raw::float, plain_float => f64;
    Any by Raw::numeric => value::Numeric;
    Any by text, plain_text => String Box<str> Arc<str> Rc<str>;
    Any by cow_text => Cow<'_, str>;
    Any by char => char;
    Any by Raw::date => value::Date;
    Any by Raw::time => value::Time;
    Any by Raw::timetz => value::Timetz;
    Any by Raw::timestamp => value::Timestamp;
    Any by Raw::timestamptz => value::Timestamptz;
    Any by system_time => std::time::SystemTime;
    Any by Raw::interval => value::Interval;
}

/// A byte alone is a number; several are bytes, or an array of numbers.
#[diagnostic::do_not_recommend]
impl Decode<sql::Any> for u8 {
    fn decode(value: Raw<'_>) -> Result<Self> {
        integer(&value)
    }

    fn decode_vec(value: Raw<'_>) -> Result<Vec<Self>> {
        match value.bytes() {
            Err(DecodeError::WrongType { .. }) => elements::<sql::Any, u8>(value),
            bytes => bytes.map(Into::into),
        }
    }
}

/// A value of any kind, as it came.
#[diagnostic::do_not_recommend]
impl<T> Decode<T> for Value {
    fn decode(value: Raw<'_>) -> Result<Self> {
        value.to_value()
    }
}

#[diagnostic::do_not_recommend]
impl<T, D: Decode<T>> Decode<T> for Option<D> {
    fn decode(value: Raw<'_>) -> Result<Self> {
        if value.is_null() { Ok(None) } else { D::decode(value).map(Some) }
    }

    #[inline]
    fn at_once(row: &Row<'_>, column: usize) -> AtOnce<Self> {
        match D::at_once(row, column) {
            AtOnce::Value(value) => AtOnce::Value(Some(value)),
            AtOnce::Null => AtOnce::Null,
            AtOnce::Unknown => AtOnce::Unknown,
        }
    }
}

macro_rules! boxes {
    ($($pointer:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, D: Decode<T>> Decode<T> for $pointer<D> {
            fn decode(value: Raw<'_>) -> Result<Self> {
                D::decode(value).map($pointer::new)
            }
        }
    )*};
}

boxes!(Box Rc Arc);

macro_rules! nonzero {
    ($($ty:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> Decode<T> for NonZero<$ty>
        where
            $ty: Decode<T>,
        {
            fn decode(value: Raw<'_>) -> Result<Self> {
                let number = <$ty as Decode<T>>::decode(value)?;
                NonZero::new(number).ok_or_else(|| DecodeError::out_of_range(0, std::any::type_name::<Self>()))
            }
        }
    )*};
}

nonzero!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

/// Sequences: arrays of PostgreSQL's, or what the elements say where the type is unknown.
macro_rules! sequences {
    ($($ty:ident<$element:ty>)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, D: Decode<T>> Decode<sql::Array<T>> for $ty<$element> {
            fn decode(value: Raw<'_>) -> Result<Self> {
                elements(value).map(Into::into)
            }
        }
        #[diagnostic::do_not_recommend]
        impl<D: Decode<sql::Any>> Decode<sql::Any> for $ty<$element> {
            fn decode(value: Raw<'_>) -> Result<Self> {
                D::decode_vec(value).map(Into::into)
            }
        }
    )*};
}

sequences!(Vec<D> Box<[D]> Rc<[D]> Arc<[D]>);

#[diagnostic::do_not_recommend]
impl<T, D: Decode<T>, const N: usize> Decode<sql::Array<T>> for [D; N] {
    fn decode(value: Raw<'_>) -> Result<Self> {
        sized(elements(value)?)
    }
}

#[diagnostic::do_not_recommend]
impl<D: Decode<sql::Any>, const N: usize> Decode<sql::Any> for [D; N] {
    fn decode(value: Raw<'_>) -> Result<Self> {
        sized(D::decode_vec(value)?)
    }
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Decode<sql::Bytea> for [u8; N] {
    fn decode(value: Raw<'_>) -> Result<Self> {
        sized(value.bytes()?.into())
    }
}

fn sized<D, const N: usize>(elements: Vec<D>) -> Result<[D; N]> {
    elements.try_into().map_err(|elements: Vec<D>| {
        let wrong = format_args!("{} instead of {N}", elements.len());
        DecodeError::invalid("a sequence of the array's length", wrong)
    })
}

/// The elements of an array.
pub(super) fn elements<T, D: Decode<T>>(value: Raw<'_>) -> Result<Vec<D>> {
    let decode = |(index, element): (usize, Raw<'_>)| {
        let null = element.is_null();
        D::decode(element).map_err(|error| match error {
            DecodeError::UnexpectedNull if null => DecodeError::NullElement { index },
            error => error,
        })
    };
    value.array()?.into_iter().enumerate().map(decode).collect()
}

#[inline]
fn integer<D: TryFrom<i128>>(value: &Raw<'_>) -> Result<D> {
    let integer = value.integer()?;
    D::try_from(integer).map_err(|_| DecodeError::out_of_range(integer, std::any::type_name::<D>()))
}

/// A `float4`, or what a backend gives as `float8` that was one.
fn float4(value: &Raw<'_>) -> Result<f32> {
    let float = value.float()?;
    let nearest = float as f32;
    if nearest.is_infinite() && float.is_finite() {
        return Err(DecodeError::out_of_range(float, "f32"));
    }
    Ok(nearest)
}

fn exact_float4(value: &Raw<'_>) -> Result<f32> {
    let float = value.float()?;
    let nearest = float as f32;
    let exact = f64::from(nearest) == float || float.is_nan();
    if exact { Ok(nearest) } else { Err(DecodeError::out_of_range(float, "f32")) }
}

#[inline]
fn plain_integer<D: TryFrom<i64>>(plain: Plain<'_>) -> Option<D> {
    match plain {
        Plain::Integer(integer) => D::try_from(integer).ok(),
        _ => None,
    }
}

#[inline]
fn plain_float(plain: Plain<'_>) -> Option<f64> {
    match plain {
        Plain::Float(float) => Some(float),
        _ => None,
    }
}

#[inline]
fn plain_text<'r, D: From<&'r str>>(plain: Plain<'r>) -> Option<D> {
    match plain {
        Plain::Text(text) => std::str::from_utf8(text).ok().map(Into::into),
        _ => None,
    }
}

#[inline]
fn text<'r, D: From<&'r str>>(value: &Raw<'r>) -> Result<D> {
    value.text().map(Into::into)
}

fn bytes<'r, D: From<&'r [u8]>>(value: &Raw<'r>) -> Result<D> {
    value.bytes().map(Into::into)
}

fn cow_text(value: &Raw<'_>) -> Result<Cow<'static, str>> {
    text(value).map(Cow::Owned)
}

fn cow_bytes(value: &Raw<'_>) -> Result<Cow<'static, [u8]>> {
    bytes(value).map(Cow::Owned)
}

fn char(value: &Raw<'_>) -> Result<char> {
    let text = value.text()?;
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(char), None) => Ok(char),
        _ => Err(DecodeError::invalid("one character", format_args!("{text:?}"))),
    }
}

fn system_time(value: &Raw<'_>) -> Result<std::time::SystemTime> {
    use std::time::{Duration, UNIX_EPOCH};
    let instant = value.timestamptz()?;
    let (seconds, nanos) = (instant.utc().seconds(), instant.utc().nanos());
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 { UNIX_EPOCH.checked_sub(whole) } else { UNIX_EPOCH.checked_add(whole) };
    time.and_then(|time| time.checked_add(Duration::from_nanos(nanos.into())))
        .ok_or_else(|| DecodeError::out_of_range(instant, "SystemTime"))
}
