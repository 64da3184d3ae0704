//! The table of what fits where.
use super::{Encode, NotNull};
use crate::{Value, sql_types::*};

macro_rules! fits {
    ($($($marker:ident)+ : $($ty:ty)+;)*) => {$( fits!(@each [$($marker)+] [$($ty)+]); )*};
    (@each [$($marker:ident)+] $types:tt) => {$( fits!(@one $marker $types); )+};
    (@one $marker:ident [$($ty:ty)+]) => {$(
        impl Encode<$marker> for $ty {
            fn encode(&self) -> Value {
                Value::from(*self)
            }
        }
    )+};
}

fits! {
    Int1: i8;
    Int2: i8 i16 u8;
    Int4: i8 i16 i32 u8 u16;
    Int8: i8 i16 i32 i64 u8 u16 u32;
    UInt1: u8;
    UInt2: u8 u16;
    UInt4: u8 u16 u32;
    UInt8: u8 u16 u32 u64;
}

impl<T, A: Encode<T> + ?Sized> Encode<T> for &A {
    fn encode(&self) -> Value {
        (**self).encode()
    }
}
impl<T, A: Encode<T>> Encode<T> for Option<A> {
    fn encode(&self) -> Value {
        self.as_ref().map_or(Value::Null, Encode::encode)
    }
}
impl Encode<Text> for str {
    fn encode(&self) -> Value {
        Value::from(self)
    }
}
impl<A: NotNull + ?Sized> NotNull for &A {}
impl NotNull for i32 {}
