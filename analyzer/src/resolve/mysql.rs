//! The rules of MySQL and MariaDB. If the two differ, a type is unknown.
//!
//! Computed integers are `bigint`, which can hold the result of either server.

use sqlparser::ast::{CharacterLength, DataType, EnumMember};

use super::{
    Call, Nulls, Operand, Resolved, Unresolved,
    builtin::{self, Rules, answer},
};
use crate::{Catalog, Type, data::builtin::ArgumentKind};

/// The kind of values of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// An integer: its number of bytes, and whether it is unsigned.
    Integer {
        bytes: u8,
        unsigned: bool,
    },
    Decimal,
    Float,
    Double,
    Bit,
    Year,
    /// Text, and whether it is long.
    Text {
        long: bool,
    },
    Bytes {
        long: bool,
    },
    Enum,
    Date,
    Time,
    Datetime,
    Timestamp,
    Json,
    /// `interval 1 day`, with an unknown unit.
    Interval,
    Other,
}

fn class(ty: &Type) -> Class {
    if matches!(ty, Type::Enum { .. }) {
        return Class::Enum;
    }
    let name = ty.name().unwrap_or_default();
    let (name, unsigned) = name.strip_suffix(" unsigned").map_or((name, false), |name| (name, true));
    let integer = |bytes| Class::Integer { bytes, unsigned };
    match name {
        "tinyint(1)" | "tinyint" => integer(1),
        "smallint" => integer(2),
        "mediumint" => integer(3),
        "int" => integer(4),
        "bigint" => integer(8),
        "decimal" => Class::Decimal,
        "float" => Class::Float,
        "double" => Class::Double,
        "bit" => Class::Bit,
        "year" => Class::Year,
        "char" | "varchar" => Class::Text { long: false },
        "tinytext" | "text" | "mediumtext" | "longtext" => Class::Text { long: true },
        "binary" | "varbinary" => Class::Bytes { long: false },
        "tinyblob" | "blob" | "mediumblob" | "longblob" => Class::Bytes { long: true },
        "set" => Class::Enum,
        "date" => Class::Date,
        "time" => Class::Time,
        "datetime" => Class::Datetime,
        "timestamp" => Class::Timestamp,
        "json" => Class::Json,
        _ if name.starts_with("interval") => Class::Interval,
        _ => Class::Other,
    }
}

impl Class {
    fn is_text(self) -> bool {
        matches!(self, Class::Text { .. } | Class::Enum)
    }

    fn is_temporal(self) -> bool {
        matches!(self, Class::Date | Class::Time | Class::Datetime | Class::Timestamp)
    }

    fn is_number(self) -> bool {
        matches!(
            self,
            Class::Integer { .. } | Class::Decimal | Class::Float | Class::Double | Class::Bit | Class::Year
        )
    }
}

const INT: Type = Type::base("int");
const BIGINT: Type = Type::base("bigint");
const UNSIGNED: Type = Type::base("bigint unsigned");
const DECIMAL: Type = Type::base("decimal");
const DOUBLE: Type = Type::base("double");
const VARCHAR: Type = Type::base("varchar");

/// The widest integer type of the same kind; the type itself if it isn't an integer.
pub(super) fn widest(ty: &Type) -> Type {
    match class(ty) {
        Class::Integer { unsigned: false, .. } => BIGINT,
        Class::Integer { unsigned: true, .. } | Class::Year => UNSIGNED,
        Class::Float => DOUBLE,
        _ => ty.clone(),
    }
}

pub(super) fn is_bytes(ty: &Type) -> bool {
    matches!(class(ty), Class::Bytes { .. })
}

pub(super) fn is_whole(ty: &Type) -> bool {
    matches!(class(ty), Class::Integer { .. })
}

pub(super) fn is_text(ty: &Type) -> bool {
    class(ty).is_text() || class(ty) == Class::Json
}

pub(super) fn is_temporal(ty: &Type) -> bool {
    class(ty).is_temporal()
}

const RULES: Rules = Rules {
    result,
    common: common_type,
    kind: |ty| match class(ty) {
        Class::Integer { .. } | Class::Bit | Class::Year => ArgumentKind::Integer,
        Class::Decimal | Class::Float | Class::Double => ArgumentKind::Number,
        class if class.is_temporal() => ArgumentKind::Temporal,
        _ => ArgumentKind::Other,
    },
};

