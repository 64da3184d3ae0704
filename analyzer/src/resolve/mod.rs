//! Type rules: which operator or function a server chooses for given operands, its result, and which casts are allowed.
//!
//! Everything here is a pure function over a [`Catalog`] (whose own functions, enums and domains count too) and the
//! tables in [`data`](crate::data). Each dialect is a separate module behind the same entry points.
//!
//! An uncertain answer is `None`, never a guess.

use std::fmt;

use aio_databases_sql::Dialect;
use sqlparser::ast::DataType;

pub(crate) use crate::types::Nulls;
use crate::{Catalog, Type};

mod builtin;
mod mysql;
mod postgres;
mod sqlite;

/// The type of an operand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    /// An expression of a type. MySQL's `interval 1 day` is an `interval day`.
    Known(Type),
    /// A parameter without a type yet, or `null`. In PostgreSQL, also a quoted literal (type `unknown`). In SQLite and
    /// MySQL, quoted literals have a type: see [`string_type`].
    Untyped,
    /// An expression whose type is unknown. Every answer that depends on it is also unknown.
    Unclear,
}

impl From<Type> for Operand {
    fn from(ty: Type) -> Self {
        Operand::Known(ty)
    }
}

impl From<Option<Type>> for Operand {
    /// `None` is [`Operand::Unclear`].
    fn from(ty: Option<Type>) -> Self {
        ty.map_or(Operand::Unclear, Operand::Known)
    }
}

/// The operator or function that the server chooses.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resolved {
    /// The type of its result, or of one element of a set; `None` if that depends on something unclear.
    /// [`Type::Record`] with `out` unset is a row that needs a column list (`json_to_recordset`); `void` is a
    /// [`Type::Base`].
    pub(crate) ty: Option<Type>,
    /// The type of each operand, in order. Untyped literals and parameters get their type from here.
    pub(crate) operands: Vec<Option<Type>>,
    /// When it returns null.
    pub(crate) nulls: Nulls,
    /// Whether it returns null if any operand is null. A comparison of it in `where` then proves that its operands are
    /// not null.
    pub(crate) strict: bool,
    /// Whether it can change anything.
    pub(crate) writes: bool,
    /// Whether it returns a set of rows.
    pub(crate) set: bool,
    /// How it is called.
    pub(crate) kind: Kind,
    /// The columns of a row from `out` arguments or `returns table`, in order.
    pub(crate) out: Option<Vec<(String, Option<Type>)>>,
}

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An operator, or a function that is called for each row.
    Plain,
    /// Over a group of rows (or over a window).
    Aggregate,
    /// Only with `over`.
    Window,
    /// Only by `call`.
    Procedure,
}

/// A function call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    /// The schema before the name, if there is one.
    pub(crate) schema: Option<&'a str>,
    /// The name in the server's lookup: folded if it was not quoted.
    pub(crate) name: &'a str,
    /// Its arguments, in the order written; those of `within group (order by …)` come last.
    pub(crate) args: &'a [Operand],
    /// The names of named arguments (`f(a => 1)`), for each argument; empty if no argument has a name.
    pub(crate) names: &'a [Option<&'a str>],
    /// Whether `variadic` is written before the last argument.
    pub(crate) variadic: bool,
    /// `f(*)`, which has no arguments.
    pub(crate) star: bool,
    /// Whether the only argument is a quoted literal or `null`: `date('…')` is a cast, `date($1)` is not.
    pub(crate) constant: bool,
}

impl<'a> Call<'a> {
    /// A call with a name and arguments only.
    pub(crate) fn new(name: &'a str, args: &'a [Operand]) -> Self {
        Call { schema: None, name, args, names: &[], variadic: false, star: false, constant: false }
    }
}

/// Why no operator or function matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// No function or operator has that name.
    NoSuchName {
        /// The most similar name, if there is one.
        similar: Option<String>,
    },
    /// The release of PostgreSQL that the queries run on does not have it.
    OtherRelease {
        /// The first release that has it, or 0 for no lower limit.
        since: u8,
        /// The last release that has it, or 255 for no upper limit.
        until: u8,
        /// The release that the queries run on.
        here: u8,
    },
    /// Some have that name, but none accepts these arguments.
    NoMatch {
        /// A few candidates, as calls with argument types, the most likely first: `lower(text)`.
        candidates: Vec<String>,
        /// A suggestion.
        hint: Option<String>,
    },
    /// Several match equally well.
    Ambiguous {
        /// The matching candidates.
        candidates: Vec<String>,
    },
    /// Types without a common type: the branches of a `case`, the arms of a `union`, an array's elements.
    Mismatch {
        /// The first type.
        left: Type,
        /// The type that does not match it.
        right: Type,
    },
}

