//! Arguments in PostgreSQL's binary format, each as the type that the server says the parameter has.

mod kind;
pub(crate) mod wire;

pub(crate) use kind::{Kind, name};

use sqlx::{
    Arguments as _, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo},
};

use crate::backend::refusal::{Refusal, argument, check_count};
use crate::{EncodeError, Value};

/// The arguments of a prepared statement. `params` are the types that the server gives its parameters, `order` says which of the
/// values stands for each.
pub(crate) fn arguments(
    params: &[PgTypeInfo],
    values: &[Value],
    order: &[u16],
) -> Result<PgArguments, EncodeError> {
    check_count(params.len(), order.len())?;
    let mut arguments = PgArguments::default();
    arguments.reserve(params.len(), params.len() * 16);
    for (ty, &index) in params.iter().zip(order) {
        let value = argument(values, index)?;
        arguments.add(Argument { value, ty }).map_err(|error| match error.downcast::<Refusal>() {
            Ok(refusal) => refusal.of(index, name(ty), value),
            Err(error) => Refusal::Unsupported(error.to_string().into()).of(index, name(ty), value),
        })?;
    }
    Ok(arguments)
}

/// The arguments of a prepared statement each parameter of which is an array: of what it is in each row.
pub(crate) fn arrays(
    params: &[PgTypeInfo],
    rows: &[Vec<Value>],
    order: &[u16],
) -> Result<PgArguments, EncodeError> {
    check_count(params.len(), order.len())?;
    let mut arguments = PgArguments::default();
    arguments.reserve(params.len(), params.len() * rows.len() * 16);
    for (ty, &index) in params.iter().zip(order) {
        // What is wrong with a value is told of the row that it stands in, when these go one by one.
        let first = rows.first().map_or(Ok(&Value::Null), |row| argument(row, index))?;
        let column = Column { rows, index: index.into(), ty };
        arguments.add(column).map_err(|error| match error.downcast::<Refusal>() {
            Ok(refusal) => refusal.of(index, name(ty), first),
            Err(error) => Refusal::Unsupported(error.to_string().into()).of(index, name(ty), first),
        })?;
    }
    Ok(arguments)
}

/// A column of many rows, on its way into a parameter of an array's type.
struct Column<'v> {
    rows: &'v [Vec<Value>],
    index: usize,
    ty: &'v PgTypeInfo,
}

impl Type<Postgres> for Column<'_> {
    fn type_info() -> PgTypeInfo {
        // Never asked for: `produces` knows better.
        PgTypeInfo::with_name("text[]")
    }
}

impl Encode<'_, Postgres> for Column<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let Kind::Array(element) = Kind::of(self.ty) else { return Err(Refusal::WrongType.into()) };
        let values = self.rows.iter().map(|row| row.get(self.index).unwrap_or(&Value::Null));
        array(values, element, buffer)?;
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.ty.clone())
    }
}

/// A value on its way into a parameter of a type.
struct Argument<'v> {
    value: &'v Value,
    ty: &'v PgTypeInfo,
}

impl Type<Postgres> for Argument<'_> {
    fn type_info() -> PgTypeInfo {
        // Never asked for: `produces` knows better.
        PgTypeInfo::with_name("text")
    }
}

impl Encode<'_, Postgres> for Argument<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        if self.value.is_null() {
            return Ok(IsNull::Yes);
        }
        write(self.value, self.ty, buffer)?;
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.ty.clone())
    }
}

