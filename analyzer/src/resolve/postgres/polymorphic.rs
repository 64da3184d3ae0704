//! Polymorphic types such as `anyelement`, and the types that they represent in a call.

use super::{coerce, types::Types};
use crate::data::postgres::{Known, TypeId};

fn is_simple(known: &Known, ty: TypeId) -> bool {
    [known.anyelement, known.anyarray, known.anynonarray, known.anyenum, known.anyrange, known.anymultirange]
        .contains(&ty)
}

fn is_compatible(known: &Known, ty: TypeId) -> bool {
    [
        known.anycompatible,
        known.anycompatiblearray,
        known.anycompatiblenonarray,
        known.anycompatiblerange,
        known.anycompatiblemultirange,
    ]
    .contains(&ty)
}

/// The types that the polymorphic types of one call represent; `None` if the arguments do not determine them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Meaning {
    simple: Family,
    compatible: Family,
}

#[derive(Clone, Copy, Debug, Default)]
struct Family {
    element: Option<TypeId>,
    array: Option<TypeId>,
    range: Option<TypeId>,
    multirange: Option<TypeId>,
}

/// The types of polymorphic parameters for arguments, or `None` if they contradict each other.
pub(super) fn resolve(types: &Types<'_>, args: &[TypeId], params: &[TypeId]) -> Option<Meaning> {
    Some(Meaning { simple: simple(types, args, params)?, compatible: compatible(types, args, params)? })
}

/// Sets a type that is still open, or returns whether it is the same.
fn settle(slot: &mut Option<TypeId>, ty: TypeId) -> Option<()> {
    (*slot.get_or_insert(ty) == ty).then_some(())
}

/// The family in which all arguments must agree exactly.
fn simple(types: &Types<'_>, args: &[TypeId], params: &[TypeId]) -> Option<Family> {
    let known = types.known();
    let mut family = Family::default();
    let (mut not_array, mut is_enum) = (false, false);
    for (arg, param) in args.iter().zip(params) {
        if !is_simple(known, *param) {
            continue;
        }
        not_array |= *param == known.anynonarray;
        is_enum |= *param == known.anyenum;
        if *arg == known.unknown || *arg == TypeId::UNCLEAR {
            continue;
        }
        if *param == known.anyarray {
            settle(&mut family.array, types.base(*arg))?;
        } else if *param == known.anyrange {
            settle(&mut family.range, types.base(*arg))?;
        } else if *param == known.anymultirange {
            settle(&mut family.multirange, types.base(*arg))?;
        } else {
            settle(&mut family.element, *arg)?;
        }
    }
    if let Some(array) = family.array {
        // A column of `pg_stats` has the type `anyarray`, with unknown elements.
        if array != known.anyarray {
            settle(&mut family.element, types.element(array)?)?;
        }
    }
    if let Some(multirange) = family.multirange {
        settle(&mut family.range, types.multirange_range(multirange)?)?;
    }
    if let Some(range) = family.range {
        settle(&mut family.element, types.range_subtype(range)?)?;
    }
    if let Some(element) = family.element {
        if not_array && types.element(types.base(element)).is_some() {
            return None;
        }
        if is_enum && !types.is_enum(element) {
            return None;
        }
    }
    Some(family)
}

/// The family in which arguments get a common type, like the branches of a `case`.
fn compatible(types: &Types<'_>, args: &[TypeId], params: &[TypeId]) -> Option<Family> {
    let known = types.known();
    let mut family = Family::default();
    let mut parts = Vec::new();
    let (mut any, mut not_array, mut unclear) = (false, false, false);
    for (arg, param) in args.iter().zip(params) {
        if !is_compatible(known, *param) {
            continue;
        }
        any = true;
        not_array |= *param == known.anycompatiblenonarray;
        unclear |= *arg == TypeId::UNCLEAR;
        if *arg == known.unknown || *arg == TypeId::UNCLEAR {
            continue;
        }
        if *param == known.anycompatiblearray {
            parts.push(types.element(types.base(*arg))?);
        } else if *param == known.anycompatiblerange {
            settle(&mut family.range, types.base(*arg))?;
            parts.push(types.range_subtype(types.base(*arg))?);
        } else if *param == known.anycompatiblemultirange {
            let multirange = types.base(*arg);
            settle(&mut family.multirange, multirange)?;
            parts.push(types.range_subtype(types.multirange_range(multirange)?)?);
        } else {
            parts.push(*arg);
        }
    }
    if !any {
        return Some(family);
    }
    if unclear {
        return Some(Family::default());
    }
    let element = coerce::common_checked(types, &parts).ok()?;
    if let Some(multirange) = family.multirange {
        settle(&mut family.range, types.multirange_range(multirange)?)?;
    }
    if family.range.is_some_and(|range| types.range_subtype(range) != Some(element)) {
        return None;
    }
    if not_array && types.element(types.base(element)).is_some() {
        return None;
    }
    family.element = Some(element);
    Some(family)
}

/// The types of polymorphic parameters and of the result in one call.
///
/// # Errors
///
/// `Err(())` if the arguments do not determine them, or contradict each other.
pub(super) fn enforce(
    types: &Types<'_>,
    args: &[TypeId],
    params: &[TypeId],
    result: TypeId,
) -> Result<(Meaning, TypeId), ()> {
    if !params.iter().any(|param| types.data.is_polymorphic(*param)) {
        return Ok((Meaning::default(), result));
    }
    let meaning = resolve(types, args, params).ok_or(())?;
    let unclear = args.contains(&TypeId::UNCLEAR);
    let said = |ty| {
        if unclear { Some(meaning.of(types, ty).unwrap_or(TypeId::UNCLEAR)) } else { meaning.of(types, ty) }
    };
    if params.iter().any(|param| said(*param).is_none()) {
        return Err(());
    }
    Ok((meaning, said(result).ok_or(())?))
}

impl Meaning {
    /// The actual type of a parameter or the result; the type itself, if it is not polymorphic. `None` if nothing
    /// determines it.
    pub(super) fn of(&self, types: &Types<'_>, ty: TypeId) -> Option<TypeId> {
        let known = types.known();
        let Family { element, array, range, multirange } =
            if is_compatible(known, ty) { self.compatible } else { self.simple };
        if !types.data.is_polymorphic(ty) {
            Some(ty)
        } else if ty == known.anyarray || ty == known.anycompatiblearray {
            array.or_else(|| types.array(element?))
        } else if ty == known.anyrange || ty == known.anycompatiblerange {
            range
        } else if ty == known.anymultirange || ty == known.anycompatiblemultirange {
            multirange.or_else(|| types.range_multirange(range?))
        } else {
            element
        }
    }
}
