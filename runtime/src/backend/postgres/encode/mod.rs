//! Arguments in PostgreSQL's binary format, each as the type that the server says the parameter has.

pub(super) mod copy;
pub(super) mod wire;

use aio_databases_postgres::Encoded;

use super::types::{Format, TypeInfo};
use crate::{
    EncodeError, Value,
    backend::refusal::{Refusal, argument},
};

/// Writes an argument. `order` says which of the values each parameter gets.
pub(in crate::backend) fn one(
    values: &[Value],
    order: &[u16],
    parameter: usize,
    ty: &TypeInfo,
    out: &mut Vec<u8>,
) -> Result<Encoded, EncodeError> {
    let index = order.get(parameter).copied().unwrap_or(u16::MAX);
    let value = argument(values, index)?;
    if value.is_null() {
        return Ok(Encoded::Null);
    }
    write(value, ty, out).map_err(|refusal| refusal.of(index, ty.name.to_string(), value))?;
    Ok(Encoded::Binary)
}

/// Writes the argument of a statement each parameter of which is an array: of what it is in each row.
pub(in crate::backend) fn column(
    rows: &[Vec<Value>],
    order: &[u16],
    parameter: usize,
    ty: &TypeInfo,
    out: &mut Vec<u8>,
) -> Result<Encoded, EncodeError> {
    let index = order.get(parameter).copied().unwrap_or(u16::MAX);
    // What is wrong with a value is reported for the row that it is in, when these go one by one.
    let first = rows.first().map_or(Ok(&Value::Null), |row| argument(row, index))?;
    let values = rows.iter().map(|row| row.get(usize::from(index)).unwrap_or(&Value::Null));
    let written = match ty.format() {
        Format::Array(element) => array(values, element, out),
        _ => Err(Refusal::WrongType),
    };
    written.map_err(|refusal| refusal.of(index, ty.name.to_string(), first))?;
    Ok(Encoded::Binary)
}

/// Writes a value that is not null in the format of the type.
fn write(value: &Value, ty: &TypeInfo, out: &mut Vec<u8>) -> Result<(), Refusal> {
    match (ty.format(), value) {
        (_, Value::Invalid(reason)) => return Err(Refusal::Invalid(reason.clone())),
        (Format::Bool, Value::Bool(value)) => out.push((*value).into()),
        (Format::Int2, _) => out.extend(integer::<i16>(value)?.to_be_bytes()),
        (Format::Int4, _) => out.extend(integer::<i32>(value)?.to_be_bytes()),
        (Format::Int8, _) => out.extend(integer::<i64>(value)?.to_be_bytes()),
        (Format::Oid, _) => out.extend(integer::<u32>(value)?.to_be_bytes()),
        (Format::Xid8, _) => out.extend(integer::<u64>(value)?.to_be_bytes()),
        (Format::Float4, _) => out.extend(float4(float8(value)?)?.to_be_bytes()),
        (Format::Float8, _) => out.extend(float8(value)?.to_be_bytes()),
        (Format::Numeric, Value::Numeric(value)) => wire::write_numeric(value, out)?,
        (Format::Numeric, Value::Int(value)) => wire::write_numeric(&(*value).into(), out)?,
        (Format::Numeric, Value::UInt(value)) => wire::write_numeric(&(*value).into(), out)?,
        (Format::Text, Value::Text(value)) => out.extend(value.as_bytes()),
        (Format::VersionedText, Value::Text(value)) => versioned(value, out),
        (Format::Bytea, Value::Bytes(value)) => out.extend(value),
        (Format::Date, Value::Date(value)) => out.extend(wire::date_to_wire(*value)?.to_be_bytes()),
        (Format::Time, Value::Time(value)) => out.extend(wire::time_to_wire(*value).to_be_bytes()),
        (Format::Timetz, Value::Timetz(value)) => wire::write_timetz(*value, out),
        (Format::Timestamp, Value::Timestamp(value)) => {
            out.extend(wire::timestamp_to_wire(*value)?.to_be_bytes());
        }
        (Format::Timestamptz, Value::Timestamptz(value)) => {
            out.extend(wire::timestamp_to_wire(value.utc())?.to_be_bytes());
        }
        (Format::Interval, Value::Interval(value)) => wire::write_interval(*value, out),
        (Format::Uuid, Value::Uuid(value)) => out.extend(value),
        (Format::Json, Value::Json(value) | Value::Text(value)) => out.extend(value.as_bytes()),
        (Format::Jsonb, Value::Json(value) | Value::Text(value)) => versioned(value, out),
        (Format::Array(element), Value::Array(values)) => array(values.iter(), element, out)?,
        (Format::Other, _) => {
            let name = &ty.name;
            return Err(Refusal::Unsupported(
                format!("the type `{name}`: pass text and cast it in the query: `…::text::{name}`").into(),
            ));
        }
        _ => return Err(Refusal::WrongType),
    }
    Ok(())
}