/// Where a cast happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CastContext {
    /// Implicitly, in an expression.
    Implicit,
    /// In an assignment to a column, by `insert` and `update`.
    Assignment,
    /// Explicitly, by `cast(… as …)` or `::`.
    Explicit,
}

/// The operator that the server chooses. `left` is `None` for a prefix operator. Names are the server's symbols (`+`,
/// `~~` for `like`, `->>`, …), and for SQLite and MySQL also lowercase keywords (`like`, `glob`, `div`, `mod`, `is`,
/// `and`, …).
///
/// # Errors
///
/// [`Unresolved`] if the server rejects it.
pub(crate) fn operator(
    catalog: &Catalog,
    name: &str,
    left: Option<&Operand>,
    right: &Operand,
) -> Result<Resolved, Unresolved> {
    match catalog.dialect {
        Dialect::Postgres => postgres::operator::operator(catalog, name, left, right),
        Dialect::Mysql => mysql::operator(catalog, name, left, right),
        Dialect::Sqlite => sqlite::operator(catalog, name, left, right),
    }
}

/// The operator of `left op any (array)` and `left op all (array)`, which returns a `bool`. Only PostgreSQL supports
/// it; for other dialects the answer is unclear.
///
/// # Errors
///
/// [`Unresolved`] if the server rejects it.
pub(crate) fn operator_any(
    catalog: &Catalog,
    name: &str,
    left: &Operand,
    array: &Operand,
) -> Result<Resolved, Unresolved> {
    match catalog.dialect {
        Dialect::Postgres => postgres::operator::operator_any(catalog, name, left, array),
        Dialect::Mysql | Dialect::Sqlite => Ok(unclear(2)),
    }
}

/// `left in (items…)`. The operands in the answer are `left`, followed by the items. `columns` says which of the items
/// use a column of their own query (empty: none does); PostgreSQL types those one by one.
///
/// It returns null only if an operand is null: always if `left` is, but not always if an item is.
///
/// # Errors
///
/// [`Unresolved`] if the server rejects it.
pub(crate) fn in_list(
    catalog: &Catalog,
    left: &Operand,
    items: &[Operand],
    columns: &[bool],
) -> Result<Resolved, Unresolved> {
    match catalog.dialect {
        Dialect::Postgres => postgres::operator::in_list(catalog, left, items, columns),
        Dialect::Mysql => mysql::in_list(catalog, left, items),
        Dialect::Sqlite => sqlite::in_list(catalog, left, items),
    }
}

/// In MySQL: the widest number type of the same kind; the type itself if there is none.
pub(crate) fn widest(ty: &Type) -> Type {
    mysql::widest(ty)
}

/// Whether a MySQL type contains bytes.
pub(crate) fn is_bytes(ty: &Type) -> bool {
    mysql::is_bytes(ty)
}

/// Whether a MySQL type is an integer type.
pub(crate) fn is_whole(ty: &Type) -> bool {
    mysql::is_whole(ty)
}

/// Whether a MySQL type contains text.
pub(crate) fn is_text(ty: &Type) -> bool {
    mysql::is_text(ty)
}

/// Whether a MySQL type is a date or time type.
pub(crate) fn is_temporal(ty: &Type) -> bool {
    mysql::is_temporal(ty)
}

/// The function that the server chooses.
///
/// # Errors
///
/// [`Unresolved`] if the server rejects it.
pub(crate) fn function(catalog: &Catalog, call: &Call<'_>) -> Result<Resolved, Unresolved> {
    match catalog.dialect {
        Dialect::Postgres => postgres::function::function(catalog, call),
        Dialect::Mysql => mysql::function(catalog, call),
        Dialect::Sqlite => sqlite::function(catalog, call),
    }
}

/// The common type of several expressions: `union`, `case`, `coalesce`, `array[…]`, `values`, `greatest`. `Ok(None)`
/// means "unknown".
///
/// # Errors
///
/// [`Unresolved::Mismatch`] if they have no common type.
pub(crate) fn common_type(catalog: &Catalog, operands: &[Operand]) -> Result<Option<Type>, Unresolved> {
    match catalog.dialect {
        Dialect::Postgres => postgres::common_type(catalog, operands),
        Dialect::Mysql => Ok(mysql::common_type(operands)),
        Dialect::Sqlite => Ok(sqlite::common_type(operands)),
    }
}

