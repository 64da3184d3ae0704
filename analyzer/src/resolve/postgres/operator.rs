//! Operators: the manual's section 10.2.

use super::{
    super::{Kind, Nulls, Operand, Resolved, Unresolved, unclear},
    candidates::{self, Candidate},
    coerce, polymorphic, similar,
    types::Types,
};
use crate::{
    Catalog,
    data::postgres::{self, Proc, TypeId},
};

impl Candidate for &'static Proc {
    fn args(&self) -> &[TypeId] {
        &self.args
    }
}

pub(crate) fn operator(
    catalog: &Catalog,
    name: &str,
    left: Option<&Operand>,
    right: &Operand,
) -> Result<Resolved, Unresolved> {
    let mut types = Types::new(catalog);
    let args: Vec<TypeId> = left.into_iter().chain([right]).map(|operand| types.operand(operand)).collect();
    match find(&types, name, &args)? {
        Some(found) => resolved(&types, found, &args),
        None => Ok(agreed(&types, name, &args)),
    }
}

/// If an operand is unclear: the result on which all possible operators agree (every `=` returns a `bool`).
fn agreed(types: &Types<'_>, name: &str, args: &[TypeId]) -> Resolved {
    let mut answer = unclear(args.len());
    let named = postgres::operators(name).iter().filter(|proc| types.has_proc(proc));
    let fitting = candidates::matching(types, args, named.collect());
    let known = types.known();
    if let Some(first) = fitting.first()
        && !types.data.is_polymorphic(first.result)
        && fitting.iter().all(|proc| proc.result == first.result)
        // A type of an unknown extension may also have an operator with the name.
        && (!types.open_world() || first.result == known.bool)
    {
        answer.ty = types.ty(first.result);
        answer.strict = fitting.iter().all(|proc| proc.strict);
        if fitting.iter().all(|proc| proc.nulls == Nulls::Strict) {
            answer.nulls = Nulls::Strict;
        }
    }
    for (slot, arg) in answer.operands.iter_mut().zip(args) {
        *slot = if *arg == known.unknown { None } else { types.ty(*arg) };
    }
    answer
}

/// `left op any (array)`: the operator for the array's elements.
pub(crate) fn operator_any(
    catalog: &Catalog,
    name: &str,
    left: &Operand,
    array: &Operand,
) -> Result<Resolved, Unresolved> {
    let mut types = Types::new(catalog);
    let (left, array) = (types.operand(left), types.operand(array));
    let known = types.known();
    let element = if array == known.unknown || array == TypeId::UNCLEAR {
        array
    } else {
        types.element(types.base(array)).ok_or_else(|| Unresolved::NoMatch {
            candidates: Vec::new(),
            hint: Some(format!(
                "`any` and `all` require an array on the right side, not `{}`",
                types.name(array)
            )),
        })?
    };
    let args = [left, element];
    let Some(found) = find(&types, name, &args)? else { return Ok(unclear(2)) };
    let mut answer = resolved(&types, found, &args)?;
    if let [_, right] = &mut answer.operands[..] {
        *right = right.take().map(|ty| ty.array());
    }
    // An element can be null, or there can be no elements.
    answer.nulls = Nulls::Maybe;
    Ok(answer)
}

/// The operator; `None` if that depends on something unclear.
fn find(types: &Types<'_>, name: &str, args: &[TypeId]) -> Result<Option<&'static Proc>, Unresolved> {
    let named = || {
        let arity = args.len();
        postgres::operators(name).iter().filter(move |proc| proc.args.len() == arity && types.has_proc(proc))
    };
    let open = types.open_world();
    if args.contains(&TypeId::UNCLEAR) {
        return Ok(None);
    }
    if let Some(exact) = exact(types, args, named) {
        return Ok(Some(exact));
    }
    let mut fitting = candidates::matching(types, args, named().collect());
    if fitting.len() > 1 {
        fitting = match candidates::best(types, args, fitting) {
            Ok(best) => vec![best],
            Err(left) => left,
        };
    }
    match fitting[..] {
        [best] => Ok(Some(best)),
        _ if open => Ok(None),
        [] if !postgres::operators(name).iter().any(|proc| types.has_proc(proc)) => {
            Err(Unresolved::NoSuchName { similar: None })
        }
        [] => Err(Unresolved::NoMatch { candidates: signatures(types, args, named()), hint: None }),
        [..] => Err(Unresolved::Ambiguous {
            candidates: fitting.iter().map(|proc| signature(types, proc)).collect(),
        }),
    }
}

/// The operator with exactly these types. An untyped operand is first assumed to have the type of the other one.
fn exact<I: Iterator<Item = &'static Proc>>(
    types: &Types<'_>,
    args: &[TypeId],
    named: impl Fn() -> I,
) -> Option<&'static Proc> {
    let unknown = types.known().unknown;
    let find = |left: TypeId, right: TypeId| named().find(|proc| proc.args[..] == [left, right]);
    match *args {
        [only] => named().find(|proc| proc.args[..] == [only]),
        [left, right] if left == unknown || right == unknown => {
            let other = if left == unknown { right } else { left };
            find(other, other).or_else(|| {
                let base = types.base(other);
                if base == other { None } else { find(base, base) }
            })
        }
        [left, right] => find(left, right),
        _ => None,
    }
}