/// Writes a value that is not null in the format of the type.
fn write(value: &Value, ty: &PgTypeInfo, out: &mut Vec<u8>) -> Result<(), Refusal> {
    match (Kind::of(ty), value) {
        (_, Value::Invalid(reason)) => return Err(Refusal::Invalid(reason.clone())),
        (Kind::Bool, Value::Bool(value)) => out.push((*value).into()),
        (Kind::Int2, _) => out.extend(integer::<i16>(value)?.to_be_bytes()),
        (Kind::Int4, _) => out.extend(integer::<i32>(value)?.to_be_bytes()),
        (Kind::Int8, _) => out.extend(integer::<i64>(value)?.to_be_bytes()),
        (Kind::Oid, _) => out.extend(integer::<u32>(value)?.to_be_bytes()),
        (Kind::Xid8, _) => out.extend(integer::<u64>(value)?.to_be_bytes()),
        (Kind::Float4, _) => out.extend(float4(float8(value)?)?.to_be_bytes()),
        (Kind::Float8, _) => out.extend(float8(value)?.to_be_bytes()),
        (Kind::Numeric, Value::Numeric(value)) => wire::write_numeric(value, out)?,
        (Kind::Numeric, Value::Int(value)) => wire::write_numeric(&(*value).into(), out)?,
        (Kind::Numeric, Value::UInt(value)) => wire::write_numeric(&(*value).into(), out)?,
        (Kind::Text, Value::Text(value)) => out.extend(value.as_bytes()),
        (Kind::VersionedText, Value::Text(value)) => versioned(value, out),
        (Kind::Bytea, Value::Bytes(value)) => out.extend(value),
        (Kind::Date, Value::Date(value)) => out.extend(wire::date_to_wire(*value)?.to_be_bytes()),
        (Kind::Time, Value::Time(value)) => out.extend(wire::time_to_wire(*value).to_be_bytes()),
        (Kind::Timetz, Value::Timetz(value)) => wire::write_timetz(*value, out),
        (Kind::Timestamp, Value::Timestamp(value)) => {
            out.extend(wire::timestamp_to_wire(*value)?.to_be_bytes());
        }
        (Kind::Timestamptz, Value::Timestamptz(value)) => {
            out.extend(wire::timestamp_to_wire(value.utc())?.to_be_bytes());
        }
        (Kind::Interval, Value::Interval(value)) => wire::write_interval(*value, out),
        (Kind::Uuid, Value::Uuid(value)) => out.extend(value),
        (Kind::Json, Value::Json(value) | Value::Text(value)) => out.extend(value.as_bytes()),
        (Kind::Jsonb, Value::Json(value) | Value::Text(value)) => versioned(value, out),
        (Kind::Array(element), Value::Array(values)) => array(values.iter(), element, out)?,
        (Kind::Other, _) => {
            let name = name(ty);
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
    element: &PgTypeInfo,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let Some(oid) = element.oid() else {
        return Err(Refusal::Unsupported("an array whose elements' type has no number".into()));
    };
    let length = i32::try_from(values.len()).map_err(|_| Refusal::OutOfRange)?;
    out.extend(i32::from(length > 0).to_be_bytes());
    out.extend(i32::from(values.clone().any(Value::is_null)).to_be_bytes());
    out.extend(oid.0.to_be_bytes());
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
    use sqlx::postgres::types::{Oid, PgInterval};

    use super::*;
    use crate::EncodeProblem;

    fn ty<T: Type<Postgres> + ?Sized>() -> PgTypeInfo {
        T::type_info()
    }

    fn written(value: Value, ty: &PgTypeInfo) -> Result<String, Refusal> {
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
            (Value::Bool(true), ty::<bool>(), "01"),
            (Value::Int(-2), ty::<i16>(), "fffe"),
            (Value::Int(-2), ty::<i32>(), "fffffffe"),
            (Value::UInt(2), ty::<i64>(), "0000000000000002"),
            (Value::UInt(u32::MAX.into()), ty::<Oid>(), "ffffffff"),
            (Value::Float(0.5), ty::<f32>(), "3f000000"),
            (Value::Float(0.5), ty::<f64>(), "3fe0000000000000"),
            (Value::Int(3), ty::<f64>(), "4008000000000000"),
            (Value::from("hé"), ty::<str>(), "68c3a9"),
            (Value::from(vec![0_u8, 255]), ty::<[u8]>(), "00ff"),
            (
                Value::Interval(crate::value::Interval { months: 1, days: 2, micros: 3 }),
                ty::<PgInterval>(),
                "00000000000000030000000200000001",
            ),
            (
                array(&[Value::Int(1), Value::Null, Value::Int(3)]),
                ty::<[i32]>(),
                "00000001000000010000001700000003000000010000000400000001ffffffff0000000400000003",
            ),
            (array(&[]), ty::<[i32]>(), "000000000000000000000017"),
            (
                array(&[Value::from("a")]),
                ty::<[String]>(),
                "00000001000000000000001900000001000000010000000161",
            ),
        ];
        for (value, ty, bytes) in cases {
            assert_eq!(written(value.clone(), &ty).as_deref(), Ok(bytes), "{value} as {ty}");
        }
    }

    #[test]
    fn never_another_value_than_was_given() {
        let wrong = [
            (Value::Int(32_768), ty::<i16>(), "parameter 1: integer 32768 does not fit into `int2`"),
            (
                Value::UInt(u64::MAX),
                ty::<i64>(),
                "parameter 1: unsigned integer 18446744073709551615 does not fit into `int8`",
            ),
            (Value::Int(-1), ty::<Oid>(), "parameter 1: integer -1 does not fit into `oid`"),
            (
                Value::Int((1 << 53) + 1),
                ty::<f64>(),
                "parameter 1: integer 9007199254740993 does not fit into `float8`",
            ),
            (Value::Float(1e300), ty::<f32>(), "parameter 1: float 1e300 does not fit into `float4`"),
            (Value::Float(1e-300), ty::<f32>(), "parameter 1: float 1e-300 does not fit into `float4`"),
            (
                Value::from("1"),
                ty::<i32>(),
                "parameter 1: the query wants `int4`, text was given: convert it, or cast the parameter, `…::text`",
            ),
            (
                Value::Int(1),
                ty::<str>(),
                "parameter 1: the query wants `text`, integer was given: convert it, or cast the parameter, `…::int8`",
            ),
            (
                array(&[Value::Int(1)]),
                ty::<i32>(),
                "parameter 1: the query wants `int4`, array was given: `= any(…)` takes an array",
            ),
            (
                array(&[Value::Int(1), Value::from("x")]),
                ty::<[i32]>(),
                "parameter 1: the query wants `int4[]`, an array with text was given",
            ),
            (
                array(&[array(&[Value::Int(1)])]),
                ty::<[i32]>(),
                "parameter 1: not supported yet: arrays of more than one dimension",
            ),
            (Value::Invalid("no JSON".into()), ty::<str>(), "parameter 1: no JSON"),
        ];
        for (value, ty, message) in wrong {
            let error = arguments(&[ty], &[value], &[0]).map(drop).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn in_the_order_of_the_placeholders() {
        let (params, values) = ([ty::<i32>(), ty::<str>()], [Value::from("x"), Value::Int(1)]);
        assert_eq!(arguments(&params, &values, &[1, 0]).unwrap().len(), 2);
        let error = arguments(&params, &values, &[0, 1]).map(drop).unwrap_err();
        assert_eq!((error.param, error.problem), (0, EncodeProblem::WrongType));
    }

    #[test]
    fn as_many_as_the_statement_takes() {
        let error = arguments(&[ty::<i32>()], &[], &[]).map(drop).unwrap_err();
        assert_eq!(error.to_string(), "the query takes 1 arguments, 0 were given");
        let error = arguments(&[ty::<i32>()], &[], &[0]).map(drop).unwrap_err();
        assert_eq!(error.problem, EncodeProblem::Count);
    }
}
