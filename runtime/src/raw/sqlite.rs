//! Reading SQLite's values.

use std::borrow::Cow;

use rusqlite::types::ValueRef;

use super::{Pull, Result};
use crate::{DecodeError, Value};

#[derive(Clone)]
pub(super) struct Sqlite<'r>(pub(super) ValueRef<'r>);

impl<'r> Pull<'r> for Sqlite<'r> {
    fn is_null(&self) -> bool {
        matches!(self.0, ValueRef::Null)
    }
    fn type_name(&self) -> Cow<'static, str> {
        let name = match self.0 {
            ValueRef::Null => "null",
            ValueRef::Integer(_) => "integer",
            ValueRef::Real(_) => "real",
            ValueRef::Text(_) => "text",
            ValueRef::Blob(_) => "blob",
        };
        name.into()
    }
    fn to_value(&self) -> Result<Value> {
        Ok(match self.0 {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(value) => Value::Int(value),
            ValueRef::Real(value) => Value::Float(value),
            ValueRef::Text(_) => Value::Text(self.text()?.into()),
            ValueRef::Blob(value) => Value::Bytes(value.into()),
        })
    }
    fn integer(&self) -> Result<i128> {
        match self.0 {
            ValueRef::Integer(value) => Ok(value.into()),
            _ => self.wrong("an integer"),
        }
    }
    fn text(&self) -> Result<&'r str> {
        match self.0 {
            ValueRef::Text(value) => {
                std::str::from_utf8(value).map_err(|error| DecodeError::invalid("UTF-8 text", error))
            }
            _ => self.wrong("text"),
        }
    }
}
