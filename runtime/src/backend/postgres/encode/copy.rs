//! Rows in the binary format of `copy`: <https://www.postgresql.org/docs/current/sql-copy.html>.

use super::write;
use crate::{
    EncodeError, Value,
    backend::{
        postgres::types::TypeInfo,
        refusal::{Refusal, count},
    },
};

/// The signature, no flags, and no extension of the header.
pub(in super::super) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What follows the last row.
pub(in super::super) const TRAILER: &[u8] = &(-1_i16).to_be_bytes();

/// Writes rows, each of which has a value for each type.
pub(in super::super) fn rows(
    values: &[Value],
    types: &[&TypeInfo],
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let columns = i16::try_from(types.len()).unwrap_or(i16::MAX);
    for row in values.chunks(types.len().max(1)) {
        if row.len() != types.len() {
            return Err(count(types.len(), row.len()));
        }
        out.extend(columns.to_be_bytes());
        for (index, (value, ty)) in (0_u16..).zip(row.iter().zip(types)) {
            field(value, ty, out).map_err(|refusal| refusal.of(index, ty.name.to_string(), value))?;
        }
    }
    Ok(())
}

/// Writes a value after its length; null has the length -1.
fn field(value: &Value, ty: &TypeInfo, out: &mut Vec<u8>) -> Result<(), Refusal> {
    if value.is_null() {
        out.extend((-1_i32).to_be_bytes());
        return Ok(());
    }
    let start = out.len();
    out.extend([0; 4]);
    write(value, ty, out)?;
    let length = i32::try_from(out.len() - start - 4).map_err(|_| Refusal::OutOfRange)?;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::postgres::types::named;

    #[test]
    fn rows_have_a_count_and_lengths() {
        let types = [named("int4"), named("text")];
        let values = [Value::Int(1), Value::from("é"), Value::Int(2), Value::Null];
        let mut out = Vec::new();
        rows(&values, &types, &mut out).unwrap();
        let expected =
            b"\0\x02\0\0\0\x04\0\0\0\x01\0\0\0\x02\xc3\xa9\0\x02\0\0\0\x04\0\0\0\x02\xff\xff\xff\xff";
        assert_eq!(out, expected);
        let error = rows(&[Value::Int(1 << 40), Value::Null], &types, &mut out).unwrap_err();
        assert_eq!(error.to_string(), "parameter 1: integer 1099511627776 does not fit into `int4`");
        assert!(rows(&values[..3], &types, &mut out).is_err());
    }
}
