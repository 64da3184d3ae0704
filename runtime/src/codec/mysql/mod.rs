//! Arguments in MySQL's binary format.
//!
//! The server does not say what a parameter's type is: each argument brings its own. So decimals go as decimals and dates as dates,
//! not as text, which the server would compare as text or as floats. UUIDs and JSON have no type of their own there.

pub(crate) mod wire;

use sqlx::{
    Arguments as _, Encode, MySql, Type,
    encode::IsNull,
    error::BoxDynError,
    mysql::{MySqlArguments, MySqlTypeInfo, types::MySqlTime},
    types::{
        Decimal,
        time::{Date as SqlxDate, OffsetDateTime, PrimitiveDateTime},
    },
};

use super::{Refusal, argument};
use crate::{EncodeError, Value};

/// The arguments of a statement. `order` says which of the values stands for each of its placeholders.
pub(crate) fn arguments(values: &[Value], order: &[u16]) -> Result<MySqlArguments, EncodeError> {
    let mut arguments = MySqlArguments::default();
    arguments.reserve(order.len(), order.len() * 16);
    for &index in order {
        let value = argument(values, index, order.len())?;
        arguments.add(Argument(value)).map_err(|error| match error.downcast::<Refusal>() {
            Ok(refusal) => refusal.of(index, "a value of MySQL's", value),
            Err(error) => {
                Refusal::Unsupported(error.to_string().into()).of(index, "a value of MySQL's", value)
            }
        })?;
    }
    Ok(arguments)
}

struct Argument<'v>(&'v Value);

impl Type<MySql> for Argument<'_> {
    fn type_info() -> MySqlTypeInfo {
        // Never asked for: `produces` knows better.
        <str as Type<MySql>>::type_info()
    }
}

impl Encode<'_, MySql> for Argument<'_> {
    fn encode_by_ref(&self, out: &mut Vec<u8>) -> Result<IsNull, BoxDynError> {
        write(self.0, out).map_err(Into::into)
    }

    fn produces(&self) -> Option<MySqlTypeInfo> {
        fn of<T: Type<MySql> + ?Sized>() -> MySqlTypeInfo {
            T::type_info()
        }
        Some(match self.0 {
            Value::Bool(_) => of::<bool>(),
            Value::Int(_) => of::<i64>(),
            Value::UInt(_) => of::<u64>(),
            Value::Float(_) => of::<f64>(),
            Value::Numeric(_) => of::<Decimal>(),
            Value::Date(_) => of::<SqlxDate>(),
            Value::Time(_) | Value::Interval(_) => of::<MySqlTime>(),
            Value::Timestamp(_) => of::<PrimitiveDateTime>(),
            Value::Timestamptz(_) => of::<OffsetDateTime>(),
            Value::Bytes(_) | Value::Uuid(_) => of::<[u8]>(),
            // The type that leaves others as they are: `coalesce(?, 5)` stays an integer, `coalesce(?, 'x')` text.
            Value::Null => of::<i64>(),
            Value::Text(_) | Value::Json(_) | Value::Timetz(_) | Value::Array(_) | Value::Invalid(_) => {
                of::<str>()
            }
        })
    }
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<IsNull, Refusal> {
    match value {
        Value::Null => return Ok(IsNull::Yes),
        Value::Bool(value) => out.push((*value).into()),
        Value::Int(value) => out.extend(value.to_le_bytes()),
        Value::UInt(value) => out.extend(value.to_le_bytes()),
        Value::Float(value) if !value.is_finite() => return Err(Refusal::OutOfRange),
        Value::Float(value) => out.extend(value.to_le_bytes()),
        Value::Numeric(value) if !value.is_finite() => return Err(Refusal::OutOfRange),
        Value::Numeric(value) => wire::write_bytes(value.as_str().as_bytes(), out),
        Value::Text(value) | Value::Json(value) => wire::write_bytes(value.as_bytes(), out),
        Value::Bytes(value) => wire::write_bytes(value, out),
        Value::Uuid(value) => wire::write_bytes(value, out),
        Value::Date(value) => wire::write_date(*value, out).ok_or(Refusal::OutOfRange)?,
        Value::Timestamp(value) => wire::write_datetime(*value, out).ok_or(Refusal::OutOfRange)?,
        Value::Timestamptz(value) => wire::write_datetime(value.utc(), out).ok_or(Refusal::OutOfRange)?,
        Value::Time(value) => {
            wire::write_time((value.nanos() / 1_000) as i64, out).ok_or(Refusal::OutOfRange)?
        }
        Value::Interval(value) => {
            if value.months != 0 {
                return Err(Refusal::Unsupported("an interval of months".into()));
            }
            let micros = i64::from(value.days).checked_mul(86_400_000_000);
            let micros = micros.and_then(|days| days.checked_add(value.micros));
            micros.and_then(|micros| wire::write_time(micros, out)).ok_or(Refusal::OutOfRange)?;
        }
        Value::Timetz(_) => return Err(Refusal::Unsupported("MySQL has no time with time zone".into())),
        Value::Array(_) => return Err(Refusal::Unsupported("MySQL has no arrays".into())),
        Value::Invalid(reason) => return Err(Refusal::Invalid(reason.clone())),
    }
    Ok(IsNull::No)
}
