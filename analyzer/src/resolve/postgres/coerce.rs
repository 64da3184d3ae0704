//! Implicit and explicit conversions between types: the manual's sections 10.4 and 10.5.

use super::{super::CastContext, polymorphic, types::Types};
use crate::data::postgres::TypeId;

/// How a value is converted to another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Path {
    /// No conversion is needed.
    Relabel,
    /// By a function of `pg_cast`.
    Function,
    /// Element by element.
    Array,
    /// By its text form.
    InputOutput,
}

/// How a value of the type `from` is converted to `to`; `None` if it is not.
pub(super) fn path(types: &Types<'_>, from: TypeId, to: TypeId, context: CastContext) -> Option<Path> {
    let (from, to) = (types.base(from), types.base(to));
    if from == to {
        return Some(Path::Relabel);
    }
    if let Some(cast) = types.data.cast(from, to)
        && types.has(cast.extension)
        && cast.releases.has(types.catalog.release)
    {
        let needs = match cast.context {
            b'i' => CastContext::Implicit,
            b'a' => CastContext::Assignment,
            _ => CastContext::Explicit,
        };
        return (context >= needs).then_some(match cast.method {
            b'b' => Path::Relabel,
            b'i' => Path::InputOutput,
            _ => Path::Function,
        });
    }
    let known = types.known();
    if to != known.int2vector
        && to != known.oidvector
        && let (Some(from), Some(to)) = (types.element(from), types.element(to))
        && path(types, from, to, context).is_some()
    {
        return Some(Path::Array);
    }
    let to_text = context >= CastContext::Assignment && types.category(to).0 == b'S';
    let from_text = context >= CastContext::Explicit && types.category(from).0 == b'S';
    (to_text || from_text).then_some(Path::InputOutput)
}

/// Whether arguments of the first types are accepted by parameters of the second, which can be polymorphic.
pub(super) fn can_coerce(types: &Types<'_>, from: &[TypeId], to: &[TypeId], context: CastContext) -> bool {
    let mut generic = false;
    for (from, to) in from.iter().zip(to) {
        if types.data.is_polymorphic(*to) {
            generic = true;
        } else if !can_coerce_one(types, *from, *to, context) {
            return false;
        }
    }
    !generic || polymorphic::resolve(types, from, to).is_some()
}

/// The same for one argument, and a parameter that is not polymorphic.
pub(super) fn can_coerce_one(types: &Types<'_>, from: TypeId, to: TypeId, context: CastContext) -> bool {
    let known = types.known();
    from == to
        || to == known.any
        || from == known.unknown
        || from == TypeId::UNCLEAR
        || to == TypeId::UNCLEAR
        || path(types, from, to, context).is_some()
        || (from == known.record && types.is_composite(to))
        || (to == known.record && types.is_composite(from))
        || (to == known.record.array()
            && from.array_element().is_some_and(|element| types.is_composite(element)))
}

/// The common type of several types, or two types without one: the manual's section 10.5. If all are untyped, it is
/// `text`.
pub(super) fn common(types: &Types<'_>, ids: &[TypeId]) -> Result<TypeId, (TypeId, TypeId)> {
    let known = types.known();
    let Some((first, rest)) = ids.split_first() else { return Ok(known.text) };
    if rest.iter().all(|id| id == first) && *first != known.unknown {
        return Ok(*first);
    }
    let mut chosen = types.base(*first);
    for id in rest {
        let id = types.base(*id);
        if id == known.unknown || id == chosen {
            continue;
        }
        if chosen == known.unknown {
            chosen = id;
            continue;
        }
        let ((category, preferred), (other, _)) = (types.category(chosen), types.category(id));
        if category != other {
            return Err((chosen, id));
        }
        let implicit = CastContext::Implicit;
        if !preferred
            && can_coerce_one(types, chosen, id, implicit)
            && !can_coerce_one(types, id, chosen, implicit)
        {
            chosen = id;
        }
    }
    Ok(if chosen == known.unknown { known.text } else { chosen })
}

/// The common type, if each of them can be converted to it.
pub(super) fn common_checked(types: &Types<'_>, ids: &[TypeId]) -> Result<TypeId, (TypeId, TypeId)> {
    let chosen = common(types, ids)?;
    match ids.iter().find(|id| !can_coerce_one(types, **id, chosen, CastContext::Implicit)) {
        Some(id) => Err((chosen, *id)),
        None => Ok(chosen),
    }
}
