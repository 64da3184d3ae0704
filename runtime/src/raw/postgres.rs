//! Reading PostgreSQL's values, in its binary format.

use std::borrow::Cow;

use sqlx::{
    Column as _, Row as _, TypeInfo as _, ValueRef as _,
    postgres::{PgRow, PgTypeInfo, PgValueFormat},
};

use super::{Pull, Result};
use crate::{DecodeError, Value};

#[derive(Clone)]
pub(super) struct Postgres<'r> {
    bytes: Option<&'r [u8]>,
    ty: &'r PgTypeInfo,
    format: PgValueFormat,
}

impl<'r> Postgres<'r> {
    pub(super) fn of(row: &'r PgRow, column: usize) -> Option<Self> {
        let value = row.try_get_raw(column).ok()?;
        let bytes = if value.is_null() {
            None
        } else {
            value.as_bytes().ok()
        };
        Some(Postgres {
            bytes,
            ty: row.column(column).type_info(),
            format: value.format(),
        })
    }
}

impl<'r> Pull<'r> for Postgres<'r> {
    fn is_null(&self) -> bool {
        self.bytes.is_none()
    }
    fn type_name(&self) -> Cow<'static, str> {
        self.ty.name().to_lowercase().into()
    }
    fn to_value(&self) -> Result<Value> {
        let _ = self.format;
        Err(DecodeError::Unsupported {
            what: self.type_name(),
        })
    }
}
