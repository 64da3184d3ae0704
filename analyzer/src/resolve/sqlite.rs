//! SQLite's rules: a value has a type, a column only an affinity.
//!
//! Declared types are trusted: an `integer` column returns integers. Reading a value of another type is an error, never
//! a wrong number. The same is true of `+`, `-` and `*` on integers, which SQLite converts to a `real` on overflow:
//! here they return an `integer`. An integer beside a real (`coalesce(avg(n), 0)`) is a `real`; an integer can be read
//! as one, or else it is an error. The type is unknown if it depends on a value (`+` on text, `iif` with an integer and
//! a text).

use sqlparser::ast::DataType;

use super::{
    Call, Nulls, Operand, Resolved, Unresolved,
    builtin::{self, Rules, answer},
};
use crate::{Catalog, Type, data::builtin::ArgumentKind};

/// The kind of values of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Integer,
    Real,
    /// `numeric` and `decimal`: integers and reals.
    Numeric,
    Text,
    Blob,
    /// Dates, UUIDs, JSON: text by convention only.
    Other,
}

fn class(ty: &Type) -> Class {
    match ty.name() {
        Some("integer" | "boolean") => Class::Integer,
        Some("real") => Class::Real,
        Some("numeric") => Class::Numeric,
        Some("text") => Class::Text,
        Some("blob") => Class::Blob,
        _ => Class::Other,
    }
}

const INTEGER: Type = Type::base("integer");
const REAL: Type = Type::base("real");
const TEXT: Type = Type::base("text");

const RULES: Rules = Rules {
    result,
    common: common_type,
    kind: |ty| match class(ty) {
        Class::Integer => ArgumentKind::Integer,
        Class::Real | Class::Numeric => ArgumentKind::Number,
        Class::Text => ArgumentKind::Text,
        Class::Blob | Class::Other => ArgumentKind::Other,
    },
};

/// The functions that the bundled SQLite is built without.
const MATH: [&str; 29] = [
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "ceiling", "cos", "cosh", "degrees",
    "exp", "floor", "ln", "log", "log10", "log2", "mod", "pi", "pow", "power", "radians", "sin", "sinh",
    "sqrt", "tan", "tanh", "trunc",
];

pub(super) fn function(catalog: &Catalog, call: &Call<'_>) -> Result<Resolved, Unresolved> {
    builtin::function(catalog, call, &RULES).map_err(|problem| match problem {
        Unresolved::NoSuchName { .. } if MATH.contains(&call.name) => Unresolved::NoMatch {
            candidates: Vec::new(),
            hint: Some("the bundled SQLite has no math functions; calculate the value in Rust".to_owned()),
        },
        other => other,
    })
}

fn result(rule: &str, args: &[Operand]) -> Option<Type> {
    let known = |n: usize| match args.get(n) {
        Some(Operand::Known(ty)) => Some(ty.clone()),
        _ => None,
    };
    match rule {
        "=1" => known(0),
        "=common" => common_type(args),
        "=common2" => common_type(args.get(1..).unwrap_or_default()),
        "=lag" if args.len() == 3 => common_type(&[args[0].clone(), args[2].clone()]),
        "=lag" => known(0),
        "=number" => match class(&known(0)?) {
            Class::Integer => Some(INTEGER),
            Class::Real => Some(REAL),
            Class::Numeric => Some(Type::base("numeric")),
            _ => None,
        },
        "=text" => match class(&known(0)?) {
            Class::Blob => Some(Type::base("blob")),
            // Some keep the text, others the bytes.
            Class::Other if known(0)?.name() == Some("uuid") => None,
            _ => Some(TEXT),
        },
        _ => None,
    }
}