pub(super) fn function(catalog: &Catalog, call: &Call<'_>) -> Result<Resolved, Unresolved> {
    builtin::function(catalog, call, &RULES)
}

fn result(rule: &str, args: &[Operand]) -> Option<Type> {
    let known = |n: usize| match args.get(n) {
        Some(Operand::Known(ty)) => Some(ty.clone()),
        _ => None,
    };
    let first = known(0);
    match rule {
        "=1" => first,
        "=max" => first.filter(|ty| class(ty) != Class::Json),
        "=nullif" => match class(&first?) {
            Class::Enum => Some(VARCHAR),
            Class::Text { long: false } => Some(VARCHAR),
            Class::Bytes { long: false } => Some(Type::base("varbinary")),
            Class::Text { long: true } => Some(Type::base("longtext")),
            Class::Bytes { long: true } => Some(Type::base("longblob")),
            Class::Json | Class::Year | Class::Timestamp | Class::Other | Class::Interval => None,
            _ => known(0),
        },
        "=common" => common_type(args),
        "=common2" => common_type(args.get(1..).unwrap_or_default()),
        "=greatest" => {
            let common = common_type(args)?;
            let signs = |wanted: bool| {
                args.iter().any(|arg| {
                    matches!(arg, Operand::Known(ty) if matches!(class(ty), Class::Integer { unsigned, .. } if unsigned == wanted))
                })
            };
            if signs(true) && signs(false) {
                return None;
            }
            let same =
                args.iter().all(|arg| matches!(arg, Operand::Known(ty) if class(ty) == class(&common)));
            (same || class(&common).is_number() && args.iter().all(is_number)).then_some(common)
        }
        "=lag" if args.len() == 3 => common_type(&[args[0].clone(), args[2].clone()]),
        "=lag" | "=kept" => first.as_ref().map(single),
        "=json" | "=jsontext" => {
            let bytes = |arg: &Operand| match arg {
                Operand::Known(ty) => matches!(class(ty), Class::Bytes { .. } | Class::Bit | Class::Other),
                Operand::Untyped => false,
                Operand::Unclear => true,
            };
            let ty = if rule == "=json" { "json" } else { "longtext" };
            (!args.iter().any(bytes)).then_some(Type::base(ty))
        }
        // MariaDB converts an integer to a decimal if the number of digits is unknown.
        "=round" if args.len() == 2 => {
            let first = first?;
            number(class(&first)).filter(|ty| *ty == DECIMAL || *ty == DOUBLE).map(|ty| signed_as(&first, ty))
        }
        "=number" | "=round" => {
            let first = first?;
            number(class(&first)).map(|ty| signed_as(&first, ty))
        }
        "=ceil" => number(class(&first?)).filter(|ty| *ty != DECIMAL),
        "=avg" => match number(class(&first?))? {
            ty if ty == DOUBLE => Some(DOUBLE),
            _ => Some(DECIMAL),
        },
        "=mod" => remainder(class(&first?), class(&known(1)?)),
        "=string" => string(args),
        "=dateadd" => moved(&first?, &known(1)?),
        "=timestampadd" => known(2)
            .filter(|ty| matches!(class(ty), Class::Datetime | Class::Timestamp))
            .map(|_| Type::base("datetime")),
        "=addtime" => match class(&first?) {
            Class::Datetime | Class::Timestamp => Some(Type::base("datetime")),
            Class::Time => Some(Type::base("time")),
            _ => None,
        },
        "=unix" => (class(&first?) == Class::Date).then_some(BIGINT),
        _ => None,
    }
}

fn is_number(operand: &Operand) -> bool {
    matches!(operand, Operand::Known(ty) if class(ty).is_number())
}

/// The type of a number computed from one value of a class.
fn number(class: Class) -> Option<Type> {
    match class {
        Class::Integer { unsigned: false, .. } => Some(BIGINT),
        Class::Integer { unsigned: true, .. } | Class::Bit | Class::Year => Some(UNSIGNED),
        Class::Decimal => Some(DECIMAL),
        Class::Float | Class::Double | Class::Text { .. } | Class::Bytes { .. } | Class::Json => Some(DOUBLE),
        _ => None,
    }
}

/// A number that is unsigned if its operands are.
fn signed_as(argument: &Type, ty: Type) -> Type {
    match argument.name() {
        Some(name) if name.ends_with(" unsigned") && ty == DECIMAL => Type::base("decimal unsigned"),
        Some(name) if name.ends_with(" unsigned") && ty == DOUBLE => Type::base("double unsigned"),
        _ => ty,
    }
}