fn integer<T: TryFrom<i128>>(value: &Value) -> Result<T, Refusal> {
    let integer: i128 = match value {
        Value::Int(value) => (*value).into(),
        Value::UInt(value) => (*value).into(),
        _ => return Err(Refusal::WrongType),
    };
    T::try_from(integer).map_err(|_| Refusal::OutOfRange)
}

fn float8(value: &Value) -> Result<f64, Refusal> {
    match *value {
        Value::Float(value) => Ok(value),
        Value::Int(value) if (value as f64) as i128 == i128::from(value) => Ok(value as f64),
        Value::UInt(value) if (value as f64) as u128 == u128::from(value) => Ok(value as f64),
        Value::Int(_) | Value::UInt(_) => Err(Refusal::OutOfRange),
        _ => Err(Refusal::WrongType),
    }
}

/// The nearest `float4`, as the server itself rounds; what would become infinite or zero is out of range.
fn float4(value: f64) -> Result<f32, Refusal> {
    let nearest = value as f32;
    let lost = (nearest.is_infinite() && value.is_finite()) || (nearest == 0.0 && value != 0.0);
    if lost { Err(Refusal::OutOfRange) } else { Ok(nearest) }
}

/// Text after the number of the format's version, which is 1 in all of them.
fn versioned(text: &str, out: &mut Vec<u8>) {
    out.push(1);
    out.extend(text.as_bytes());
}

/// An array of one dimension: the count of dimensions, whether there are nulls, the elements' type; length and lower bound; the elements.
fn array<'v>(
    values: impl ExactSizeIterator<Item = &'v Value> + Clone,
    element: &TypeInfo,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let length = i32::try_from(values.len()).map_err(|_| Refusal::OutOfRange)?;
    out.extend(i32::from(length > 0).to_be_bytes());
    out.extend(i32::from(values.clone().any(Value::is_null)).to_be_bytes());
    out.extend(element.oid.to_be_bytes());
    if length == 0 {
        return Ok(());
    }
    out.extend(length.to_be_bytes());
    out.extend(1_i32.to_be_bytes());
    for value in values {
        match value {
            Value::Null => out.extend((-1_i32).to_be_bytes()),
            Value::Array(_) => {
                return Err(Refusal::Unsupported("arrays of more than one dimension".into()));
            }
            _ => {
                let start = out.len();
                out.extend([0; 4]);
                write(value, element, out).map_err(|refusal| refusal.of_element(value))?;
                let length = i32::try_from(out.len() - start - 4).map_err(|_| Refusal::OutOfRange)?;
                out[start..start + 4].copy_from_slice(&length.to_be_bytes());
            }
        }
    }
    Ok(())
}

impl From<wire::Bad> for Refusal {
    fn from(_: wire::Bad) -> Self {
        Refusal::OutOfRange
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EncodeProblem, backend::postgres::types::named};

