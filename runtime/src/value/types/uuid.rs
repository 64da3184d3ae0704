//! `uuid`: `Uuid`, as a UUID and as 16 bytes, which is how MySQL and SQLite keep one.

use uuid::Uuid;

use crate::{
    DecodeError, Raw, Value,
    value::tables::{fits, holds, not_null},
};

fits! {
    Uuid as |this| Value::Uuid(*this.as_bytes()) => Uuid;
    Bytea as |this| Value::Bytes(this.as_bytes().to_vec()) => Uuid;
    Any as |this| Value::Uuid(*this.as_bytes()) => Uuid;
}

not_null!(Uuid);

holds! {
    Uuid by uuid => Uuid;
    Bytea by from_bytes => Uuid;
    Any by uuid => Uuid;
}

fn uuid(raw: &Raw<'_>) -> Result<Uuid, DecodeError> {
    raw.uuid().map(Uuid::from_bytes)
}

fn from_bytes(raw: &Raw<'_>) -> Result<Uuid, DecodeError> {
    let bytes = raw.bytes()?;
    Uuid::from_slice(bytes).map_err(|error| DecodeError::invalid("a uuid", error))
}

impl From<Uuid> for Value {
    fn from(value: Uuid) -> Self {
        Value::Uuid(value.into_bytes())
    }
}
