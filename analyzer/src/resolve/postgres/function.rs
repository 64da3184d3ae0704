//! Functions: the manual's section 10.3.

use std::borrow::Cow;

use super::{
    super::{Call, CastContext, Kind, Nulls, Resolved, Unresolved, unclear},
    candidates::{self, Candidate},
    coerce::{self, Path},
    names, polymorphic, similar,
    types::Types,
};
use crate::{
    Catalog, Function, Returns, Type,
    data::postgres::{self, Proc, Releases, TypeId},
};

/// A function, with the parameters in the order of a call.
struct Fit<'a> {
    proc: Cow<'static, Proc>,
    /// The function of the schema, if it is one.
    user: Option<&'a Function>,
    /// Its place in the search path.
    place: usize,
    /// The types of its parameters, in the order of the call's arguments.
    args: Vec<TypeId>,
    /// Whether the last arguments are passed to a variadic parameter one by one.
    expanded: bool,
    /// Whether another function at the same place has the same parameters.
    ambiguous: bool,
}

impl Candidate for Fit<'_> {
    fn args(&self) -> &[TypeId] {
        &self.args
    }
}

pub(crate) fn function(catalog: &Catalog, call: &Call<'_>) -> Result<Resolved, Unresolved> {
    let mut types = Types::new(catalog);
    let args: Vec<TypeId> = call.args.iter().map(|operand| types.operand(operand)).collect();
    let (fits, of_that_name) = fits(&mut types, call);
    let open = types.open_world() && call.schema != Some("pg_catalog");
    if args.contains(&TypeId::UNCLEAR) {
        return unclear_call(&types, call, &args, fits, of_that_name > 0 || open);
    }

    if let Some(exact) = fits.iter().position(|fit| fit.args == args) {
        return chosen(&types, call, &args, &fits[exact]);
    }
    if let Some(cast) = as_cast(&mut types, call, &args) {
        return Ok(cast);
    }
    let candidates: Vec<String> =
        fits.iter().take(similar::SHOWN).map(|fit| signature(&types, call.name, fit)).collect();
    let mut fitting = candidates::matching(&types, &args, fits);
    if fitting.len() > 1 {
        fitting = match candidates::best(&types, &args, fitting) {
            Ok(best) => vec![best],
            Err(left) => left,
        };
    }
    match &fitting[..] {
        [fit] => chosen(&types, call, &args, fit),
        _ if open => Ok(unclear(args.len())),
        [] if of_that_name == 0 => Err(no_such_name(&types, call)),
        [] => Err(Unresolved::NoMatch {
            candidates: if candidates.is_empty() { all_signatures(&types, call) } else { candidates },
            hint: None,
        }),
        [..] => Err(Unresolved::Ambiguous {
            candidates: fitting.iter().map(|fit| signature(&types, call.name, fit)).collect(),
        }),
    }
}

/// The functions with the name that accept the number and the names of the arguments, and the number of all functions
/// with the name.
fn fits<'a>(types: &mut Types<'a>, call: &Call<'a>) -> (Vec<Fit<'a>>, usize) {
    let mut fits: Vec<Fit<'a>> = Vec::new();
    let mut of_that_name = 0;
    if call.schema.is_none_or(|schema| schema == "pg_catalog") {
        for proc in postgres::functions(call.name) {
            if proc.extension.is_some() || !types.has_proc(proc) {
                continue;
            }
            of_that_name += 1;
            add(&mut fits, fit(call, Cow::Borrowed(proc), None, 0));
        }
    }
    if call.schema != Some("pg_catalog") {
        // The schema of an extension is unknown.
        for proc in postgres::functions(call.name) {
            if proc.extension.is_some() && types.has_proc(proc) {
                of_that_name += 1;
                add(&mut fits, fit(call, Cow::Borrowed(proc), None, 1));
            }
        }
        let catalog = types.catalog;
        for function in catalog.functions.get(call.name).into_iter().flatten() {
            let place = match call.schema {
                Some(schema) => (schema == function.schema).then_some(1),
                None => {
                    catalog.search_path.iter().position(|schema| *schema == function.schema).map(|n| n + 1)
                }
            };
            if let Some(place) = place {
                of_that_name += 1;
                let proc = Cow::Owned(user_proc(types, function));
                add(&mut fits, fit(call, proc, Some(function), place));
            }
        }
    }
    (fits, of_that_name)
}

