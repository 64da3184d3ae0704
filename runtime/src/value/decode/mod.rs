//! Results: which Rust types a column of a SQL type can be read into.

mod columns;
mod error;
mod impls;
mod nullable;
#[cfg(test)]
mod tests;

pub(crate) use columns::Columns;
pub use columns::{first, first_nullable, first_some};
pub use error::{ColumnError, DecodeError};
pub use nullable::nullable;

use crate::{AtOnce, Raw, Row};

/// A Rust type that holds every value of the SQL type `T`.
///
/// `T` is one of [`sql_types`](crate::sql_types). An `Option` of such a type, `Box`, `Arc` and `Rc` do as well.
///
/// | SQL type | Rust types |
/// |---|---|
/// | [`Bool`](crate::value::sql_types::Bool) | `bool` |
/// | `Int1` | `i8` and wider |
/// | `Int2` | `i16` and wider |
/// | `Int4` | `i32` `i64` `i128` |
/// | `Int8` | `i64` `i128` |
/// | `UInt1` … `UInt8` | the unsigned integers from that width on, the signed ones above it |
/// | `Float4` | `f32` `f64` |
/// | `Float8` | `f64` |
/// | `Numeric` | [`Numeric`](crate::value::Numeric), `rust_decimal::Decimal` |
/// | `Text`, `Enum` | `String` `Box<str>` `Arc<str>` `Rc<str>` `Cow<str>`; `char` for `Text` |
/// | `Bytea` | `Vec<u8>` `Box<[u8]>` `Arc<[u8]>` `Rc<[u8]>` `Cow<[u8]>` `[u8; N]`, `uuid::Uuid` |
/// | `Date`, `Time`, `Timestamp` | those of [`value`](crate::value), `chrono` and `time` |
/// | `Timestamptz` | the same, and `std::time::SystemTime` |
/// | `Timetz`, `Interval` | those of [`value`](crate::value) |
/// | `Uuid` | `uuid::Uuid` |
/// | `Json` | `serde_json::Value`, `Json<T>` |
/// | `Array<T>` | `Vec<D>` `Box<[D]>` `Arc<[D]>` `Rc<[D]>` `[D; N]`, where `D` holds `T` |
/// | `Any` | all of these, and narrower numbers: what comes is held against the type at run time |
///
/// How to make it take a type of your own stands at [`Encode`](crate::Encode). One that checks what it takes:
///
/// ```
/// use aio_databases::{Decode, DecodeError, Raw, Value, sql_types::Text};
///
/// #[derive(Debug)]
/// struct Email(String);
///
/// impl<T> Decode<T> for Email
/// where
///     String: Decode<T>,
/// {
///     fn decode(value: Raw<'_>) -> Result<Self, DecodeError> {
///         let text = String::decode(value)?;
///         if text.contains('@') { Ok(Email(text)) } else { Err(DecodeError::other("no e-mail address")) }
///     }
/// }
///
/// let error = <Email as Decode<Text>>::decode((&Value::from("nobody")).into()).unwrap_err();
/// assert_eq!(error.to_string(), "no e-mail address");
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of the type `{T}` cannot be read into `{Self}`",
    label = "the column is `{T}`",
    note = "what fits: `i16` `i32` `i64` for `Int2`; `i32` `i64` for `Int4`; `i64` for `Int8`; `f64` for `Float8`; `String` for `Text`; `Vec<u8>` for `Bytea`; \
            `Vec` for `Array`; `Option` of these where the column may be null",
    note = "use a type that does, or cast the column in the query: `…::int4`, `cast(… as …)`",
    note = "types of `chrono`, `time`, `uuid`, `rust_decimal` and `serde_json` fit where the feature of that name is on; for a type of your own implement `Decode`"
)]
pub trait Decode<T>: Sized {
    /// Reads the value.
    fn decode(value: Raw<'_>) -> Result<Self, DecodeError>;

    /// A value that is read where it lies, if that is all it takes.
    #[doc(hidden)]
    #[inline]
    fn at_once(_row: &Row<'_>, _column: usize) -> AtOnce<Self> {
        AtOnce::Unknown
    }

    /// How a sequence of these is read where the type is unknown: from an array; `u8` from bytes.
    #[doc(hidden)]
    fn decode_vec(value: Raw<'_>) -> Result<Vec<Self>, DecodeError> {
        impls::elements::<T, Self>(value)
    }
}