    fn written(value: Value, ty: &TypeInfo) -> Result<String, Refusal> {
        let mut out = Vec::new();
        write(&value, ty, &mut out)?;
        Ok(out.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn array(values: &[Value]) -> Value {
        Value::Array(values.to_vec())
    }

    #[test]
    fn as_the_type_that_the_server_wants() {
        let cases = [
            (Value::Bool(true), named("bool"), "01"),
            (Value::Int(-2), named("int2"), "fffe"),
            (Value::Int(-2), named("int4"), "fffffffe"),
            (Value::UInt(2), named("int8"), "0000000000000002"),
            (Value::UInt(u32::MAX.into()), named("oid"), "ffffffff"),
            (Value::Float(0.5), named("float4"), "3f000000"),
            (Value::Float(0.5), named("float8"), "3fe0000000000000"),
            (Value::Int(3), named("float8"), "4008000000000000"),
            (Value::from("hé"), named("text"), "68c3a9"),
            (Value::from(vec![0_u8, 255]), named("bytea"), "00ff"),
            (
                Value::Interval(crate::value::Interval { months: 1, days: 2, micros: 3 }),
                named("interval"),
                "00000000000000030000000200000001",
            ),
            (
                array(&[Value::Int(1), Value::Null, Value::Int(3)]),
                named("int4[]"),
                "00000001000000010000001700000003000000010000000400000001ffffffff0000000400000003",
            ),
            (array(&[]), named("int4[]"), "000000000000000000000017"),
            (
                array(&[Value::from("a")]),
                named("text[]"),
                "00000001000000000000001900000001000000010000000161",
            ),
        ];
        for (value, ty, bytes) in cases {
            assert_eq!(written(value.clone(), ty).as_deref(), Ok(bytes), "{value} as {}", ty.name);
        }
    }

    #[test]
    fn never_another_value_than_was_given() {
        let wrong = [
            (Value::Int(32_768), named("int2"), "parameter 1: integer 32768 does not fit into `int2`"),
            (
                Value::UInt(u64::MAX),
                named("int8"),
                "parameter 1: unsigned integer 18446744073709551615 does not fit into `int8`",
            ),
            (Value::Int(-1), named("oid"), "parameter 1: integer -1 does not fit into `oid`"),
            (
                Value::Int((1 << 53) + 1),
                named("float8"),
                "parameter 1: integer 9007199254740993 does not fit into `float8`",
            ),
            (Value::Float(1e300), named("float4"), "parameter 1: float 1e300 does not fit into `float4`"),
            (Value::Float(1e-300), named("float4"), "parameter 1: float 1e-300 does not fit into `float4`"),
            (
                Value::from("1"),
                named("int4"),
                "parameter 1: the query wants `int4`, text was given: convert it, or cast the parameter, `…::text`",
            ),
            (
                Value::Int(1),
                named("text"),
                "parameter 1: the query wants `text`, integer was given: convert it, or cast the parameter, `…::int8`",
            ),
            (
                array(&[Value::Int(1)]),
                named("int4"),
                "parameter 1: the query wants `int4`, array was given: `= any(…)` takes an array",
            ),
            (
                array(&[Value::Int(1), Value::from("x")]),
                named("int4[]"),
                "parameter 1: the query wants `int4[]`, an array with text was given",
            ),
            (
                array(&[array(&[Value::Int(1)])]),
                named("int4[]"),
                "parameter 1: not supported yet: arrays of more than one dimension",
            ),
            (Value::Invalid("no JSON".into()), named("text"), "parameter 1: no JSON"),
        ];
        for (value, ty, message) in wrong {
            let error = one(&[value], &[0], 0, ty, &mut Vec::new()).map(drop).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn in_the_order_of_the_placeholders() {
        let values = [Value::from("x"), Value::Int(1)];
        let ok = |order: &[u16]| one(&values, order, 0, named("int4"), &mut Vec::new());
        assert!(ok(&[1, 0]).is_ok());
        let error = ok(&[0, 1]).map(drop).unwrap_err();
        assert_eq!((error.param, error.problem), (0, EncodeProblem::WrongType));
    }

    #[test]
    fn as_many_as_the_statement_takes() {
        let error = one(&[], &[0], 0, named("int4"), &mut Vec::new()).map(drop).unwrap_err();
        assert_eq!(error.problem, EncodeProblem::Count);
    }
}