/// A function, if it accepts that many arguments with these names.
fn fit<'a>(
    call: &Call<'_>,
    proc: Cow<'static, Proc>,
    user: Option<&'a Function>,
    place: usize,
) -> Option<Fit<'a>> {
    let given = call.args.len();
    let declared = proc.args.len();
    let is_named = call.names.iter().any(Option::is_some);
    let expanded = !call.variadic && !is_named && proc.variadic.is_some() && declared <= given;
    if declared < given && !expanded || declared > given + proc.defaults {
        return None;
    }
    if call.variadic && (proc.variadic.is_none() || declared != given) {
        return None;
    }
    let mut args: Vec<TypeId> =
        if is_named { by_names(call, &proc)? } else { proc.args.iter().copied().take(given).collect() };
    if let (true, Some(variadic)) = (expanded, proc.variadic) {
        args.truncate(declared - 1);
        args.resize(given, variadic);
    }
    Some(Fit { proc, user, place, args, expanded, ambiguous: false })
}

/// The parameters for the arguments of a call with named arguments. The other parameters need a default.
fn by_names(call: &Call<'_>, proc: &Proc) -> Option<Vec<TypeId>> {
    let mut filled = vec![false; proc.args.len()];
    let mut args = Vec::with_capacity(call.args.len());
    for n in 0..call.args.len() {
        let at = match call.names.get(n).copied().flatten() {
            Some(name) => proc.names.iter().position(|own| **own == *name)?,
            None => n,
        };
        if std::mem::replace(filled.get_mut(at)?, true) {
            return None;
        }
        args.push(proc.args[at]);
    }
    let needed = proc.args.len() - proc.defaults;
    filled[..needed].iter().all(|filled| *filled).then_some(args)
}

/// Adds a function, unless an earlier one hides it.
fn add<'a>(fits: &mut Vec<Fit<'a>>, new: Option<Fit<'a>>) {
    let Some(new) = new else { return };
    match fits.iter_mut().find(|old| old.args == new.args) {
        None => fits.push(new),
        Some(old) if old.place < new.place => {}
        Some(old) if old.place > new.place => *old = new,
        Some(old) if new.expanded && !old.expanded => {}
        Some(old) if old.expanded && !new.expanded => *old = new,
        Some(old) => old.ambiguous = true,
    }
}

/// A function of the schema, in the form of the built-in ones.
fn user_proc<'a>(types: &mut Types<'a>, function: &'a Function) -> Proc {
    let args: Box<[TypeId]> = function.args.iter().map(|ty| types.id_or_unclear(ty.as_ref())).collect();
    let (result, set) = match &function.returns {
        Returns::Value(ty) => (types.id_or_unclear(ty.as_ref()), false),
        Returns::SetOf(ty) => (types.id_or_unclear(ty.as_ref()), true),
        Returns::Table(columns) => match &columns[..] {
            [column] => (types.id_or_unclear(column.ty.as_ref()), true),
            _ => (types.known().record, true),
        },
        Returns::Nothing => (types.data.id("void").unwrap_or(TypeId::UNCLEAR), false),
    };
    let known = types.known();
    let variadic = args.last().copied().filter(|_| function.variadic).map(|last| {
        if last == known.anyarray {
            known.anyelement
        } else if last == known.anycompatiblearray {
            known.anycompatible
        } else {
            types.element(last).unwrap_or(last)
        }
    });
    Proc {
        name: "",
        args,
        names: function.arg_names.iter().map(|name| Cow::Owned(name.clone().unwrap_or_default())).collect(),
        defaults: function.defaults,
        variadic,
        result,
        set,
        kind: match function {
            Function { aggregate: true, .. } => b'a',
            Function { procedure: true, .. } => b'p',
            _ => b'f',
        },
        strict: function.strict,
        volatile: function.volatile,
        nulls: Nulls::Maybe,
        writes: false,
        out: [].into(),
        extension: None,
        releases: Releases { since: 0, until: u8::MAX },
        replaced: false,
        varies: false,
    }
}

