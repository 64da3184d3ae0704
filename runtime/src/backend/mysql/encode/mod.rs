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
        time::{Date as SqlxDate, PrimitiveDateTime},
    },
};

use crate::backend::refusal::{Refusal, argument};
use crate::{EncodeError, Value};

/// The arguments of a statement, for each of its rows: `order` says which of the values stands for each of the placeholders.
pub(crate) fn arguments(rows: &[impl AsRef<[Value]>], order: &[u16]) -> Result<MySqlArguments, EncodeError> {
    let mut arguments = MySqlArguments::default();
    arguments.reserve(rows.len() * order.len(), rows.len() * order.len() * 16);
    for (row, &index) in rows.iter().flat_map(|row| order.iter().map(move |index| (row, index))) {
        let value = argument(row.as_ref(), index)?;
        arguments.add(Argument(value)).map_err(|error| match error.downcast::<Refusal>() {
            Ok(refusal) => refusal.of(index, name(value), value),
            Err(error) => Refusal::Unsupported(error.to_string().into()).of(index, name(value), value),
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
            // Not `timestamp` for an instant: the server makes null of one outside of the years 1970 to 2038.
            Value::Timestamp(_) | Value::Timestamptz(_) => of::<PrimitiveDateTime>(),
            Value::Bytes(_) | Value::Uuid(_) => of::<[u8]>(),
            // Null goes as text, which every column takes; a `uuid` column refuses that of a number.
            Value::Null
            | Value::Text(_)
            | Value::Json(_)
            | Value::Timetz(_)
            | Value::Array(_)
            | Value::Invalid(_) => of::<str>(),
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
    Ok(IsNull::No)
}

/// MySQL's name of what a value becomes there.
fn name(value: &Value) -> &'static str {
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
    fn what_mysql_would_change_is_refused() {
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
            assert_eq!(arguments(&[[value]], &[0]).map(drop).unwrap_err().to_string(), message);
        }
    }

    /// The server makes null of a parameter of the type `timestamp` that is outside of the years 1970 to 2038.
    #[test]
    fn an_instant_goes_as_datetime() {
        let instant: crate::value::Timestamptz = "1900-01-01 00:00:00".parse().unwrap();
        let ty = Argument(&Value::Timestamptz(instant)).produces().unwrap();
        assert_eq!(sqlx::TypeInfo::name(&ty), "DATETIME");
    }

    #[test]
    fn a_placeholder_each_time_it_stands() {
        let values = [Value::Int(1), Value::Null];
        assert_eq!(arguments(&[&values], &[1, 0, 0]).unwrap().len(), 3);
        let error = arguments(&[&values], &[2]).map(drop).unwrap_err();
        assert_eq!(error.to_string(), "the query takes 3 arguments, 2 were given");
    }
}
