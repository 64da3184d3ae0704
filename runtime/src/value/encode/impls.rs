//! The table of Rust types and the SQL types that they fit without loss.

use std::{borrow::Cow, num::NonZero, rc::Rc, sync::Arc};

use super::{Encode, NotNull, Put};
use crate::{
    Value, value,
    value::sql_types as sql,
    value::tables::{fits, not_null},
};

fits! {
    Bool as |this| Value::Bool(*this) => bool;
    Int1 as |this| Value::Int((*this).into()) => i8;
    Int2 as |this| Value::Int((*this).into()) => i8 i16 u8;
    Int4 as |this| Value::Int((*this).into()) => i8 i16 i32 u8 u16;
    Int8 as |this| Value::Int((*this).into()) => i8 i16 i32 i64 u8 u16 u32;
    Int8 as |this| Value::Int(*this as i64) => isize;
    UInt1 as |this| Value::UInt((*this).into()) => u8;
    UInt2 as |this| Value::UInt((*this).into()) => u8 u16;
    UInt4 as |this| Value::UInt((*this).into()) => u8 u16 u32;
    UInt8 as |this| Value::UInt((*this).into()) => u8 u16 u32 u64;
    UInt8 as |this| Value::UInt(*this as u64) => usize;
    // As floats from the start: SQLite divides integers as integers.
    Float4 as |this| Value::Float((*this).into()) => f32 i8 i16 u8 u16;
    Float8 as |this| Value::Float((*this).into()) => f32 f64 i8 i16 i32 u8 u16 u32;
    Numeric as |this| Value::Numeric(this.clone()) => value::Numeric;
    Numeric as |this| Value::Int((*this).into()) => i8 i16 i32 i64 u8 u16 u32;
    Numeric as |this| Value::UInt(*this) => u64;
    Text as |this| Value::Text(this.to_string()), put text => str String;
    Text as |this| Value::Text(this.to_string()) => char;
    Enum as |this| Value::Text(this.to_string()), put text => str String;
    Bytea as |this| Value::Bytes(this.to_vec()) => [u8] Vec<u8>;
    Date as |this| Value::Date(*this) => value::Date;
    Time as |this| Value::Time(*this) => value::Time;
    Timetz as |this| Value::Timetz(*this) => value::Timetz;
    Timestamp as |this| Value::Timestamp(*this) => value::Timestamp;
    Timestamptz as |this| Value::Timestamptz(*this) => value::Timestamptz;
    Timestamptz as |this| system_time(*this) => std::time::SystemTime;
    Interval as |this| Value::Interval(*this) => value::Interval;
    Interval as |this| duration(*this) => std::time::Duration;

    Any as |this| Value::Bool(*this) => bool;
    Any as |this| Value::Int((*this).into()) => i8 i16 i32 i64 u16 u32;
    Any as |this| Value::Int(*this as i64) => isize;
    Any as |this| Value::UInt(*this) => u64;
    Any as |this| Value::UInt(*this as u64) => usize;
    Any as |this| Value::Float((*this).into()) => f32 f64;
    Any as |this| Value::Text(this.to_string()), put text => str String;
    Any as |this| Value::Text(this.to_string()) => char;
    Any as |this| Value::Numeric(this.clone()) => value::Numeric;
    Any as |this| Value::Date(*this) => value::Date;
    Any as |this| Value::Time(*this) => value::Time;
    Any as |this| Value::Timetz(*this) => value::Timetz;
    Any as |this| Value::Timestamp(*this) => value::Timestamp;
    Any as |this| Value::Timestamptz(*this) => value::Timestamptz;
    Any as |this| system_time(*this) => std::time::SystemTime;
    Any as |this| Value::Interval(*this) => value::Interval;
    Any as |this| duration(*this) => std::time::Duration;
}

not_null! {
    bool i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 str String char
    value::Numeric value::Date value::Time value::Timetz value::Timestamp value::Timestamptz value::Interval
    std::time::SystemTime std::time::Duration
}

/// A byte alone is a number; several are bytes.
#[diagnostic::do_not_recommend]
impl Encode<sql::Any> for u8 {
    fn encode(&self) -> Value {
        Value::Int((*self).into())
    }

    fn encode_slice(values: &[Self]) -> Value {
        Value::Bytes(values.to_vec())
    }
}