fn resolved(types: &Types<'_>, proc: &Proc, args: &[TypeId]) -> Result<Resolved, Unresolved> {
    let Ok((meaning, result)) = polymorphic::enforce(types, args, &proc.args, proc.result) else {
        return Err(Unresolved::NoMatch {
            candidates: vec![signature(types, proc)],
            hint: Some("cast an operand, because its type is unknown".to_owned()),
        });
    };
    Ok(Resolved {
        ty: types.ty(result),
        operands: proc.args.iter().map(|ty| types.ty(meaning.of(types, *ty)?)).collect(),
        nulls: proc.nulls,
        strict: proc.strict,
        writes: false,
        set: false,
        kind: Kind::Plain,
        out: None,
    })
}

/// An operator as a message shows it: `int4 + int4`.
fn signature(types: &Types<'_>, proc: &Proc) -> String {
    match &proc.args[..] {
        [left, right] => format!("{} {} {}", types.name(*left), proc.name, types.name(*right)),
        args => format!("{} {}", proc.name, args.first().map(|ty| types.name(*ty)).unwrap_or_default()),
    }
}

/// A few operators, starting with those that accept one of the operands unchanged.
fn signatures<'p>(types: &Types<'_>, args: &[TypeId], procs: impl Iterator<Item = &'p Proc>) -> Vec<String> {
    let mut procs: Vec<&Proc> = procs.collect();
    let implicit = super::super::CastContext::Implicit;
    procs.sort_by_key(|proc| {
        let fits =
            |(arg, param): &(&TypeId, &TypeId)| coerce::can_coerce(types, &[**arg], &[**param], implicit);
        std::cmp::Reverse(args.iter().zip(&proc.args).filter(fits).count())
    });
    procs.iter().take(similar::SHOWN).map(|proc| signature(types, proc)).collect()
}

/// `left in (items…)`. Items without columns form an array if they have a common type with the left side. The others
/// are compared one by one.
pub(crate) fn in_list(
    catalog: &Catalog,
    left: &Operand,
    items: &[Operand],
    columns: &[bool],
) -> Result<Resolved, Unresolved> {
    let mut types = Types::new(catalog);
    let left = types.operand(left);
    let ids: Vec<TypeId> = items.iter().map(|item| types.operand(item)).collect();
    let has_column = |n: usize| columns.get(n).copied().unwrap_or(false);
    let fixed: Vec<TypeId> = (0..ids.len()).filter(|n| !has_column(*n)).map(|n| ids[n]).collect();

    let mut answer = unclear(1 + ids.len());
    answer.ty = types.ty(types.known().bool);
    let mut array = None;
    if fixed.len() > 1 {
        let all: Vec<TypeId> = [left].into_iter().chain(fixed.iter().copied()).collect();
        if all.contains(&TypeId::UNCLEAR) {
            return Ok(answer);
        }
        let chosen = coerce::common_checked(&types, &all).ok();
        array = chosen.filter(|ty| *ty != types.known().record && types.array(*ty).is_some());
    }
    let mut compare = |right: TypeId, slot: Option<usize>| -> Result<(), Unresolved> {
        let args = [left, right];
        let Some(found) = find(&types, "=", &args)? else { return Ok(()) };
        let one = resolved(&types, found, &args)?;
        let mut operands = one.operands.into_iter();
        let first = operands.next().flatten();
        answer.operands[0] = answer.operands[0].take().or(first);
        if let Some(slot) = slot {
            answer.operands[slot] = operands.next().flatten();
        }
        Ok(())
    };
    if let Some(element) = array {
        compare(element, None)?;
    }
    for (n, id) in ids.iter().enumerate() {
        if array.is_none() || has_column(n) {
            compare(*id, Some(n + 1))?;
        }
    }
    if let Some(element) = array {
        for n in (0..ids.len()).filter(|n| !has_column(*n)) {
            answer.operands[n + 1] = types.ty(element);
        }
    }
    answer.nulls = Nulls::Strict;
    Ok(answer)
}
