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

use super::{Refusal, argument, check_count};
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
        let value = argument(values, index, order.len())?;
        arguments.add(Argument { value, ty }).map_err(|error| match error.downcast::<Refusal>() {
            Ok(refusal) => refusal.of(index, name(ty), value),
            Err(error) => Refusal::Unsupported(error.to_string().into()).of(index, name(ty), value),
        })?;
    }
    Ok(arguments)
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
        (Kind::Array(element), Value::Array(values)) => array(values, element, out)?,
        (Kind::Other, _) => {
            let name = name(ty);
            return Err(Refusal::Unsupported(
                format!("cast the parameter from text: `$1::text::{name}`").into(),
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
fn array(values: &[Value], element: &PgTypeInfo, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let Some(oid) = element.oid() else {
        return Err(Refusal::Unsupported("the type of its elements has no number".into()));
    };
    let length = i32::try_from(values.len()).map_err(|_| Refusal::OutOfRange)?;
    out.extend(i32::from(length > 0).to_be_bytes());
    out.extend(i32::from(values.iter().any(Value::is_null)).to_be_bytes());
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
