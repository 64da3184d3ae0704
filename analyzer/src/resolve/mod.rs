//! Types: which operator or function a server takes for given operands, what it gives, and what may be cast to what.
//!
//! Everything here is a pure function over a [`Catalog`] (whose own functions, enums and domains count too) and the
//! tables in [`data`](crate::data). Each dialect is a room of its own behind the same entry points.
//!
//! An answer that is not certain is `None`, never a guess.

use std::fmt;

use aio_databases_sql::Dialect;
use sqlparser::ast::DataType;

pub(crate) use crate::types::Nulls;
use crate::{Catalog, Type};

mod builtin;
mod mysql;
mod postgres;
mod sqlite;

/// What stands in an expression, as far as types go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    /// An expression of a type. MySQL's `interval 1 day` is an `interval day`.
    Known(Type),
    /// A parameter of no type yet, or `null`; in PostgreSQL also a quoted literal (its type `unknown`). A quoted
    /// literal of SQLite's and MySQL's has a type: see [`string_type`].
    Untyped,
    /// An expression the type of which is not known: every answer that depends on it is not known either.
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

/// The operator or function that the server takes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resolved {
    /// What it gives (of a set: one element); `None` where that depends on something unclear. [`Type::Record`] with
    /// `out` unset is a row that needs a column list (`json_to_recordset`); `void` is a [`Type::Base`].
    pub(crate) ty: Option<Type>,
    /// What each operand is taken as, in the order given: an untyped literal or parameter gets its type from here.
    pub(crate) operands: Vec<Option<Type>>,
    /// When it gives null.
    pub(crate) nulls: Nulls,
    /// Whether it gives null where any operand is null, whatever else it does: a comparison of it
    /// in `where` tells that its operands are not null.
    pub(crate) strict: bool,
    /// Whether it may change anything.
    pub(crate) writes: bool,
    /// Whether it gives a set of rows.
    pub(crate) set: bool,
    /// How it is called.
    pub(crate) kind: Kind,
    /// The columns of a row that it gives by `out` arguments or `returns table`, in order.
    pub(crate) out: Option<Vec<(String, Option<Type>)>>,
}

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An operator, or a function called once a row.
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
    /// The schema that was written before the name.
    pub(crate) schema: Option<&'a str>,
    /// The name as the server looks it up: folded, where it was not quoted.
    pub(crate) name: &'a str,
    /// Its arguments, in the order written; those of `within group (order by …)` come last.
    pub(crate) args: &'a [Operand],
    /// The names of named arguments (`f(a => 1)`), for each argument; empty where none has a name.
    pub(crate) names: &'a [Option<&'a str>],
    /// Whether `variadic` stands before the last argument.
    pub(crate) variadic: bool,
    /// `f(*)`: then there are no arguments.
    pub(crate) star: bool,
    /// Whether the only argument is a quoted literal or `null`: `date('…')` is a cast, `date($1)` is not.
    pub(crate) constant: bool,
}

impl<'a> Call<'a> {
    /// A call by name and arguments alone.
    pub(crate) fn new(name: &'a str, args: &'a [Operand]) -> Self {
        Call { schema: None, name, args, names: &[], variadic: false, star: false, constant: false }
    }
}

/// Why nothing fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// There is no function or operator of that name.
    NoSuchName {
        /// The name most like it, if one is.
        similar: Option<String>,
    },
    /// The release of PostgreSQL that the queries run on is none of those that have it.
    OtherRelease {
        /// The first that has it, or 0 for all up to the last.
        since: u8,
        /// The last that has it, or 255 for all from the first on.
        until: u8,
        /// The one that the queries run on.
        here: u8,
    },
    /// There are some of that name, and none takes these arguments.
    NoMatch {
        /// Those that there are, as a call with argument types: `lower(text)`; the most likely first, a handful at
        /// most.
        candidates: Vec<String>,
        /// What to do.
        hint: Option<String>,
    },
    /// Several fit equally well.
    Ambiguous {
        /// Those that do.
        candidates: Vec<String>,
    },
    /// Types that must come together do not: the branches of a `case`, the arms of a `union`, an array's elements.
    Mismatch {
        /// The first.
        left: Type,
        /// The one that does not go with it.
        right: Type,
    },
}

/// Where a cast happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CastContext {
    /// In an expression, unasked.
    Implicit,
    /// Into a column, by `insert` and `update`.
    Assignment,
    /// By `cast(… as …)` or `::`.
    Explicit,
}

/// The operator that the server takes: `left` is none before a prefix operator. Names are the server's symbols (`+`,
/// `~~` for `like`, `->>`, …), and for SQLite and MySQL also words in lower case (`like`, `glob`, `div`, `mod`, `is`,
/// `and`, …).
///
/// # Errors
///
/// [`Unresolved`] where the server refuses.
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