pub(super) fn operator(
    _: &Catalog,
    name: &str,
    left: Option<&Operand>,
    right: &Operand,
) -> Result<Resolved, Unresolved> {
    let Some(left) = left else { return Ok(prefix(name, right)) };
    let own = |operand: &Operand| match operand {
        Operand::Known(ty) => Some(ty.clone()),
        _ => None,
    };
    let both = vec![own(left), own(right)];
    Ok(match name {
        "+" | "-" | "*" | "/" | "%" => arithmetic(name, left, right),
        "||" => answer(Some(TEXT), with(left, right, &TEXT), Nulls::Strict, true),
        "&" | "|" | "<<" | ">>" => answer(Some(INTEGER), with(left, right, &INTEGER), Nulls::Strict, true),
        "=" | "==" | "<>" | "!=" | "<" | "<=" | ">" | ">=" => {
            answer(Some(INTEGER), beside(left, right), Nulls::Strict, true)
        }
        "is" | "is not" | "is distinct from" | "is not distinct from" => {
            answer(Some(INTEGER), beside(left, right), Nulls::Never, false)
        }
        "like" | "glob" => answer(Some(INTEGER), with(left, right, &TEXT), Nulls::Strict, true),
        // The operator exists, but its function doesn't.
        "regexp" => return Err(Unresolved::NoSuchName { similar: Some("glob".to_owned()) }),
        "match" => answer(Some(INTEGER), with(left, right, &TEXT), Nulls::Maybe, false),
        "and" | "or" => answer(Some(INTEGER), both, Nulls::Strict, false),
        "->" => answer(Some(TEXT), both, Nulls::Maybe, true),
        "->>" => answer(None, both, Nulls::Maybe, true),
        "collate" => answer(both[0].clone(), both, Nulls::Strict, true),
        _ => return Err(Unresolved::NoSuchName { similar: None }),
    })
}

fn prefix(name: &str, right: &Operand) -> Resolved {
    let own = match right {
        Operand::Known(ty) => Some(ty.clone()),
        _ => None,
    };
    let (ty, operand) = match (name, own) {
        ("+", own) => (own.clone(), own),
        ("-", Some(ty)) => (number(&ty), Some(ty)),
        ("~" | "not", own) => (Some(INTEGER), own),
        (_, own) => (None, own),
    };
    answer(ty, vec![operand], Nulls::Strict, true)
}

/// The type of a number that is computed from a value of a type.
fn number(ty: &Type) -> Option<Type> {
    match class(ty) {
        Class::Integer => Some(INTEGER),
        Class::Real => Some(REAL),
        Class::Numeric => Some(Type::base("numeric")),
        Class::Text | Class::Blob | Class::Other => None,
    }
}

/// An untyped operand adopts the other one's kind of number. With reals, there can be an infinity, and so a null.
fn arithmetic(name: &str, left: &Operand, right: &Operand) -> Resolved {
    let of = |operand: &Operand| match operand {
        Operand::Known(ty) => number(ty),
        _ => None,
    };
    let (one, two) = match (left, right) {
        (Operand::Untyped, Operand::Known(_)) => (of(right), of(right)),
        (Operand::Known(_), Operand::Untyped) => (of(left), of(left)),
        _ => (of(left), of(right)),
    };
    let ty = match (one.as_ref().map(class), two.as_ref().map(class)) {
        (Some(Class::Integer), Some(Class::Integer)) => Some(INTEGER),
        (Some(Class::Real), Some(_)) | (Some(_), Some(Class::Real)) => Some(REAL),
        (Some(_), Some(_)) => Some(Type::base("numeric")),
        _ => None,
    };
    let integers = ty.as_ref().is_some_and(|ty| *ty == INTEGER);
    let nulls = if integers && !matches!(name, "/" | "%") { Nulls::Strict } else { Nulls::Maybe };
    let taken = |operand: &Operand, number: Option<Type>| match operand {
        Operand::Known(ty) => Some(ty.clone()),
        Operand::Untyped => number,
        Operand::Unclear => None,
    };
    answer(ty, vec![taken(left, one), taken(right, two)], nulls, true)
}

/// Both operands; an untyped one has the type `ty`.
fn with(left: &Operand, right: &Operand, ty: &Type) -> Vec<Option<Type>> {
    let taken = |operand: &Operand| match operand {
        Operand::Known(own) => Some(own.clone()),
        Operand::Untyped => Some(ty.clone()),
        Operand::Unclear => None,
    };
    vec![taken(left), taken(right)]
}

/// Both operands; an untyped one has the type of the other.
fn beside(left: &Operand, right: &Operand) -> Vec<Option<Type>> {
    let taken = |operand: &Operand, other: &Operand| match (operand, other) {
        (Operand::Known(ty), _) | (Operand::Untyped, Operand::Known(ty)) => Some(ty.clone()),
        _ => None,
    };
    vec![taken(left, right), taken(right, left)]
}

