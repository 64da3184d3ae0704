//! Arguments as SQLite's values.
//!
//! SQLite has integers, reals, text and blobs. Truth values are 0 and 1; decimals, dates, times and JSON are text, in the form that
//! SQLite's own functions write and read, an instant in UTC; a UUID is its 16 bytes. In a column declared `decimal` or `numeric` SQLite makes
//! a number of the text of a decimal, and keeps 15 digits of it. A decimal that it might not keep is rejected, whatever the column, for its
//! type is not known here. Pass such a decimal as text to a column declared `text`.

use rusqlite::{
    Statement,
    types::{ToSqlOutput, Value as Owned, ValueRef},
};

use crate::backend::refusal::{Refusal, check_count, count};
use crate::{
    EncodeError, Value,
    statement::packed::{Argument, Arguments},
    value::Numeric,
};

/// Binds the arguments of a statement. `order` says which of the values stands for each of its parameters.
pub(crate) fn bind(
    statement: &mut Statement<'_>,
    arguments: Arguments<'_>,
    order: &[u16],
) -> Result<(), EncodeError> {
    check_count(statement.parameter_count(), order.len())?;
    for (slot, &index) in order.iter().enumerate() {
        let argument = arguments.get(index.into());
        match argument.ok_or_else(|| count(usize::from(index) + 1, arguments.len()))? {
            Argument::Text(text) => statement
                .raw_bind_parameter(slot + 1, text)
                .map_err(|_| too_large(index, &Value::Text(text.to_owned())))?,
            Argument::Value(Value::Int(integer)) => statement
                .raw_bind_parameter(slot + 1, integer)
                .map_err(|_| too_large(index, &Value::Int(*integer)))?,
            Argument::Value(value) => bind_value(statement, slot, index, value)?,
        }
    }
    Ok(())
}

fn bind_value(
    statement: &mut Statement<'_>,
    slot: usize,
    index: u16,
    value: &Value,
) -> Result<(), EncodeError> {
    let bound = to_sql(value).map_err(|refusal| refusal.of(index, class(value), value))?;
    statement.raw_bind_parameter(slot + 1, bound).map_err(|_| too_large(index, value))
}

/// Only a text or blob beyond SQLite's limit is refused when it is bound.
#[cold]
fn too_large(index: u16, value: &Value) -> EncodeError {
    Refusal::OutOfRange.of(index, class(value), value)
}

/// The value that SQLite stores.
pub(in crate::backend) fn to_sql(value: &Value) -> Result<ToSqlOutput<'_>, Refusal> {
    let borrowed = match value {
        Value::Null => ValueRef::Null,
        Value::Bool(value) => ValueRef::Integer((*value).into()),
        Value::Int(value) => ValueRef::Integer(*value),
        Value::UInt(value) => ValueRef::Integer(i64::try_from(*value).map_err(|_| Refusal::OutOfRange)?),
        // SQLite would make it null.
        Value::Float(value) if value.is_nan() => return Err(Refusal::OutOfRange),
        Value::Float(value) => ValueRef::Real(*value),
        Value::Text(value) | Value::Json(value) => ValueRef::Text(value.as_bytes()),
        Value::Numeric(value) if !is_kept(value) => {
            return Err(Refusal::Invalid(
                "SQLite keeps 15 digits of a decimal: pass it as text, to a column declared `text`".into(),
            ));
        }
        Value::Numeric(value) => ValueRef::Text(value.as_str().as_bytes()),
        Value::Bytes(value) => ValueRef::Blob(value),
        Value::Uuid(value) => ValueRef::Blob(value),
        Value::Date(value) => return text(value),
        Value::Time(value) => return text(value),
        Value::Timetz(value) => return text(value),
        Value::Timestamp(value) => return text(value),
        Value::Timestamptz(value) => return text(&value.utc()),
        Value::Interval(_) => return Err(Refusal::Invalid("SQLite has no intervals".into())),
        Value::Array(_) => return Err(Refusal::Invalid("SQLite has no arrays".into())),
        Value::Invalid(reason) => return Err(Refusal::Invalid(reason.clone())),
    };
    Ok(ToSqlOutput::Borrowed(borrowed))
}

/// Whether SQLite keeps all digits of a decimal if it makes a number of it: an integer of 64 bits, or a real, which keeps 15 digits
/// (SQLite's documentation, "Floating Point Numbers").
fn is_kept(value: &Numeric) -> bool {
    let text = value.as_str();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    if !value.is_finite() || fraction.is_empty() && whole.parse::<i64>().is_ok() {
        return true;
    }
    let whole = whole.trim_start_matches('-');
    let digits = format!("{whole}{fraction}");
    // The exponents of a real.
    whole.len() <= 300 && fraction.len() <= 300 && digits.trim_matches('0').len() <= 15
}

/// SQLite's name of what a value becomes there.
pub(in crate::backend) fn class(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) | Value::Int(_) | Value::UInt(_) => "integer",
        Value::Float(_) => "real",
        Value::Bytes(_) | Value::Uuid(_) => "blob",
        _ => "text",
    }
}

