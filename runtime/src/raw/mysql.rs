//! Reading MySQL's and MariaDB's values, in the binary format.

use std::borrow::Cow;

use sqlx::{
    Row as _, TypeInfo as _, ValueRef as _,
    mysql::{MySqlRow, MySqlValueRef},
};

use super::{Pull, Result};
use crate::{DecodeError, Value};

#[derive(Clone)]
pub(super) struct Mysql<'r>(MySqlValueRef<'r>);

impl<'r> Mysql<'r> {
    pub(super) fn of(row: &'r MySqlRow, column: usize) -> Option<Self> {
        row.try_get_raw(column).ok().map(Mysql)
    }
}

impl<'r> Pull<'r> for Mysql<'r> {
    fn is_null(&self) -> bool {
        self.0.is_null()
    }
    fn type_name(&self) -> Cow<'static, str> {
        self.0.type_info().name().to_lowercase().into()
    }
    fn to_value(&self) -> Result<Value> {
        Err(DecodeError::Unsupported {
            what: self.type_name(),
        })
    }
}
