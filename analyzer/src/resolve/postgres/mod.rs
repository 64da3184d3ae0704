//! PostgreSQL's rules: chapter 10 of the manual, applied to the tables of `pg_catalog`.

use super::{CastContext, Kind, Nulls, Operand, Resolved, Unresolved, unclear};
use crate::{Catalog, Type, data::postgres::TypeId, numbers};
use types::Types;

mod candidates;
mod coerce;
pub(super) mod function;
pub(super) mod literal;
pub(super) mod names;
pub(super) mod operator;
mod polymorphic;
mod similar;
mod types;

pub(super) fn common_type(catalog: &Catalog, operands: &[Operand]) -> Result<Option<Type>, Unresolved> {
    let mut types = Types::new(catalog);
    let ids: Vec<TypeId> = operands.iter().map(|operand| types.operand(operand)).collect();
    if ids.contains(&TypeId::UNCLEAR) {
        return Ok(None);
    }
    match coerce::common_checked(&types, &ids) {
        Ok(chosen) => Ok(types.ty(chosen)),
        Err(_) if types.open_world() => Ok(None),
        Err(pair) => Err(mismatch(&types, pair)),
    }
}

fn mismatch(types: &Types<'_>, (left, right): (TypeId, TypeId)) -> Unresolved {
    let ty = |id| types.ty(id).unwrap_or(Type::base("unknown"));
    Unresolved::Mismatch { left: ty(left), right: ty(right) }
}

pub(super) fn subscript(catalog: &Catalog, base: &Operand, slice: bool) -> Result<Resolved, Unresolved> {
    let Operand::Known(_) = base else { return Ok(unclear(2)) };
    let mut types = Types::new(catalog);
    let id = types.operand(base);
    let container = types.base(id);
    let known = types.known();
    let row = types.data.row(container).filter(|_| container.array_element().is_none());
    let hstore = row.is_some_and(|row| row.name == "hstore");
    let (element, index) = if container == known.jsonb {
        // Numbers keep their type.
        (known.jsonb, Some(known.text))
    } else if hstore {
        (known.text, Some(known.text))
    } else if let Some(element) = types.element(container).or_else(|| row.and_then(|row| row.element)) {
        (element, Some(known.int4))
    } else if row.is_none() && container.user_index().is_some() && types.open_world() {
        return Ok(unclear(2));
    } else {
        return Err(Unresolved::NoMatch {
            candidates: Vec::new(),
            hint: Some(format!("`{}` can't be subscripted", types.name(id))),
        });
    };
    Ok(Resolved {
        ty: types.ty(if slice { container } else { element }),
        operands: vec![types.ty(container), index.and_then(|index| types.ty(index))],
        nulls: if slice { Nulls::Strict } else { Nulls::Maybe },
        strict: true,
        writes: false,
        set: false,
        kind: Kind::Plain,
        out: None,
    })
}

pub(super) fn can_cast(catalog: &Catalog, from: &Type, to: &Type, context: CastContext) -> bool {
    let mut types = Types::new(catalog);
    let (from, to) = (types.id(from), types.id(to));
    coerce::can_coerce_one(&types, from, to, context) || types.open_world()
}

/// A cast only returns null for null, except for JSON's null (since release 18) and the time of an infinite timestamp.
pub(super) fn cast_nulls(from: &Operand, to: &Type) -> Nulls {
    let json = |ty: &Type| matches!(ty.underlying().name(), Some("jsonb" | "json"));
    match from {
        Operand::Known(ty) if json(ty) && !json(to) => match to.underlying().name() {
            Some("text" | "varchar" | "bpchar" | "name") => Nulls::Strict,
            _ => Nulls::Maybe,
        },
        Operand::Known(ty) if matches!(ty.underlying().name(), Some("timestamp" | "timestamptz")) => {
            match to.underlying().name() {
                Some("time" | "timetz") => Nulls::Maybe,
                _ => Nulls::Strict,
            }
        }
        Operand::Unclear => Nulls::Maybe,
        _ => Nulls::Strict,
    }
}

pub(super) fn number_type(text: &str) -> Option<Type> {
    let integer = match text.strip_prefix('-') {
        Some(digits) => numbers::integer(digits).map(|number| -number),
        None => numbers::integer(text),
    };
    Some(Type::base(match integer {
        Some(value) if i32::try_from(value).is_ok() => "int4",
        Some(value) if i64::try_from(value).is_ok() => "int8",
        _ => "numeric",
    }))
}

#[cfg(test)]
mod live;

#[cfg(test)]
mod tests;

#[cfg(test)]
mod live_nulls;