fn text(value: &impl ToString) -> Result<ToSqlOutput<'static>, Refusal> {
    Ok(ToSqlOutput::Owned(Owned::Text(value.to_string())))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::{Decode, Row, value, value::sql_types as sql};

    /// Sends a value through SQLite, and gives what SQLite says of its type and text, and the value read again.
    fn through<T, D: Decode<T>>(value: Value) -> (String, String, D) {
        let connection = Connection::open_in_memory().unwrap();
        let mut statement = connection.prepare("select typeof(?1), quote(?1), ?1").unwrap();
        bind(&mut statement, [value].as_slice().into(), &[0]).unwrap();
        let mut rows = statement.raw_query();
        let row = rows.next().unwrap().unwrap();
        let row = Row::new(row);
        let text = |column| row.get::<sql::Text, String>(column).unwrap();
        (text(0), text(1), row.get::<T, D>(2).unwrap())
    }

    #[test]
    fn there_and_back() {
        let parsed = |text: &str| text.parse().unwrap();
        let is = |(ty, text, same): (String, String, bool), expected: (&str, &str)| {
            assert_eq!((ty.as_str(), text.as_str()), expected);
            assert!(same, "{text}");
        };
        macro_rules! case {
            ($marker:ident $ty:ty: $value:expr => $($expected:tt)+) => {{
                let value: $ty = $value;
                let (ty, text, back) = through::<sql::$marker, $ty>(crate::Encode::<sql::$marker>::encode(&value));
                is((ty, text, back == value), ($($expected)+));
            }};
        }
        case!(Bool bool: true => "integer", "1");
        case!(Int8 i64: i64::MIN => "integer", "-9223372036854775808");
        case!(Float8 f64: 0.1 => "real", "0.1");
        case!(Text String: "hé'".into() => "text", "'hé'''");
        case!(Bytea Vec<u8>: vec![0, 255] => "blob", "X'00FF'");
        case!(Numeric value::Numeric: parsed("1.50") => "text", "'1.50'");
        case!(Date value::Date: value::Date::new(1969, 12, 31).unwrap() => "text", "'1969-12-31'");
        case!(Time value::Time: "23:59:59.5".parse().unwrap() => "text", "'23:59:59.500'");
        case!(Timestamp value::Timestamp: "2024-02-29 12:00:00".parse().unwrap() => "text", "'2024-02-29 12:00:00'");
        case!(Timestamptz value::Timestamptz: "2024-02-29 12:00:00+01:00".parse().unwrap() => "text", "'2024-02-29 11:00:00'");
        case!(Text Option<String>: None => "null", "NULL");
    }

    #[test]
    fn what_sqlite_would_change_is_refused() {
        let connection = Connection::open_in_memory().unwrap();
        let mut statement = connection.prepare("select ?1").unwrap();
        let cases = [
            (
                Value::UInt(u64::MAX),
                "parameter 1: unsigned integer 18446744073709551615 does not fit into `integer`",
            ),
            (Value::Float(f64::NAN), "parameter 1: float NaN does not fit into `real`"),
            (Value::Array(vec![]), "parameter 1: SQLite has no arrays"),
        ];
        for (value, message) in cases {
            assert_eq!(
                bind(&mut statement, [value].as_slice().into(), &[0]).unwrap_err().to_string(),
                message
            );
        }
        assert_eq!(
            bind(&mut statement, [].as_slice().into(), &[]).unwrap_err().to_string(),
            "the query takes 1 arguments, 0 were given"
        );
    }

    /// What SQLite's functions write, and the other ways in which it keeps a date.
    #[test]
    fn dates_as_sqlite_keeps_them() {
        let connection = Connection::open_in_memory().unwrap();
        let read = |expression: &str| {
            let mut statement = connection.prepare(&format!("select {expression}")).unwrap();
            let mut rows = statement.raw_query();
            let row = Row::new(rows.next().unwrap().unwrap());
            row.get::<sql::Timestamptz, value::Timestamptz>(0).map(|instant| instant.to_string()).ok()
        };
        let cases = [
            ("datetime('2024-02-29 12:00:00')", Some("2024-02-29 12:00:00+00:00")),
            ("date('2024-02-29')", Some("2024-02-29 00:00:00+00:00")),
            ("'2024-02-29T12:00:00.5+01:00'", Some("2024-02-29 11:00:00.500+00:00")),
            ("unixepoch('1969-12-31 23:59:59')", Some("1969-12-31 23:59:59+00:00")),
            ("julianday('2024-02-29 12:00:00.123')", Some("2024-02-29 12:00:00.123+00:00")),
            ("1700000000000", None),
            ("-1.5", None),
            ("'yesterday'", None),
            ("x'00'", None),
            ("null", None),
        ];
        for (expression, text) in cases {
            assert_eq!(read(expression).as_deref(), text, "{expression}");
        }
    }

    #[test]
    fn decimals_that_lose_no_digit() {
        for (text, kept) in [
            ("0", true),
            ("1.50", true),
            ("123456789012.345", true),
            ("0.000000123456789012345", true),
            ("9223372036854775807", true),
            ("-9223372036854775808.000", true),
            ("9223372036854775808", false),
            ("1000000000000000000000", true),
            ("1234567890123456", true),
            ("12345678901234.56", false),
            ("99999999999999.999999", false),
            ("79228162514264337593543950335", false),
            ("NaN", true),
        ] {
            assert_eq!(is_kept(&text.parse().unwrap()), kept, "{text}");
        }
    }

    /// A column declared `decimal` turns text into numbers where it can.
    #[test]
    fn decimals_as_sqlite_keeps_them() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("create table t (n decimal(10, 2))").unwrap();
        for (given, kept) in [("1.50", "1.5"), ("2", "2"), ("-0.001", "-0.001"), ("0.1", "0.1")] {
            connection.execute("delete from t", []).unwrap();
            let mut statement = connection.prepare("insert into t values (?1) returning n").unwrap();
            bind(&mut statement, [Value::Numeric(given.parse().unwrap())].as_slice().into(), &[0]).unwrap();
            let mut rows = statement.raw_query();
            let row = Row::new(rows.next().unwrap().unwrap());
            let read: value::Numeric = row.get::<sql::Numeric, _>(0).unwrap();
            assert_eq!(read.as_str(), kept, "{given}");
        }
    }
}
