//! Writing MySQL's arguments.
//!
//! The server does not say of what type a parameter is: each argument brings its own. So decimals are sent as decimals and dates as dates,
//! not as text, which the server would compare as text or as floats. UUIDs and JSON have no type of their own there.

use aio_databases_mysql::{ColumnType, Params, write_string};

use super::wire;
use crate::backend::refusal::{Refusal, argument};
use crate::{EncodeError, Value};

/// Writes the arguments of a statement, for each of its rows. `order` says which value each placeholder stands for.
pub(super) fn bind(params: &mut Params<'_>, rows: &[Vec<Value>], order: &[u16]) -> Result<(), EncodeError> {
    for row in rows {
        for &index in order {
            let value = argument(row, index)?;
            let (ty, is_unsigned) = type_of(value);
            if value.is_null() {
                params.null(ty);
            } else {
                let written = params.value(ty, is_unsigned, |out| write(value, out));
                written.map_err(|refusal| refusal.of(index, name(value), value))?;
            }
        }
    }
    Ok(())
}

/// The type that a value is sent as, and whether it is an unsigned number.
pub(in crate::backend) fn type_of(value: &Value) -> (ColumnType, bool) {
    let ty = match value {
        Value::Bool(_) => ColumnType::TINY,
        Value::Int(_) => ColumnType::LONG_LONG,
        Value::UInt(_) => return (ColumnType::LONG_LONG, true),
        Value::Float(_) => ColumnType::DOUBLE,
        Value::Numeric(_) => ColumnType::NEW_DECIMAL,
        Value::Date(_) => ColumnType::DATE,
        Value::Time(_) | Value::Interval(_) => ColumnType::TIME,
        // Not `timestamp` for an instant: the server makes null of one outside of the years 1970 to 2038.
        Value::Timestamp(_) | Value::Timestamptz(_) => ColumnType::DATETIME,
        Value::Bytes(_) | Value::Uuid(_) => ColumnType::BLOB,
        // Null is sent as text, which every column accepts; a `uuid` column rejects a number's null.
        Value::Null
        | Value::Text(_)
        | Value::Json(_)
        | Value::Timetz(_)
        | Value::Array(_)
        | Value::Invalid(_) => ColumnType::VAR_STRING,
    };
    (ty, false)
}

/// Writes a value in the binary format; null as nothing.
pub(in crate::backend) fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), Refusal> {
    match value {
        Value::Null => {}
        Value::Bool(value) => out.push((*value).into()),
        Value::Int(value) => out.extend_from_slice(&value.to_le_bytes()),
        Value::UInt(value) => out.extend_from_slice(&value.to_le_bytes()),
        Value::Float(value) if !value.is_finite() => return Err(Refusal::OutOfRange),
        Value::Float(value) => out.extend_from_slice(&value.to_le_bytes()),
        Value::Numeric(value) if !value.is_finite() => return Err(Refusal::OutOfRange),
        Value::Numeric(value) => write_string(value.as_str().as_bytes(), out),
        Value::Text(value) | Value::Json(value) => write_string(value.as_bytes(), out),
        Value::Bytes(value) => write_string(value, out),
        Value::Uuid(value) => write_string(value, out),
        Value::Date(value) => wire::write_date(*value, out).ok_or(Refusal::OutOfRange)?,
        Value::Timestamp(value) => wire::write_datetime(*value, out).ok_or(Refusal::OutOfRange)?,
        Value::Timestamptz(value) => wire::write_datetime(value.utc(), out).ok_or(Refusal::OutOfRange)?,
        Value::Time(value) => {
            wire::write_time((value.nanos() / 1_000) as i64, out).ok_or(Refusal::OutOfRange)?;
        }
        Value::Interval(value) => {
            if value.months != 0 {
                return Err(Refusal::Invalid("MySQL's `time` holds no months".into()));
            }
            let micros = i64::from(value.days).checked_mul(86_400_000_000);
            let micros = micros.and_then(|days| days.checked_add(value.micros));
            micros.and_then(|micros| wire::write_time(micros, out)).ok_or(Refusal::OutOfRange)?;
        }
        Value::Timetz(_) => return Err(Refusal::Invalid("MySQL has no time with time zone".into())),
        Value::Array(_) => return Err(Refusal::Invalid("MySQL has no arrays".into())),
        Value::Invalid(reason) => return Err(Refusal::Invalid(reason.clone())),
    }
    Ok(())
}

/// MySQL's name of what a value becomes there.
pub(in crate::backend) fn name(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "tinyint",
        Value::Int(_) => "bigint",
        Value::UInt(_) => "bigint unsigned",
        Value::Float(_) => "double",
        Value::Numeric(_) => "decimal",
        Value::Date(_) => "date",
        Value::Time(_) | Value::Interval(_) => "time",
        Value::Timestamp(_) | Value::Timestamptz(_) => "datetime",
        Value::Bytes(_) | Value::Uuid(_) => "blob",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Date, Interval};

    #[test]
    fn what_mysql_would_change_is_rejected() {
        let date = |year| Value::Date(Date::new(year, 1, 1).unwrap());
        let interval = |months, days, micros| Value::Interval(Interval { months, days, micros });
        let cases = [
            (Value::Float(f64::NAN), "parameter 1: float NaN does not fit into `double`"),
            (Value::Float(f64::INFINITY), "parameter 1: float inf does not fit into `double`"),
            (Value::Numeric("NaN".parse().unwrap()), "parameter 1: numeric NaN does not fit into `decimal`"),
            (date(-1), "parameter 1: date -0001-01-01 does not fit into `date`"),
            (date(10_000), "parameter 1: date 10000-01-01 does not fit into `date`"),
            (interval(0, 40, 0), "parameter 1: interval P40D does not fit into `time`"),
            (
                interval(0, i32::MAX, i64::MAX),
                "parameter 1: interval P2147483647DT2562047788H54.775807S does not fit into `time`",
            ),
            (interval(1, 0, 0), "parameter 1: MySQL's `time` holds no months"),
            (Value::Array(vec![]), "parameter 1: MySQL has no arrays"),
            (Value::Invalid("no JSON".into()), "parameter 1: no JSON"),
        ];
        for (value, message) in cases {
            let refusal = write(&value, &mut Vec::new()).unwrap_err();
            assert_eq!(refusal.of(0, name(&value), &value).to_string(), message);
        }
    }

    /// The server makes null of a parameter of the type `timestamp` that is outside of the years 1970 to 2038.
    #[test]
    fn an_instant_is_sent_as_datetime() {
        let instant: crate::value::Timestamptz = "1900-01-01 00:00:00".parse().unwrap();
        assert_eq!(type_of(&Value::Timestamptz(instant)), (ColumnType::DATETIME, false));
    }

    #[test]
    fn only_u64_is_unsigned() {
        assert_eq!(type_of(&Value::UInt(u64::MAX)), (ColumnType::LONG_LONG, true));
        assert_eq!(type_of(&Value::Int(-1)), (ColumnType::LONG_LONG, false));
        let mut out = Vec::new();
        write(&Value::UInt(u64::MAX), &mut out).unwrap();
        assert_eq!(out, [0xFF; 8]);
    }
}