/// `base[index]`, or `base[from:to]` if `slice`: an element of an array, a part of it, or a field of `jsonb`. The
/// operands in the answer are the base and one index.
///
/// # Errors
///
/// [`Unresolved::NoMatch`] for a type that can't be subscripted.
pub(crate) fn subscript(catalog: &Catalog, base: &Operand, slice: bool) -> Result<Resolved, Unresolved> {
    match catalog.dialect {
        Dialect::Postgres => postgres::subscript(catalog, base, slice),
        Dialect::Mysql | Dialect::Sqlite => Err(Unresolved::NoMatch {
            candidates: Vec::new(),
            hint: Some("subscripts are only supported by PostgreSQL".into()),
        }),
    }
}

/// Whether the server casts one type to the other in this context. SQLite and MySQL cast everything.
pub(crate) fn can_cast(catalog: &Catalog, from: &Type, to: &Type, context: CastContext) -> bool {
    match catalog.dialect {
        Dialect::Postgres => postgres::can_cast(catalog, from, to, context),
        Dialect::Mysql | Dialect::Sqlite => true,
    }
}

/// When an explicit cast returns null: [`Nulls::Strict`], or [`Nulls::Maybe`] if other values can become null (MySQL's
/// `cast('x' as date)`).
pub(crate) fn cast_nulls(catalog: &Catalog, from: &Operand, to: &Type) -> Nulls {
    match catalog.dialect {
        Dialect::Postgres => postgres::cast_nulls(from, to),
        Dialect::Mysql => mysql::cast_nulls(from, to),
        Dialect::Sqlite => Nulls::Strict,
    }
}

/// Whether `extract(field from …)` only returns null for null, for any type. Other fields of an infinite date or
/// timestamp are null in PostgreSQL.
pub(crate) fn extract_is_strict(catalog: &Catalog, field: &str) -> bool {
    const GROWING: [&str; 7] = ["century", "decade", "epoch", "isoyear", "julian", "millennium", "year"];
    catalog.dialect == Dialect::Postgres && GROWING.contains(&field)
}

/// The type in the declaration of a column, cast or argument; `None` if there is no such type.
pub(crate) fn type_by_name(catalog: &Catalog, name: &DataType) -> Option<Type> {
    match catalog.dialect {
        Dialect::Postgres => postgres::names::type_by_name(catalog, name),
        Dialect::Mysql => mysql::type_by_name(name),
        Dialect::Sqlite => sqlite::type_by_name(name),
    }
}

/// The target of `cast(… as name)`, which MySQL and SQLite interpret differently from a column's declaration.
pub(crate) fn cast_type_by_name(catalog: &Catalog, name: &DataType) -> Option<Type> {
    match catalog.dialect {
        Dialect::Postgres => postgres::names::type_by_name(catalog, name),
        Dialect::Mysql => mysql::cast_type_by_name(name),
        Dialect::Sqlite => sqlite::cast_type_by_name(name),
    }
}

/// The type of a number as written, with or without a sign: `1`, `1.5`, `-1e3`, `0x1f`.
pub(crate) fn number_type(catalog: &Catalog, text: &str) -> Option<Type> {
    match catalog.dialect {
        Dialect::Postgres => postgres::number_type(text),
        Dialect::Mysql => mysql::number_type(text),
        Dialect::Sqlite => sqlite::number_type(text),
    }
}

/// A quoted literal: untyped in PostgreSQL, text elsewhere.
pub(crate) fn string_type(catalog: &Catalog) -> Operand {
    match catalog.dialect {
        Dialect::Postgres => Operand::Untyped,
        Dialect::Mysql => Operand::Known(Type::base("varchar")),
        Dialect::Sqlite => Operand::Known(Type::base("text")),
    }
}

/// The type of `true` and `false`.
pub(crate) fn bool_type(catalog: &Catalog) -> Type {
    Type::base(match catalog.dialect {
        Dialect::Postgres => "bool",
        Dialect::Mysql => "int",
        Dialect::Sqlite => "integer",
    })
}

/// Why a quoted literal is certainly not a value of a type; `None` if it is or might be one. The text is the literal's
/// value, without quotes and escapes.
pub(crate) fn literal_problem(catalog: &Catalog, text: &str, ty: &Type) -> Option<String> {
    match catalog.dialect {
        Dialect::Postgres => postgres::literal::problem(text, ty),
        Dialect::Mysql | Dialect::Sqlite => None,
    }
}

/// An unknown result: it can be null, and does not write.
fn unclear(operands: usize) -> Resolved {
    Resolved {
        ty: None,
        operands: vec![None; operands],
        nulls: Nulls::Maybe,
        strict: false,
        writes: false,
        set: false,
        kind: Kind::Plain,
        out: None,
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Known(ty) => ty.fmt(f),
            Operand::Untyped | Operand::Unclear => f.write_str("unknown"),
        }
    }
}
