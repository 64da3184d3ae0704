//! Arguments: which Rust types can be passed where a query wants a SQL type.

mod error;
mod impls;
mod put;

pub use error::{EncodeError, EncodeProblem};
pub(crate) use put::To;
pub use put::{Put, put, put_not_null};

use crate::Value;

/// A Rust type that fits the SQL type `T` without loss.
///
/// `T` is one of [`sql_types`](crate::sql_types). An `Option` of such a type (null), a reference, `Box`, `Arc`, `Rc` and `Cow` fit as
/// well.
///
/// | SQL type | Rust types |
/// |---|---|
/// | [`Bool`](crate::value::sql_types::Bool) | `bool` |
/// | `Int1` | `i8` |
/// | `Int2` | `i8` `i16` `u8` |
/// | `Int4` | `i8` `i16` `i32` `u8` `u16` |
/// | `Int8` | `i8` `i16` `i32` `i64` `isize` `u8` `u16` `u32` |
/// | `UInt1` … `UInt8` | the unsigned integers up to that width; `usize` for `UInt8` |
/// | `Float4` | `f32`, integers of up to 16 bits |
/// | `Float8` | `f32` `f64`, integers of up to 32 bits |
/// | `Numeric` | [`Numeric`](crate::value::Numeric), integers, `rust_decimal::Decimal` |
/// | `Text` | `str` `String` `char` |
/// | `Enum` | `str` `String`, an enum of yours |
/// | `Bytea` | `[u8]` `Vec<u8>` `[u8; N]`, `uuid::Uuid` |
/// | `Date`, `Time`, `Timestamp` | those of [`value`](crate::value), `chrono` and `time` |
/// | `Timestamptz` | the same, and `std::time::SystemTime` |
/// | `Timetz` | [`Timetz`](crate::value::Timetz) |
/// | `Interval` | [`Interval`](crate::value::Interval), the `Duration` of `std` and `time`, `chrono::TimeDelta` |
/// | `Uuid` | `uuid::Uuid` |
/// | `Json` | `serde_json::Value`, `Json<T>` |
/// | `Array<T>` | slices, arrays and `Vec` of what fits `T` |
/// | `Any` | all of these |
///
/// A type of your own is passed as what it holds:
///
/// ```
/// use aio_databases::{Decode, DecodeError, Encode, NotNull, Raw, Value, sql_types::Int8};
///
/// #[derive(Debug, PartialEq)]
/// struct UserId(i64);
///
/// // As an argument, wherever an `i64` can stand.
/// impl<T> Encode<T> for UserId
/// where
///     i64: Encode<T>,
/// {
///     fn encode(&self) -> Value {
///         self.0.encode()
///     }
/// }
///
/// // Also where null makes no sense.
/// impl NotNull for UserId {}
///
/// // As a column, wherever an `i64` can be read.
/// impl<T> Decode<T> for UserId
/// where
///     i64: Decode<T>,
/// {
///     fn decode(value: Raw<'_>) -> Result<Self, DecodeError> {
///         i64::decode(value).map(UserId)
///     }
/// }
///
/// let argument = Encode::<Int8>::encode(&UserId(7));
/// assert_eq!(argument, Value::Int(7));
/// assert_eq!(<UserId as Decode<Int8>>::decode((&argument).into()).unwrap(), UserId(7));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed where the query wants `{T}`",
    label = "the query wants `{T}` here",
    note = "what fits: `i8` `i16` `u8` for `Int2`; also `i32` `u16` for `Int4`; also `i64` `u32` for `Int8`; `f32` `f64` for `Float8`; `&str` `String` for `Text`; \
            `&[u8]` `Vec<u8>` for `Bytea`; slices and `Vec` for `Array`; `Option` of these where null may be meant",
    note = "convert the value (`i32::try_from(…)?`, `….to_string()`), or cast the parameter in the query if it is meant to be of another type",
    note = "types of `chrono`, `time`, `uuid`, `rust_decimal` and `serde_json` fit where the feature of that name is on; for a type of your own implement `Encode`"
)]
pub trait Encode<T> {
    /// The value to send.
    fn encode(&self) -> Value;

    /// Puts the value into a row of arguments; a text needs not be kept in a `String` of its own for that.
    #[doc(hidden)]
    #[inline]
    fn put(&self, row: &mut Put<'_>) {
        row.value(self.encode());
    }

    /// How a sequence of these is sent where the type is unknown: as an array; `u8` as bytes.
    #[doc(hidden)]
    fn encode_slice(values: &[Self]) -> Value
    where
        Self: Sized,
    {
        Value::Array(values.iter().map(Encode::encode).collect())
    }
}

/// A Rust type whose values are never null: every type that can be passed, but `Option`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may be null, but null makes no sense here in the query",
    label = "this parameter is never null",
    note = "pass a value that is there: `match` on the `Option`, or give a default with `unwrap_or`",
    note = "a type of your own that is never null says so by implementing `NotNull`"
)]
pub trait NotNull {}

/// An argument where the query wants a `T`.
#[doc(hidden)]
pub fn arg<T, A: Encode<T> + ?Sized>(argument: &A) -> Value {
    argument.encode()
}

/// An argument where the query wants a `T` and null cannot be meant.
#[doc(hidden)]
pub fn arg_not_null<T, A: Encode<T> + NotNull + ?Sized>(argument: &A) -> Value {
    argument.encode()
}
