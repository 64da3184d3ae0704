//! Calls of the functions of SQLite, MySQL and MariaDB. They accept any types, and a rule determines the result.

use super::{Call, Kind, Nulls, Operand, Resolved, Unresolved, unclear};
use crate::{
    Catalog, Returns, Type,
    data::builtin::{self, ArgumentKind, Builtin},
};

/// A dialect's rules for types.
pub(super) struct Rules {
    /// The result of a rule in the tables (`=1`, `=common`, …) for arguments; `None` if it is unknown.
    pub(super) result: fn(rule: &str, args: &[Operand]) -> Option<Type>,
    pub(super) common: fn(&[Operand]) -> Option<Type>,
    pub(super) kind: fn(&Type) -> ArgumentKind,
}

pub(super) fn function(catalog: &Catalog, call: &Call<'_>, rules: &Rules) -> Result<Resolved, Unresolved> {
    let given = call.args.len();
    if let Some(own) = catalog.functions.get(call.name).and_then(|functions| functions.first()) {
        return Ok(Resolved {
            ty: match &own.returns {
                Returns::Value(ty) | Returns::SetOf(ty) => ty.clone(),
                Returns::Table(_) | Returns::Nothing => None,
            },
            operands: (0..given)
                .map(|n| known(call.args, n).or_else(|| own.args.get(n).cloned().flatten()))
                .collect(),
            writes: own.volatile,
            kind: if own.aggregate { Kind::Aggregate } else { Kind::Plain },
            ..unclear(given)
        });
    }
    let all = builtin::functions(catalog.dialect, call.name);
    let Some(found) = all.iter().find(|function| function.takes(given)) else {
        if all.is_empty() {
            return Err(Unresolved::NoSuchName { similar: similar(catalog, call.name) });
        }
        return Err(Unresolved::NoMatch {
            candidates: all.iter().map(Builtin::signature).collect(),
            hint: None,
        });
    };
    let operands = operands(found, call.args, rules);
    let taken: Vec<Operand> =
        operands.iter().zip(call.args).map(|(ty, arg)| taken(ty.as_ref(), arg)).collect();
    let first = operands.first().and_then(Option::as_ref);
    let ty = match found.result {
        "?" => None,
        // The precision of numbers in a text doesn't matter.
        "=string" => {
            let text = |(n, _): &(usize, &Operand)| matches!(found.param(*n), "varchar" | "any");
            let texts: Vec<Operand> =
                taken.iter().enumerate().filter(text).map(|(_, arg)| arg.clone()).collect();
            (rules.result)("=string", &texts)
        }
        rule if rule.starts_with('=') => (rules.result)(rule, &taken),
        ty => Some(Type::base(ty)),
    };
    // The result is null if a value cannot be converted to the comparison type.
    let mixed = found.result == "=greatest" && ty.is_none();
    let kind = first.map_or(ArgumentKind::Other, rules.kind);
    Ok(Resolved {
        ty,
        nulls: if mixed { Nulls::Maybe } else { found.nulls(kind) },
        strict: found.strict && found.kind == b'f',
        writes: found.writes,
        set: false,
        kind: match found.kind {
            b'a' => Kind::Aggregate,
            b'w' => Kind::Window,
            _ => Kind::Plain,
        },
        out: None,
        operands,
    })
}

/// The type of a known argument.
fn known(args: &[Operand], n: usize) -> Option<Type> {
    match args.get(n) {
        Some(Operand::Known(ty)) => Some(ty.clone()),
        _ => None,
    }
}

fn taken(ty: Option<&Type>, arg: &Operand) -> Operand {
    match (ty, arg) {
        (Some(ty), _) => Operand::Known(ty.clone()),
        (None, arg) => arg.clone(),
    }
}

/// The type of each argument. An untyped one has the type in the table, or the common type of the others.
fn operands(function: &Builtin, args: &[Operand], rules: &Rules) -> Vec<Option<Type>> {
    let together: fn(usize) -> bool = match function.result {
        "=common" => |_| true,
        "=common2" => |n| n > 0,
        "=lag" => |n| n != 1,
        _ => |_| false,
    };
    let those: Vec<Operand> =
        args.iter().enumerate().filter(|(n, _)| together(*n)).map(|(_, arg)| arg.clone()).collect();
    let common = (rules.common)(&those);
    args.iter()
        .enumerate()
        .map(|(n, arg)| match arg {
            Operand::Known(ty) => Some(ty.clone()),
            Operand::Unclear => None,
            Operand::Untyped => match function.param(n) {
                "any" if together(n) => common.clone(),
                "like" => (rules.common)(args),
                "any" => None,
                param => Some(Type::Base(param.replace('_', " ").into())),
            },
        })
        .collect()
}

fn similar(catalog: &Catalog, name: &str) -> Option<String> {
    let own = aio_databases_sql::similar(name, catalog.functions.keys().map(String::as_str));
    let found = own.or_else(|| aio_databases_sql::similar(name, builtin::function_names(catalog.dialect)));
    found.map(str::to_owned)
}

/// A resolved operator: its result, the types of its operands, and when it returns null.
pub(super) fn answer(ty: Option<Type>, operands: Vec<Option<Type>>, nulls: Nulls, strict: bool) -> Resolved {
    Resolved { ty, nulls, strict, operands, ..unclear(0) }
}
