use std::num::NonZero;

use super::*;
use crate::{Encode, NotNull, Row, Value, value, value::sql_types as sql};

fn decode<T, D: Decode<T>>(value: impl Into<Value>) -> Result<D, DecodeError> {
    D::decode((&value.into()).into())
}

fn error<T, D: Decode<T>>(value: impl Into<Value>) -> String {
    decode::<T, D>(value).map(drop).unwrap_err().to_string()
}

#[test]
fn integers_of_any_width_are_held_against_the_type() {
    assert_eq!(decode::<sql::Int4, i64>(7).unwrap(), 7);
    assert_eq!(decode::<sql::Int8, i64>(7_u64).unwrap(), 7);
    assert_eq!(error::<sql::Int8, i64>(u64::MAX), "18446744073709551615 does not fit into `i64`");
    assert_eq!(error::<sql::UInt8, u64>(-1), "-1 does not fit into `u64`");
    assert_eq!(decode::<sql::UInt8, u64>(u64::MAX).unwrap(), u64::MAX);
    assert_eq!(error::<sql::Any, i8>(128), "128 does not fit into `i8`");
    assert_eq!(decode::<sql::Any, u16>(65_535).unwrap(), 65_535);
    assert_eq!(decode::<sql::Int8, NonZero<i64>>(1).unwrap().get(), 1);
    assert!(decode::<sql::Int8, NonZero<i64>>(0).is_err());
}

#[test]
fn truth_values_are_0_and_1_too() {
    assert!(decode::<sql::Bool, bool>(1).unwrap());
    assert!(!decode::<sql::Bool, bool>(0_u64).unwrap());
    assert_eq!(error::<sql::Bool, bool>(2), "expected a boolean, found `integer`");
}

#[test]
fn floats() {
    assert_eq!(decode::<sql::Float8, f64>(3).unwrap(), 3.0);
    assert!(decode::<sql::Float8, f64>((1_i64 << 53) + 1).is_err());
    assert_eq!(decode::<sql::Float4, f32>(0.1_f32).unwrap(), 0.1);
    assert!(decode::<sql::Float4, f32>(1e300).is_err());
    assert!(decode::<sql::Any, f32>(0.1_f64).is_err());
    assert!(decode::<sql::Any, f32>(f64::NAN).unwrap().is_nan());
    assert_eq!(error::<sql::Float8, f64>("1"), "expected a floating point number, found `text`");
}

#[test]
fn null_is_none_or_an_error() {
    assert_eq!(decode::<sql::Text, Option<String>>(Value::Null).unwrap(), None);
    assert_eq!(decode::<sql::Text, Option<String>>("x").unwrap(), Some("x".into()));
    let error = error::<sql::Text, String>(Value::Null);
    assert_eq!(error, "the value is null, but the Rust type is no `Option`");
}

#[test]
fn arrays() {
    let array = || Value::Array(vec![Value::Int(1), Value::Null]);
    assert_eq!(decode::<sql::Array<sql::Int4>, Vec<Option<i32>>>(array()).unwrap(), [Some(1), None]);
    assert_eq!(decode::<sql::Array<sql::Int4>, Box<[Option<i64>]>>(array()).unwrap()[..], [Some(1), None]);
    assert_eq!(
        error::<sql::Array<sql::Int4>, Vec<i32>>(array()),
        "element 1 of the array is null: write the column as \"name: Vec<Option<…>>\" if elements may be null"
    );
    assert_eq!(decode::<sql::Any, [Option<u8>; 2]>(array()).unwrap(), [Some(1), None]);
    assert!(decode::<sql::Any, [Option<u8>; 3]>(array()).is_err());
    let none: Vec<Value> = Vec::new();
    assert_eq!(decode::<sql::Array<sql::Text>, Vec<String>>(none).unwrap(), [""; 0]);
}

#[test]
fn bytes_are_no_array_of_numbers() {
    assert_eq!(Encode::<sql::Any>::encode(&vec![1_u8, 2]), Value::Bytes(vec![1, 2]));
    assert_eq!(Encode::<sql::Any>::encode(&[1_u8, 2]), Value::Bytes(vec![1, 2]));
    assert_eq!(Encode::<sql::Any>::encode(&[1_i16, 2][..]), Value::Array(vec![Value::Int(1), Value::Int(2)]));
    assert_eq!(decode::<sql::Any, Vec<u8>>(vec![1_u8, 2]).unwrap(), [1, 2]);
    assert_eq!(decode::<sql::Any, Vec<u8>>(Value::Array(vec![Value::Int(1)])).unwrap(), [1]);
    assert_eq!(decode::<sql::Bytea, [u8; 2]>(vec![1_u8, 2]).unwrap(), [1, 2]);
    assert!(decode::<sql::Bytea, [u8; 3]>(vec![1_u8, 2]).is_err());
}

#[test]
fn characters() {
    assert_eq!(decode::<sql::Text, char>("é").unwrap(), 'é');
    assert!(decode::<sql::Text, char>("").is_err());
    assert!(decode::<sql::Text, char>("ab").is_err());
}

