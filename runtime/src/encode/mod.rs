//! Arguments: which Rust types can be passed where a query wants a SQL type.

mod error;
mod impls;

pub use error::{EncodeError, EncodeProblem};

use crate::Value;

/// A Rust type that fits the SQL type `T` without loss.
///
/// `T` is one of [`sql_types`](crate::sql_types). An `Option` of such a type, a reference, `Box`, `Arc`, `Rc` and `Cow` fit as well.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed where the query wants `{T}`",
    label = "the query wants `{T}` here"
)]
pub trait Encode<T> {
    /// The value to send.
    fn encode(&self) -> Value;

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
    label = "this parameter is not nullable"
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
