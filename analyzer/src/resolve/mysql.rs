//! MySQL's and MariaDB's rules.

use sqlparser::ast::DataType;

use super::{Call, Operand, Resolved, Unresolved, unclear};
use crate::{Catalog, Type};

pub(super) fn operator(
    _: &Catalog,
    _: &str,
    left: Option<&Operand>,
    _: &Operand,
) -> Result<Resolved, Unresolved> {
    Ok(unclear(1 + usize::from(left.is_some())))
}

pub(super) fn in_list(_: &Catalog, _: &Operand, items: &[Operand]) -> Result<Resolved, Unresolved> {
    Ok(unclear(1 + items.len()))
}

pub(super) fn function(_: &Catalog, call: &Call<'_>) -> Result<Resolved, Unresolved> {
    Ok(unclear(call.args.len()))
}

pub(super) fn common_type(_: &[Operand]) -> Option<Type> {
    None
}

pub(super) fn cast_type_by_name(_: &DataType) -> Option<Type> {
    None
}

pub(super) fn number_type(_: &str) -> Option<Type> {
    None
}

pub(super) fn cast_nulls(_: &Operand, _: &Type) -> super::Nulls {
    super::Nulls::Maybe
}

pub(super) fn type_by_name(_: &DataType) -> Option<Type> {
    None
}
