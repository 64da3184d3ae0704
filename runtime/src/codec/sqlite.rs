//! Arguments as SQLite's values.
//!
//! SQLite has integers, reals, text and blobs. Truth values are 0 and 1; decimals, dates, times and JSON are text, in the form that
//! SQLite's own functions write and read, an instant in UTC; a UUID is its 16 bytes.

use rusqlite::{
    Statement,
    types::{ToSqlOutput, Value as Owned, ValueRef},
};

use super::{Refusal, argument, check_count};
use crate::{EncodeError, Value};

/// Binds the arguments of a statement. `order` says which of the values stands for each of its parameters.
pub(crate) fn bind(
    statement: &mut Statement<'_>,
    values: &[Value],
    order: &[u16],
) -> Result<(), EncodeError> {
    check_count(statement.parameter_count(), order.len())?;
    for (slot, &index) in order.iter().enumerate() {
        let value = argument(values, index, order.len())?;
        let bound = to_sql(value).map_err(|refusal| refusal.of(index, "a value of SQLite's", value))?;
        // Only a text or blob beyond SQLite's limit can fail here.
        statement
            .raw_bind_parameter(slot + 1, bound)
            .map_err(|_| Refusal::OutOfRange.of(index, "a value of SQLite's", value))?;
    }
    Ok(())
}

fn to_sql(value: &Value) -> Result<ToSqlOutput<'_>, Refusal> {
    let borrowed = match value {
        Value::Null => ValueRef::Null,
        Value::Bool(value) => ValueRef::Integer((*value).into()),
        Value::Int(value) => ValueRef::Integer(*value),
        Value::UInt(value) => ValueRef::Integer(i64::try_from(*value).map_err(|_| Refusal::OutOfRange)?),
        // SQLite would make it null.
        Value::Float(value) if value.is_nan() => return Err(Refusal::OutOfRange),
        Value::Float(value) => ValueRef::Real(*value),
        Value::Text(value) | Value::Json(value) => ValueRef::Text(value.as_bytes()),
        Value::Numeric(value) => ValueRef::Text(value.as_str().as_bytes()),
        Value::Bytes(value) => ValueRef::Blob(value),
        Value::Uuid(value) => ValueRef::Blob(value),
        Value::Date(value) => return text(value),
        Value::Time(value) => return text(value),
        Value::Timetz(value) => return text(value),
        Value::Timestamp(value) => return text(value),
        Value::Timestamptz(value) => return text(&value.utc()),
        Value::Interval(_) => return Err(Refusal::Unsupported("SQLite has no intervals".into())),
        Value::Array(_) => return Err(Refusal::Unsupported("SQLite has no arrays".into())),
        Value::Invalid(reason) => return Err(Refusal::Invalid(reason.clone())),
    };
    Ok(ToSqlOutput::Borrowed(borrowed))
}

fn text(value: &impl ToString) -> Result<ToSqlOutput<'static>, Refusal> {
    Ok(ToSqlOutput::Owned(Owned::Text(value.to_string())))
}