fn remainder(left: Class, right: Class) -> Option<Type> {
    match (number(left)?, number(right)?) {
        (one, two) if one == DOUBLE || two == DOUBLE => Some(DOUBLE),
        (one, two) if one == DECIMAL || two == DECIMAL => Some(DECIMAL),
        (one, _) => Some(one),
    }
}

/// Text that is built from arguments.
fn string(args: &[Operand]) -> Option<Type> {
    let (mut long, mut bytes) = (false, false);
    for arg in args {
        match arg {
            Operand::Known(ty) => match class(ty) {
                Class::Text { long: true } | Class::Json => long = true,
                Class::Bytes { long: more } => (long, bytes) = (long || more, true),
                Class::Bit => bytes = true,
                Class::Other | Class::Interval => return None,
                _ => {}
            },
            Operand::Untyped => {}
            Operand::Unclear => return None,
        }
    }
    Some(match (long, bytes) {
        (true, false) => Type::base("longtext"),
        (false, false) => VARCHAR,
        (true, true) => Type::base("longblob"),
        (false, true) => Type::base("varbinary"),
    })
}

/// A date or time plus an interval. A date stays a date only if the unit of the interval has no hours.
fn moved(base: &Type, interval: &Type) -> Option<Type> {
    let unit = interval.name().unwrap_or_default().strip_prefix("interval ").unwrap_or_default();
    let days = ["day", "week", "month", "quarter", "year", "year_month"].contains(&unit);
    match class(base) {
        Class::Datetime | Class::Timestamp => Some(Type::base("datetime")),
        Class::Date if class(interval) != Class::Interval || days => Some(Type::base("date")),
        Class::Date if !unit.is_empty() => Some(Type::base("datetime")),
        Class::Text { .. } | Class::Enum => Some(VARCHAR),
        Class::Time if ["hour", "minute", "second", "microsecond"].contains(&unit) => {
            Some(Type::base("time"))
        }
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
    let own = vec![known(left), known(right)];
    Ok(match name {
        "+" | "-" | "*" | "/" | "%" | "mod" | "div" => arithmetic(name, left, right),
        "&" | "|" | "^" | "<<" | ">>" => {
            let bytes = |ty: &Option<Type>| {
                ty.as_ref().is_none_or(|ty| matches!(class(ty), Class::Bytes { .. } | Class::Other))
            };
            let operands = with(left, right, &UNSIGNED);
            let ty = (!(bytes(&operands[0]) && bytes(&operands[1]))).then_some(UNSIGNED);
            answer(ty, operands, Nulls::Strict, true)
        }
        "=" | "<>" | "!=" | "<" | "<=" | ">" | ">=" => {
            answer(Some(INT), beside(left, right), Nulls::Strict, true)
        }
        "<=>" | "is distinct from" | "is not distinct from" => {
            answer(Some(INT), beside(left, right), Nulls::Never, false)
        }
        "is" | "is not" => answer(Some(INT), own, Nulls::Never, false),
        "like" | "rlike" | "regexp" | "sounds like" => {
            answer(Some(INT), with(left, right, &VARCHAR), Nulls::Strict, true)
        }
        "xor" => answer(Some(INT), own, Nulls::Strict, true),
        "and" | "&&" | "or" | "||" => answer(Some(INT), own, Nulls::Strict, false),
        "member of" => answer(Some(INT), own, Nulls::Maybe, false),
        "->" => answer(Some(Type::base("json")), own, Nulls::Maybe, true),
        "->>" => answer(Some(Type::base("longtext")), own, Nulls::Maybe, true),
        "collate" => answer(own[0].clone(), own, Nulls::Strict, true),
        ":=" => answer(own[1].as_ref().and_then(|ty| assigned(class(ty))), own, Nulls::Maybe, false),
        _ => return Err(Unresolved::NoSuchName { similar: None }),
    })
}

/// The type of a variable after an assignment.
fn assigned(class: Class) -> Option<Type> {
    Some(match class {
        Class::Integer { unsigned: false, .. } => BIGINT,
        Class::Integer { unsigned: true, .. } | Class::Year => UNSIGNED,
        Class::Decimal => DECIMAL,
        Class::Float | Class::Double => DOUBLE,
        Class::Text { long: true } => Type::base("longtext"),
        Class::Text { long: false } | Class::Enum => VARCHAR,
        class if class.is_temporal() => VARCHAR,
        _ => return None,
    })
}

fn known(operand: &Operand) -> Option<Type> {
    match operand {
        Operand::Known(ty) => Some(ty.clone()),
        _ => None,
    }
}

fn prefix(name: &str, right: &Operand) -> Resolved {
    let own = known(right);
    let ty = match name {
        "-" => {
            own.as_ref().and_then(|ty| number(class(ty))).map(|ty| if ty == UNSIGNED { BIGINT } else { ty })
        }
        "+" => own.clone(),
        "not" | "!" => Some(INT),
        "~" => own.as_ref().filter(|ty| number(class(ty)).is_some()).map(|_| UNSIGNED),
        "binary" => None,
        _ => None,
    };
    answer(ty, vec![own], Nulls::Strict, true)
}

/// An untyped operand adopts the other one's kind of number.
fn arithmetic(name: &str, left: &Operand, right: &Operand) -> Resolved {
    let interval = |operand: &Operand| known(operand).is_some_and(|ty| class(&ty) == Class::Interval);
    if interval(left) || interval(right) {
        let (base, other) = if interval(left) { (right, left) } else { (left, right) };
        let ty = taken(base, Some(Type::base("datetime")))
            .zip(known(other))
            .and_then(|(base, interval)| moved(&base, &interval));
        return answer(ty, with(left, right, &Type::base("datetime")), Nulls::Maybe, true);
    }
    let of = |operand: &Operand| known(operand).and_then(|ty| number(class(&ty)));
    let (one, two) = match (left, right) {
        (Operand::Untyped, Operand::Known(_)) => (of(right), of(right)),
        (Operand::Known(_), Operand::Untyped) => (of(left), of(left)),
        _ => (of(left), of(right)),
    };
    let ty = one.as_ref().zip(two.as_ref()).map(|(one, two)| computed(name, one, two));
    // A decimal computed from two unsigned numbers is unsigned.
    let signless = |operand| known(operand).is_some_and(|ty| ty.to_string().ends_with(" unsigned"));
    let ty = match ty {
        Some(ty) if ty == DECIMAL && signless(left) && signless(right) => {
            Some(Type::base("decimal unsigned"))
        }
        Some(_) if name == "div" && (signless(left) || signless(right)) => Some(UNSIGNED),
        ty => ty,
    };
    let divides = matches!(name, "/" | "%" | "mod" | "div");
    let nulls = if divides { Nulls::Maybe } else { Nulls::Strict };
    answer(ty, vec![taken(left, one), taken(right, two)], nulls, true)
}

/// An operand's type; `ty` for an untyped operand.
fn taken(operand: &Operand, ty: Option<Type>) -> Option<Type> {
    match operand {
        Operand::Known(ty) => Some(ty.clone()),
        Operand::Untyped => ty,
        Operand::Unclear => None,
    }
}

/// The result type for two numbers, each `bigint`, `bigint unsigned`, `decimal` or `double`.
fn computed(name: &str, one: &Type, two: &Type) -> Type {
    let either = |ty: &Type| one == ty || two == ty;
    match name {
        "div" if either(&UNSIGNED) => UNSIGNED,
        "div" => BIGINT,
        _ if either(&DOUBLE) => DOUBLE,
        "/" => DECIMAL,
        _ if either(&DECIMAL) => DECIMAL,
        "%" | "mod" => one.clone(),
        _ if either(&UNSIGNED) => UNSIGNED,
        _ => BIGINT,
    }
}

/// Both operands; an untyped one has the type `ty`.
fn with(left: &Operand, right: &Operand, ty: &Type) -> Vec<Option<Type>> {
    let taken = |operand: &Operand| match operand {
        Operand::Untyped => Some(ty.clone()),
        other => known(other),
    };
    vec![taken(left), taken(right)]
}

/// Both operands; an untyped one has the type of the other.
fn beside(left: &Operand, right: &Operand) -> Vec<Option<Type>> {
    let taken = |operand: &Operand, other: &Operand| match operand {
        Operand::Untyped => known(other),
        operand => known(operand),
    };
    vec![taken(left, right), taken(right, left)]
}

pub(super) fn in_list(_: &Catalog, left: &Operand, items: &[Operand]) -> Result<Resolved, Unresolved> {
    let first = items.iter().find_map(|item| beside(left, item).swap_remove(0));
    let mut operands = vec![first];
    operands.extend(items.iter().map(|item| beside(left, item).swap_remove(1)));
    Ok(answer(Some(INT), operands, Nulls::Strict, false))
}

pub(super) fn common_type(operands: &[Operand]) -> Option<Type> {
    let mut found: Option<Type> = None;
    let mut untyped = false;
    for operand in operands {
        match operand {
            Operand::Untyped => untyped = true,
            Operand::Unclear => return None,
            Operand::Known(ty) => {
                found = Some(match found {
                    None => single(ty),
                    Some(first) => pair(&first, ty)?,
                });
            }
        }
    }
    // Arguments are never sent as three-byte integers, `float`, timestamps or years.
    match found.as_ref().map(class) {
        Some(Class::Float) if untyped => Some(DOUBLE),
        Some(Class::Timestamp) if untyped => Some(Type::base("datetime")),
        Some(Class::Year) if untyped => Some(Type::base("smallint unsigned")),
        Some(Class::Integer { bytes: 3, unsigned }) if untyped => {
            Some(if unsigned { Type::base("int unsigned") } else { INT })
        }
        _ => found,
    }
}

/// The type of a single value for a common type: labels of an enum become text.
fn single(ty: &Type) -> Type {
    if class(ty) == Class::Enum { VARCHAR } else { ty.clone() }
}

fn pair(left: &Type, right: &Type) -> Option<Type> {
    let (one, two) = (class(left), class(right));
    let either = |class: Class| one == class || two == class;
    let long = |class: Class| {
        matches!(class, Class::Text { long: true } | Class::Bytes { long: true } | Class::Json)
    };
    let bytes = |class: Class| matches!(class, Class::Bytes { .. });
    Some(match (one, two) {
        _ if one == two && !one.is_text() && one != Class::Other => left.clone(),
        (Class::Integer { unsigned: a, bytes: n }, Class::Integer { unsigned: b, bytes: m }) => {
            return if a == b {
                Some(if n >= m { left.clone() } else { right.clone() })
            } else {
                // If the unsigned one is shorter, one server widens it, and the other one returns a decimal.
                (a && n == 8 || b && m == 8).then_some(DECIMAL)
            };
        }
        _ if one.is_number() && two.is_number() => {
            if either(Class::Bit) || either(Class::Year) {
                return None;
            }
            if either(Class::Double) || either(Class::Float) && either(Class::Decimal) {
                DOUBLE
            } else if either(Class::Float) {
                return None;
            } else {
                DECIMAL
            }
        }
        (Class::Datetime, Class::Date | Class::Timestamp)
        | (Class::Date | Class::Timestamp, Class::Datetime) => Type::base("datetime"),
        (Class::Date, Class::Timestamp) | (Class::Timestamp, Class::Date) => Type::base("datetime"),
        _ if either(Class::Other) || either(Class::Interval) || either(Class::Bit) => return None,
        _ if bytes(one) || bytes(two) => {
            Type::base(if long(one) || long(two) { "longblob" } else { "varbinary" })
        }
        _ if one.is_text() || two.is_text() => {
            Type::base(if long(one) || long(two) { "longtext" } else { "varchar" })
        }
        _ => return None,
    })
}

/// A value that is not a date becomes null in a cast to a date.
pub(super) fn cast_nulls(from: &Operand, to: &Type) -> Nulls {
    let from = known(from).map_or(Class::Other, |ty| class(&ty));
    match class(to) {
        Class::Integer { .. } | Class::Decimal | Class::Float | Class::Double => Nulls::Strict,
        Class::Text { .. } | Class::Bytes { .. } => Nulls::Strict,
        Class::Date | Class::Datetime if matches!(from, Class::Date | Class::Datetime | Class::Timestamp) => {
            Nulls::Strict
        }
        Class::Time if from.is_temporal() => Nulls::Strict,
        _ => Nulls::Maybe,
    }
}

pub(super) fn type_by_name(name: &DataType) -> Option<Type> {
    let base = |name| Some(Type::base(name));
    match name {
        DataType::Enum(members, _) => {
            let labels = members.iter().map(|member| match member {
                EnumMember::Name(label) | EnumMember::NamedValue(label, _) => label.clone(),
            });
            Some(Type::Enum { schema: None, name: "enum".into(), labels: labels.collect() })
        }
        DataType::Set(_) => base("set"),
        DataType::TinyInt(Some(1)) | DataType::Bool | DataType::Boolean => base("tinyint(1)"),
        DataType::Char(_) | DataType::Character(_) => base("char"),
        DataType::Varchar(Some(CharacterLength::IntegerLength { .. } | CharacterLength::Max)) => {
            base("varchar")
        }
        DataType::Unspecified | DataType::Array(_) => None,
        other => by_words(&other.to_string().to_lowercase()),
    }
}

/// A type by its name in lowercase, with its length and attributes.
fn by_words(text: &str) -> Option<Type> {
    let mut plain = String::with_capacity(text.len());
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '`' | '"' => {}
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    let unsigned = plain.split_whitespace().any(|word| word == "unsigned" || word == "zerofill");
    let words: Vec<&str> = plain
        .split_whitespace()
        .filter(|word| !["unsigned", "signed", "zerofill", "binary"].contains(word))
        .collect();
    let name = words.join(" ");
    let number =
        |name: &'static str, unsigned_name: &'static str| if unsigned { unsigned_name } else { name };
    Some(Type::base(match name.as_str() {
        "tinyint" | "int1" => number("tinyint", "tinyint unsigned"),
        "smallint" | "int2" => number("smallint", "smallint unsigned"),
        "mediumint" | "int3" | "middleint" => number("mediumint", "mediumint unsigned"),
        "int" | "integer" | "int4" => number("int", "int unsigned"),
        "bigint" | "int8" => number("bigint", "bigint unsigned"),
        "serial" => "bigint unsigned",
        "decimal" | "dec" | "numeric" | "fixed" => number("decimal", "decimal unsigned"),
        "float" | "float4" => number("float", "float unsigned"),
        "double" | "double precision" | "real" | "float8" => number("double", "double unsigned"),
        "bit" => "bit",
        "char" | "nchar" | "character" | "national char" | "national character" => "char",
        "varchar" | "character varying" | "char varying" | "nvarchar" | "national varchar" | "varchar2" => {
            "varchar"
        }
        "tinytext" => "tinytext",
        "text" | "clob" => "text",
        "mediumtext" | "long" | "long varchar" => "mediumtext",
        "longtext" => "longtext",
        // A word that is an attribute above is a type if it is alone.
        "" if plain.contains("binary") => "binary",
        "varbinary" => "varbinary",
        "tinyblob" => "tinyblob",
        "blob" => "blob",
        "mediumblob" | "long varbinary" => "mediumblob",
        "longblob" => "longblob",
        "date" => "date",
        "time" => "time",
        "datetime" => "datetime",
        "timestamp" => "timestamp",
        "year" => "year",
        "json" => "json",
        "uuid" => "uuid",
        "inet4" => "inet4",
        "inet6" => "inet6",
        "geometry" => "geometry",
        "point" => "point",
        "linestring" => "linestring",
        "polygon" => "polygon",
        "multipoint" => "multipoint",
        "multilinestring" => "multilinestring",
        "multipolygon" => "multipolygon",
        "geometrycollection" => "geometrycollection",
        "vector" => "vector",
        _ => return None,
    }))
}

pub(super) fn cast_type_by_name(name: &DataType) -> Option<Type> {
    match name {
        DataType::Signed | DataType::SignedInteger => Some(BIGINT),
        DataType::Unsigned | DataType::UnsignedInteger => Some(UNSIGNED),
        other => {
            let ty = type_by_name(other)?;
            Some(match class(&ty) {
                Class::Integer { unsigned: true, .. } => UNSIGNED,
                Class::Integer { .. } => BIGINT,
                Class::Text { long: false } => VARCHAR,
                Class::Bytes { long: false } => Type::base("varbinary"),
                _ => ty,
            })
        }
    }
}

pub(super) fn number_type(text: &str) -> Option<Type> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.starts_with("0x") || digits.starts_with("0b") {
        return None;
    }
    Some(match text.parse::<i128>() {
        Ok(value) if i32::try_from(value).is_ok() => INT,
        Ok(value) if i64::try_from(value).is_ok() => BIGINT,
        Ok(value) if u64::try_from(value).is_ok() => UNSIGNED,
        Ok(_) => DECIMAL,
        Err(_) if text.contains(['e', 'E']) => DOUBLE,
        Err(_) => DECIMAL,
    })
}

#[cfg(test)]
mod tests;
