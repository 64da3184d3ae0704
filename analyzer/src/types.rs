//! SQL types, named as their server names them.

use std::{
    borrow::Cow,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// A type as a server knows it. [`Display`](fmt::Display) writes the server's own name: `int4`, `text[]`,
/// `bigint unsigned`, an enum's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// A built-in type, or a type of an extension, by its internal name in lowercase: PostgreSQL's `pg_type.typname`
    /// (`int4`, `bpchar`, `timestamptz`, `int4range`), MySQL's `bigint unsigned`, SQLite's `integer`, `real`, `text`,
    /// `blob`, or a declared type such as `datetime` and `boolean`.
    Base(Cow<'static, str>),
    /// A PostgreSQL array with any number of dimensions. A type does not say whether elements can be null.
    Array(Arc<Type>),
    /// An enum: a type of its own in PostgreSQL, of one column in MySQL (then its name is `enum`).
    Enum {
        /// Its schema; empty for MySQL.
        schema: Option<Arc<str>>,
        /// Its name.
        name: Arc<str>,
        /// Its labels, in order.
        labels: Arc<[String]>,
    },
    /// A domain over another type.
    Domain {
        /// Its schema.
        schema: Option<Arc<str>>,
        /// Its name.
        name: Arc<str>,
        /// Its base type.
        base: Arc<Type>,
        /// Whether the domain itself forbids null.
        not_null: bool,
    },
    /// A row type with a name: a composite type or a table's row.
    Composite {
        /// Its schema.
        schema: Option<Arc<str>>,
        /// Its name.
        name: Arc<str>,
        /// Its fields, in order.
        fields: Arc<[CompositeField]>,
    },
    /// An anonymous row, such as the result of `row(1, 2)`.
    Record,
}

/// A field of a composite type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompositeField {
    /// Its name.
    pub name: String,
    /// Its type; `None` if it is unknown.
    pub ty: Option<Type>,
}

impl Type {
    /// A type by its internal name, known when this crate was compiled.
    pub const fn base(name: &'static str) -> Self {
        Type::Base(Cow::Borrowed(name))
    }

    /// An array of this type.
    pub fn array(self) -> Self {
        Type::Array(Arc::new(self))
    }

    /// The internal name of a built-in type.
    pub fn name(&self) -> Option<&str> {
        match self {
            Type::Base(name) => Some(name),
            _ => None,
        }
    }

    /// The base type below all domains.
    pub fn underlying(&self) -> &Type {
        match self {
            Type::Domain { base, .. } => base.underlying(),
            other => other,
        }
    }
}

/// Only the name, because nested types can be many.
impl Hash for Type {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Type::Base(name) => name.hash(state),
            Type::Array(element) => element.hash(state),
            Type::Enum { schema, name, .. }
            | Type::Domain { schema, name, .. }
            | Type::Composite { schema, name, .. } => (schema, name).hash(state),
            Type::Record => {}
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Base(name) => f.write_str(name),
            Type::Array(element) => write!(f, "{element}[]"),
            Type::Enum { name, .. } | Type::Domain { name, .. } | Type::Composite { name, .. } => {
                f.write_str(name)
            }
            Type::Record => f.write_str("record"),
        }
    }
}

/// When an operator or function returns null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// Only where an operand is null; everywhere there, if it is [`Resolved::strict`](crate::resolve::Resolved::strict). For an aggregate: only where no
    /// value that is not null is in the group.
    Strict,
    /// Never, whatever the operands.
    Never,
    /// It can also return null for other operands.
    Maybe,
}
