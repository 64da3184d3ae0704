//! PostgreSQL's rules.

use sqlparser::ast::DataType;

use super::{Call, CastContext, Nulls, Operand, Resolved, Unresolved, unclear};
use crate::{Catalog, Type};

pub(super) fn operator(
    _: &Catalog,
    _: &str,
    left: Option<&Operand>,
    _: &Operand,
) -> Result<Resolved, Unresolved> {
    Ok(unclear(1 + usize::from(left.is_some())))
}

pub(super) fn operator_any(_: &Catalog, _: &str, _: &Operand, _: &Operand) -> Result<Resolved, Unresolved> {
    Ok(unclear(2))
}

pub(super) fn in_list(_: &Catalog, _: &Operand, items: &[Operand]) -> Result<Resolved, Unresolved> {
    Ok(unclear(1 + items.len()))
}

pub(super) fn function(_: &Catalog, call: &Call<'_>) -> Result<Resolved, Unresolved> {
    Ok(unclear(call.args.len()))
}

pub(super) fn common_type(_: &Catalog, _: &[Operand]) -> Result<Option<Type>, Unresolved> {
    Ok(None)
}

pub(super) fn subscript(_: &Catalog, _: &Operand, _: bool) -> Result<Resolved, Unresolved> {
    Ok(unclear(2))
}

pub(super) fn can_cast(_: &Catalog, _: &Type, _: &Type, _: CastContext) -> bool {
    true
}

pub(super) fn cast_nulls(_: &Operand, _: &Type) -> Nulls {
    Nulls::Maybe
}

pub(super) fn type_by_name(_: &Catalog, _: &DataType) -> Option<Type> {
    None
}

pub(super) fn number_type(_: &str) -> Option<Type> {
    None
}

pub(super) fn literal_problem(_: &str, _: &Type) -> Option<String> {
    None
}
