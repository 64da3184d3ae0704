//! Records beside tuples, and values beside plain Rust values, as assertions and conditions compare them.

use super::Record;
use crate::{Encode, Value, value::sql_types::Any};

/// Two records are equal if their values are, whatever the columns are called.
impl PartialEq for Record {
    fn eq(&self, other: &Record) -> bool {
        self.values == other.values
    }
}

/// Whether a value is what a Rust value would be sent as. Integers are compared as numbers, whatever their kinds.
fn same(value: &Value, other: &(impl Encode<Any> + ?Sized)) -> bool {
    match (value, other.encode()) {
        (Value::UInt(a), Value::Int(b)) => u64::try_from(b).is_ok_and(|b| *a == b),
        (Value::Int(a), Value::UInt(b)) => i64::try_from(b).is_ok_and(|b| *a == b),
        (a, b) => *a == b,
    }
}

macro_rules! plain {
    ($($ty:ty)*) => {$(
        impl PartialEq<$ty> for Value {
            fn eq(&self, other: &$ty) -> bool {
                same(self, other)
            }
        }

        impl PartialEq<Value> for $ty {
            fn eq(&self, other: &Value) -> bool {
                same(other, self)
            }
        }
    )*};
}
plain!(bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 str &str String);

macro_rules! tuples {
    ($($name:ident)*) => {
        tuples!(@ $($name)* ;);
    };
    (@ ; $($done:ident)*) => {};
    (@ $next:ident $($rest:ident)* ; $($done:ident)*) => {
        impl<$($done: Encode<Any>,)* $next: Encode<Any>> PartialEq<($($done,)* $next,)> for Record {
            #[allow(non_snake_case)]
            fn eq(&self, other: &($($done,)* $next,)) -> bool {
                let ($($done,)* $next,) = other;
                let mut values = self.values.iter();
                $(values.next().is_some_and(|value| same(value, $done)) &&)*
                values.next().is_some_and(|value| same(value, $next)) && values.next().is_none()
            }
        }
        tuples!(@ $($rest)* ; $($done)* $next);
    };
}
tuples!(A B C D E F G H I J K L M N O P);