/// `int4('5')`: the name of a type, called with one argument, is a cast.
fn as_cast(types: &mut Types<'_>, call: &Call<'_>, args: &[TypeId]) -> Option<Resolved> {
    let ([arg], [operand]) = (args, call.args) else { return None };
    if !call.names.is_empty() || call.variadic {
        return None;
    }
    let target = names::type_of_name(types.catalog, call.schema, call.name)?;
    let types = &mut Types::new(types.catalog);
    let (arg, known) = (*arg, types.known());
    let from = types.operand(operand);
    let to = types.id(&target);
    debug_assert!(from == arg || from.user_index().is_some());
    if types.is_composite(to) && types.base(to) == to {
        return None;
    }
    // A literal is parsed as the target type. A parameter is converted like an unknown type.
    let constant = from == known.unknown && call.constant;
    let is_cast = constant
        || match coerce::path(types, from, to, CastContext::Explicit)? {
            Path::Relabel => true,
            Path::InputOutput => {
                !((from == known.record || types.is_composite(from)) && types.category(to).0 == b'S')
            }
            Path::Function | Path::Array => false,
        };
    is_cast.then(|| Resolved {
        nulls: super::cast_nulls(operand, &target),
        operands: vec![types.ty(if from == known.unknown { to } else { from })],
        ty: Some(target.clone()),
        strict: true,
        writes: false,
        set: false,
        kind: Kind::Plain,
        out: None,
    })
}

/// The result of the chosen function.
fn chosen(
    types: &Types<'_>,
    call: &Call<'_>,
    args: &[TypeId],
    fit: &Fit<'_>,
) -> Result<Resolved, Unresolved> {
    if fit.ambiguous {
        return Err(Unresolved::Ambiguous { candidates: vec![signature(types, call.name, fit)] });
    }
    let refused = |hint: String| Unresolved::NoMatch {
        candidates: vec![signature(types, call.name, fit)],
        hint: Some(hint),
    };
    let proc = &*fit.proc;
    if proc.kind == b'a' && proc.args.is_empty() && !call.star {
        return Err(refused(format!("write `{}(*)`", call.name)));
    }
    let result = proc.result_in(types.catalog.release);
    let Ok((meaning, result)) = polymorphic::enforce(types, args, &fit.args, result) else {
        return Err(refused("cast an argument, because its type is unknown".to_owned()));
    };
    let known = types.known();
    let operand = |(arg, param): (&TypeId, &TypeId)| {
        if *param == known.any {
            types.ty(*arg).filter(|_| *arg != known.unknown)
        } else {
            types.ty(meaning.of(types, *param)?)
        }
    };
    Ok(Resolved {
        ty: types.ty(result),
        operands: args.iter().zip(&fit.args).map(operand).collect(),
        // An array that is null can be expanded to arguments, each of which can be null.
        nulls: if call.variadic && proc.nulls == Nulls::Never { Nulls::Maybe } else { proc.nulls },
        strict: proc.strict && kind(proc) == Kind::Plain,
        writes: proc.writes || fit.user.is_some() && proc.volatile,
        set: proc.set,
        kind: kind(proc),
        out: if result == TypeId::UNCLEAR { None } else { out(fit, |ty| types.ty(meaning.of(types, ty)?)) },
    })
}

fn kind(proc: &Proc) -> Kind {
    match proc.kind {
        b'a' | b'o' | b'h' => Kind::Aggregate,
        b'w' => Kind::Window,
        b'p' => Kind::Procedure,
        _ => Kind::Plain,
    }
}