/// The operator of `left op any (array)` and `left op all (array)`; gives a `bool`. Only PostgreSQL has it; elsewhere
/// the answer is unclear.
///
/// # Errors
///
/// [`Unresolved`] where the server refuses.
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

/// `left in (items…)`: the answer's operands are `left` and then the items. `columns` says which of the items speak of
/// a column of their own query (empty: none does): PostgreSQL types those one by one.
///
/// It gives null only where an operand is null; always where `left` is, and not always where an item is.
///
/// # Errors
///
/// [`Unresolved`] where the server refuses.
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

/// The widest number of MySQL's beside a type; the type itself where there is none.
pub(crate) fn widest(ty: &Type) -> Type {
    mysql::widest(ty)
}

/// Whether a type of MySQL's holds bytes.
pub(crate) fn is_bytes(ty: &Type) -> bool {
    mysql::is_bytes(ty)
}

/// Whether a type of MySQL's is one of whole numbers.
pub(crate) fn is_whole(ty: &Type) -> bool {
    mysql::is_whole(ty)
}

/// Whether a type of MySQL's holds text.
pub(crate) fn is_text(ty: &Type) -> bool {
    mysql::is_text(ty)
}

/// Whether a type of MySQL's is one of dates or times.
pub(crate) fn is_temporal(ty: &Type) -> bool {
    mysql::is_temporal(ty)
}

/// The function that the server takes.
///
/// # Errors
///
/// [`Unresolved`] where the server refuses.
pub(crate) fn function(catalog: &Catalog, call: &Call<'_>) -> Result<Resolved, Unresolved> {
    match catalog.dialect {
        Dialect::Postgres => postgres::function::function(catalog, call),
        Dialect::Mysql => mysql::function(catalog, call),
        Dialect::Sqlite => sqlite::function(catalog, call),
    }
}

/// The type that several expressions come together in: `union`, `case`, `coalesce`, `array[…]`, `values`,
/// `greatest`. `Ok(None)` is "not known".
///
/// # Errors
///
/// [`Unresolved::Mismatch`] where they do not.
pub(crate) fn common_type(catalog: &Catalog, operands: &[Operand]) -> Result<Option<Type>, Unresolved> {
    match catalog.dialect {
        Dialect::Postgres => postgres::common_type(catalog, operands),
        Dialect::Mysql => Ok(mysql::common_type(operands)),
        Dialect::Sqlite => Ok(sqlite::common_type(operands)),
    }
}

/// `base[index]`, or `base[from:to]` if `slice`: an array's element, a part of it, a field of `jsonb`. The answer's
/// operands are the base and one index.
///
/// # Errors
///
/// [`Unresolved::NoMatch`] for a type that has no subscripts.
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

/// When an explicit cast gives null: [`Nulls::Strict`] or, where a value that is not null may become null (MySQL's
/// `cast('x' as date)`), [`Nulls::Maybe`].
pub(crate) fn cast_nulls(catalog: &Catalog, from: &Operand, to: &Type) -> Nulls {
    match catalog.dialect {
        Dialect::Postgres => postgres::cast_nulls(from, to),
        Dialect::Mysql => mysql::cast_nulls(from, to),
        Dialect::Sqlite => Nulls::Strict,
    }
}

/// Whether `extract(field from …)` gives null for nothing but null, whatever it is of. Other fields of an infinite date
/// or timestamp of PostgreSQL's are null.
pub(crate) fn extract_is_strict(catalog: &Catalog, field: &str) -> bool {
    const GROWING: [&str; 7] = ["century", "decade", "epoch", "isoyear", "julian", "millennium", "year"];
    catalog.dialect == Dialect::Postgres && GROWING.contains(&field)
}

/// The type that a column, a cast or an argument is declared with; `None` where there is no such type.
pub(crate) fn type_by_name(catalog: &Catalog, name: &DataType) -> Option<Type> {
    match catalog.dialect {
        Dialect::Postgres => postgres::names::type_by_name(catalog, name),
        Dialect::Mysql => mysql::type_by_name(name),
        Dialect::Sqlite => sqlite::type_by_name(name),
    }
}

/// The target of `cast(… as name)`, which MySQL and SQLite read differently from a column's declaration.
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

/// Why a quoted literal is certainly not a value of a type; `None` where it is, or may be. The text is what the
/// literal means: without quotes and escapes.
pub(crate) fn literal_problem(catalog: &Catalog, text: &str, ty: &Type) -> Option<String> {
    match catalog.dialect {
        Dialect::Postgres => postgres::literal::problem(text, ty),
        Dialect::Mysql | Dialect::Sqlite => None,
    }
}

/// An answer about which nothing is known: it may be null, and does not write.
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