#[test]
fn what_points_to_a_type_fits_as_the_type() {
    fn sent<T>(argument: impl Encode<T> + NotNull) -> Value {
        argument.encode()
    }
    let text = Value::from("x");
    assert_eq!(sent::<sql::Text>("x"), text);
    assert_eq!(sent::<sql::Text>(&&String::from("x")), text);
    assert_eq!(sent::<sql::Text>(Box::<str>::from("x")), text);
    assert_eq!(sent::<sql::Text>(std::sync::Arc::<str>::from("x")), text);
    assert_eq!(sent::<sql::Text>(std::borrow::Cow::Borrowed("x")), text);
    assert_eq!(sent::<sql::Enum>(String::from("x")), text);
    assert_eq!(sent::<sql::Text>('x'), text);
    assert_eq!(sent::<sql::Int8>(Box::new(7_u8)), Value::Int(7));
    assert_eq!(sent::<sql::Int8>(NonZero::new(7_u32).unwrap()), Value::Int(7));
    assert_eq!(sent::<sql::Array<sql::Text>>(vec!["x"]), Value::Array(vec![text.clone()]));
    assert_eq!(sent::<sql::Array<sql::Text>>([Some("x"), None]), Value::Array(vec![text, Value::Null]));
}

/// Floats are floats wherever they go: SQLite divides integers as integers.
#[test]
fn an_integer_for_a_float_is_a_float() {
    assert_eq!(Encode::<sql::Float8>::encode(&5), Value::Float(5.0));
}

#[test]
fn system_time_before_1970_and_after() {
    use std::time::{Duration, UNIX_EPOCH};
    for (time, text) in [
        (UNIX_EPOCH, "1970-01-01 00:00:00+00:00"),
        (UNIX_EPOCH - Duration::from_millis(1_500), "1969-12-31 23:59:58.500+00:00"),
        (UNIX_EPOCH - Duration::from_secs(1), "1969-12-31 23:59:59+00:00"),
        (UNIX_EPOCH + Duration::from_nanos(1), "1970-01-01 00:00:00.000000001+00:00"),
    ] {
        let sent = Encode::<sql::Timestamptz>::encode(&time);
        assert_eq!(sent.to_string(), text);
        assert_eq!(decode::<sql::Timestamptz, std::time::SystemTime>(sent).unwrap(), time);
    }
}

/// A type around another, as a user writes it by hand and a derive would.
#[derive(Debug, PartialEq)]
struct Id(i64);

impl<T> Encode<T> for Id
where
    i64: Encode<T>,
{
    fn encode(&self) -> Value {
        self.0.encode()
    }
}

impl<T> Decode<T> for Id
where
    i64: Decode<T>,
{
    fn decode(value: Raw<'_>) -> Result<Self, DecodeError> {
        i64::decode(value).map(Id)
    }
}

impl NotNull for Id {}

/// Labels.
#[derive(Debug, PartialEq)]
enum Mood {
    Sad,
    Ok,
}

impl<T> Encode<T> for Mood
where
    str: Encode<T>,
{
    fn encode(&self) -> Value {
        match self {
            Mood::Sad => "sad",
            Mood::Ok => "ok",
        }
        .encode()
    }
}

impl<T> Decode<T> for Mood
where
    String: Decode<T>,
{
    fn decode(value: Raw<'_>) -> Result<Self, DecodeError> {
        match String::decode(value)?.as_str() {
            "sad" => Ok(Mood::Sad),
            "ok" => Ok(Mood::Ok),
            other => Err(DecodeError::other(format!("`{other}` is no mood"))),
        }
    }
}

#[test]
fn types_of_the_users_own() {
    assert_eq!(Encode::<sql::Int8>::encode(&Some(&Id(7))), Value::Int(7));
    assert_eq!(Encode::<sql::Array<sql::Int8>>::encode(&[Id(7)]), Value::Array(vec![Value::Int(7)]));
    assert_eq!(Encode::<sql::Any>::encode(&vec![Id(7)]), Value::Array(vec![Value::Int(7)]));
    assert_eq!(decode::<sql::Int4, Id>(7).unwrap(), Id(7));
    assert_eq!(
        decode::<sql::Array<sql::Int8>, Vec<Option<Id>>>(Value::Array(vec![Value::Null])).unwrap(),
        [None]
    );
    assert_eq!(Encode::<sql::Enum>::encode(&Mood::Ok), Value::from("ok"));
    assert_eq!(Encode::<sql::Text>::encode(&Mood::Sad), Value::from("sad"));
    assert_eq!(decode::<sql::Enum, Mood>("sad").unwrap(), Mood::Sad);
    assert_eq!(error::<sql::Enum, Mood>("glad"), "`glad` is no mood");
}

#[test]
fn rows() {
    let values = vec![Value::Int(1), Value::Null];
    let row = Row::from(&values);
    assert_eq!(row.len(), 2);
    assert_eq!(row.get::<sql::Int8, i64>(0).unwrap(), 1);
    assert_eq!(row.get_nullable::<sql::Int8, i64>(1).unwrap(), None);
    assert_eq!(row.get::<sql::Int8, Option<i64>>(1).unwrap(), None);
    let error = row.get::<sql::Int8, i64>(1).unwrap_err();
    assert_eq!(error.to_string(), "column number 2: the value is null, but the Rust type is no `Option`");
    let error = row.get::<sql::Text, String>(0).unwrap_err();
    assert_eq!(error.to_string(), "column number 1: expected text, found `integer`");
    assert_eq!(
        row.get::<sql::Int8, i64>(2).unwrap_err().to_string(),
        "column number 3: no such column: the row has 2"
    );
}

#[test]
fn text_that_is_a_date_where_a_backend_has_only_text() {
    let date: value::Date = decode::<sql::Date, _>("2024-02-29").unwrap();
    assert_eq!(date.to_string(), "2024-02-29");
    assert_eq!(error::<sql::Date, value::Date>("2023-02-29"), "not a date: \"2023-02-29\"");
}
