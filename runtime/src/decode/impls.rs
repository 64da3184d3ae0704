//! The table of what can be read into what.
use super::{Decode, DecodeError};
use crate::{Raw, sql_types::*};

impl Decode<Int8> for i64 {
    fn decode(value: Raw<'_>) -> Result<Self, DecodeError> {
        value.int()
    }
}

impl Decode<Text> for String {
    fn decode(value: Raw<'_>) -> Result<Self, DecodeError> {
        value.text().map(Into::into)
    }
}

impl<T, D: Decode<T>> Decode<T> for Option<D> {
    fn decode(value: Raw<'_>) -> Result<Self, DecodeError> {
        if value.is_null() {
            Ok(None)
        } else {
            D::decode(value).map(Some)
        }
    }
}

/// The elements of an array.
pub(super) fn elements<T, D: Decode<T>>(value: Raw<'_>) -> Result<Vec<D>, DecodeError> {
    let decode = |(index, element)| match D::decode(element) {
        Err(DecodeError::UnexpectedNull) => Err(DecodeError::NullElement { index }),
        result => result,
    };
    value.array()?.into_iter().enumerate().map(decode).collect()
}