pub(super) fn in_list(_: &Catalog, left: &Operand, items: &[Operand]) -> Result<Resolved, Unresolved> {
    let mut operands =
        vec![items.iter().fold(None, |found, item| found.or_else(|| beside(left, item).swap_remove(0)))];
    operands.extend(items.iter().map(|item| beside(left, item).swap_remove(1)));
    Ok(answer(Some(INTEGER), operands, Nulls::Strict, false))
}

/// Values are not converted to a common type. If they have several types, the result has no single type.
pub(super) fn common_type(operands: &[Operand]) -> Option<Type> {
    let mut found: Option<&Type> = None;
    for operand in operands {
        match (operand, found) {
            (Operand::Untyped, _) => {}
            (Operand::Unclear, _) => return None,
            (Operand::Known(ty), None) => found = Some(ty),
            (Operand::Known(ty), Some(first)) if ty == first => {}
            // A boolean beside a number is a number.
            (Operand::Known(ty), Some(first))
                if class(ty) == Class::Integer && class(first) == Class::Integer =>
            {
                found = Some(const { &INTEGER });
            }
            // An integer can be read as a real.
            (Operand::Known(ty), Some(first))
                if matches!(
                    (class(ty), class(first)),
                    (Class::Integer, Class::Real) | (Class::Real, Class::Integer)
                ) =>
            {
                found = Some(const { &REAL });
            }
            (Operand::Known(ty), Some(first)) => {
                let numbers = |ty| matches!(class(ty), Class::Integer | Class::Real | Class::Numeric);
                if class(ty) != Class::Numeric && class(first) != Class::Numeric
                    || !numbers(ty)
                    || !numbers(first)
                {
                    return None;
                }
                found = Some(const { &Type::base("numeric") });
            }
        }
    }
    found.cloned()
}

/// The type in a column's declaration. The usual names for dates, booleans, UUIDs and JSON are kept. Other names follow
/// SQLite's affinity. A name without an affinity of its own isn't a type (SQLite treats `string` as numeric).
pub(super) fn type_by_name(name: &DataType) -> Option<Type> {
    let name = plain(name)?;
    let word = name.as_str();
    let kept = match word {
        "bool" | "boolean" => Some("boolean"),
        "date" => Some("date"),
        "time" | "time without time zone" => Some("time"),
        "datetime" => Some("datetime"),
        "timestamp" | "timestamp without time zone" => Some("timestamp"),
        "timestamptz" | "timestamp with time zone" => Some("timestamptz"),
        "json" | "jsonb" => Some("json"),
        "uuid" => Some("uuid"),
        "binary" | "varbinary" | "bytea" => Some("blob"),
        _ => None,
    };
    kept.or_else(|| affinity(word).filter(|ty| *ty != "numeric"))
        .or_else(|| is_numeric(word).then_some("numeric"))
        .map(Type::base)
}

pub(super) fn cast_type_by_name(name: &DataType) -> Option<Type> {
    affinity(&plain(name)?).map(Type::base)
}

/// A type's name in lowercase, without its length.
fn plain(name: &DataType) -> Option<String> {
    if *name == DataType::Unspecified {
        return None;
    }
    let text = name.to_string().to_lowercase();
    let (head, tail) = match (text.find('('), text.rfind(')')) {
        (Some(open), Some(close)) if open < close => (&text[..open], &text[close + 1..]),
        _ => (&text[..], ""),
    };
    let words: Vec<&str> = head.split_whitespace().chain(tail.split_whitespace()).collect();
    Some(words.join(" ").replace(['"', '`', '[', ']'], ""))
}

/// SQLite's rules, in order.
fn affinity(name: &str) -> Option<&'static str> {
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    Some(if has(&["int"]) {
        "integer"
    } else if has(&["char", "clob", "text"]) {
        "text"
    } else if has(&["blob"]) {
        "blob"
    } else if has(&["real", "floa", "doub"]) {
        "real"
    } else if name.is_empty() || name == "any" {
        return None;
    } else {
        "numeric"
    })
}

fn is_numeric(name: &str) -> bool {
    ["numeric", "decimal", "dec", "number", "money", "year"].contains(&name)
}

pub(super) fn number_type(text: &str) -> Option<Type> {
    let text = text.replace('_', "");
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let hex = digits.starts_with("0x") || digits.starts_with("0X");
    Some(if hex || text.parse::<i64>().is_ok() { INTEGER } else { REAL })
}

#[cfg(test)]
mod tests;