/// A value of any kind, which the server's type of the parameter is held against when it is sent.
#[diagnostic::do_not_recommend]
impl<T> Encode<T> for Value {
    fn encode(&self) -> Value {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<T, A: Encode<T>> Encode<T> for Option<A> {
    fn encode(&self) -> Value {
        self.as_ref().map_or(Value::Null, Encode::encode)
    }

    #[inline]
    fn put(&self, row: &mut Put<'_>) {
        match self {
            Some(argument) => argument.put(row),
            None => row.value(Value::Null),
        }
    }
}

/// What points to such a type, or holds it.
macro_rules! pointers {
    ($($ty:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, A: Encode<T> + ?Sized> Encode<T> for $ty {
            fn encode(&self) -> Value {
                (**self).encode()
            }

            #[inline]
            fn put(&self, row: &mut Put<'_>) {
                (**self).put(row);
            }
        }
        #[diagnostic::do_not_recommend]
        impl<A: NotNull + ?Sized> NotNull for $ty {}
    )*};
}

pointers!(&A &mut A Box<A> Rc<A> Arc<A>);

#[diagnostic::do_not_recommend]
impl<T, A: Encode<T> + ToOwned + ?Sized> Encode<T> for Cow<'_, A> {
    fn encode(&self) -> Value {
        (**self).encode()
    }

    #[inline]
    fn put(&self, row: &mut Put<'_>) {
        (**self).put(row);
    }
}

#[diagnostic::do_not_recommend]
impl<A: NotNull + ToOwned + ?Sized> NotNull for Cow<'_, A> {}

/// A row of one argument, for a statement that runs for many rows.
#[diagnostic::do_not_recommend]
impl<T, A: Encode<T>> Encode<T> for (A,) {
    fn encode(&self) -> Value {
        self.0.encode()
    }

    #[inline]
    fn put(&self, row: &mut Put<'_>) {
        self.0.put(row);
    }
}

#[diagnostic::do_not_recommend]
impl<A: NotNull> NotNull for (A,) {}

/// Integers that are never 0.
macro_rules! nonzero {
    ($($ty:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> Encode<T> for NonZero<$ty>
        where
            $ty: Encode<T>,
        {
            fn encode(&self) -> Value {
                self.get().encode()
            }
        }
        #[diagnostic::do_not_recommend]
        impl NotNull for NonZero<$ty> {}
    )*};
}

nonzero!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

/// Sequences: arrays of PostgreSQL's; bytes; or what their elements say where the type is unknown.
macro_rules! sequences {
    ($([$($generic:tt)*] $ty:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, A: Encode<T> $($generic)*> Encode<sql::Array<T>> for $ty {
            fn encode(&self) -> Value {
                Value::Array(self.iter().map(Encode::encode).collect())
            }
        }
        #[diagnostic::do_not_recommend]
        impl<A: Encode<sql::Any> $($generic)*> Encode<sql::Any> for $ty {
            fn encode(&self) -> Value {
                A::encode_slice(self)
            }
        }
        #[diagnostic::do_not_recommend]
        impl<A $($generic)*> NotNull for $ty {}
    )*};
}

sequences! {
    [] [A];
    [] Vec<A>;
    [, const N: usize] [A; N];
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Encode<sql::Bytea> for [u8; N] {
    fn encode(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

fn system_time(time: std::time::SystemTime) -> Value {
    let since = match time.duration_since(std::time::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok().map(|seconds| (seconds, after.subsec_nanos())),
        Err(before) => {
            let before = before.duration();
            let seconds = i64::try_from(before.as_secs()).ok().map(|seconds| -seconds);
            match before.subsec_nanos() {
                0 => seconds.map(|seconds| (seconds, 0)),
                nanos => seconds.map(|seconds| (seconds - 1, 1_000_000_000 - nanos)),
            }
        }
    };
    since.and_then(|(seconds, nanos)| value::Timestamp::from_seconds(seconds, nanos)).map_or_else(
        || Value::Invalid("the time is out of range".into()),
        |utc| Value::Timestamptz(value::Timestamptz::from_utc(utc)),
    )
}

fn duration(duration: std::time::Duration) -> Value {
    i64::try_from(duration.as_micros()).map_or_else(
        |_| Value::Invalid("the duration is out of range".into()),
        |micros| Value::Interval(value::Interval { micros, ..Default::default() }),
    )
}