fn out(fit: &Fit<'_>, ty: impl Fn(TypeId) -> Option<Type>) -> Option<Vec<(String, Option<Type>)>> {
    if let Some(Function { returns: Returns::Table(columns), .. }) = fit.user {
        return Some(columns.iter().map(|column| (column.name.clone(), column.ty.clone())).collect());
    }
    if let Some(Function { out_name: Some(name), .. }) = fit.user {
        return Some(vec![(name.clone(), ty(fit.proc.result))]);
    }
    let columns = &fit.proc.out;
    (!columns.is_empty()).then(|| columns.iter().map(|(name, id)| ((*name).to_owned(), ty(*id))).collect())
}

/// If an argument is unclear: the result on which all possible functions agree.
fn unclear_call(
    types: &Types<'_>,
    call: &Call<'_>,
    args: &[TypeId],
    fits: Vec<Fit<'_>>,
    exists: bool,
) -> Result<Resolved, Unresolved> {
    if !exists {
        if names::type_of_name(types.catalog, call.schema, call.name).is_some() {
            return Ok(unclear(args.len()));
        }
        return Err(no_such_name(types, call));
    }
    let fitting = candidates::matching(types, args, fits);
    let mut answers = fitting.iter().map(|fit| chosen(types, call, args, fit).ok());
    let mut answer = unclear(args.len());
    if let Some(Some(first)) = answers.next() {
        let agree = first.ty.is_some()
            && !types.open_world()
            && answers.all(|other| {
                other.is_some_and(|o| {
                    (&o.ty, o.set, o.kind, &o.out, o.writes)
                        == (&first.ty, first.set, first.kind, &first.out, first.writes)
                })
            });
        answer.kind = first.kind;
        answer.set = first.set;
        answer.writes = fitting.iter().any(|fit| fit.proc.volatile && fit.user.is_some()) || first.writes;
        if agree {
            answer.ty = first.ty;
            answer.out = first.out;
            let alone = fitting.len() == 1;
            answer.nulls = if alone { first.nulls } else { Nulls::Maybe };
        }
    }
    Ok(answer)
}

/// The error for a function that does not exist, or not in the release that the queries run on.
fn no_such_name(types: &Types<'_>, call: &Call<'_>) -> Unresolved {
    let elsewhere = postgres::functions(call.name).iter().find(|proc| types.has(proc.extension));
    match (elsewhere, types.catalog.release) {
        (Some(Proc { releases: Releases { since, until }, .. }), Some(here)) => {
            Unresolved::OtherRelease { since: *since, until: *until, here }
        }
        _ => Unresolved::NoSuchName { similar: similar::function(types.catalog, call.name) },
    }
}

/// A function as a message shows it: `lower(text)`.
fn signature(types: &Types<'_>, name: &str, fit: &Fit<'_>) -> String {
    proc_signature(types, name, &fit.proc)
}

fn proc_signature(types: &Types<'_>, name: &str, proc: &Proc) -> String {
    let needed = proc.args.len() - proc.defaults.min(proc.args.len());
    let args = proc.args.iter().enumerate().map(|(n, ty)| {
        let ty = types.name(*ty);
        if proc.variadic.is_some() && n + 1 == proc.args.len() {
            format!("variadic {ty}")
        } else if n >= needed {
            format!("{ty} = …")
        } else {
            ty
        }
    });
    format!("{name}({})", args.collect::<Vec<_>>().join(", "))
}

/// The functions with a name, none of which accepts that many arguments.
fn all_signatures(types: &Types<'_>, call: &Call<'_>) -> Vec<String> {
    let types = &mut Types::new(types.catalog);
    let mut shown: Vec<String> = postgres::functions(call.name)
        .iter()
        .filter(|proc| types.has_proc(proc))
        .map(|proc| proc_signature(types, call.name, proc))
        .collect();
    let catalog = types.catalog;
    for function in catalog.functions.get(call.name).into_iter().flatten() {
        let proc = user_proc(types, function);
        shown.push(proc_signature(types, call.name, &proc));
    }
    shown.truncate(similar::SHOWN);
    shown
}
