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
    /// A type that the server has from the start (or an extension brings), by its internal name in lower case:
    /// PostgreSQL's `pg_type.typname` (`int4`, `bpchar`, `timestamptz`, `int4range`), MySQL's `bigint unsigned`,
    /// SQLite's `integer`, `real`, `text`, `blob`, or a declared type such as `datetime` and `boolean`.
    Base(Cow<'static, str>),
    /// An array of PostgreSQL's, of any number of dimensions. Whether elements may be null is not part of a type.
    Array(Arc<Type>),
    /// An enum: a type of its own in PostgreSQL, of one column in MySQL (then its name is `enum`).
    Enum {
        /// The schema that it stands in; none for MySQL's.
        schema: Option<Arc<str>>,
        /// Its name.
        name: Arc<str>,
        /// Its labels, in order.
        labels: Arc<[String]>,
    },
    /// A domain over another type.
    Domain {
        /// The schema that it stands in.
        schema: Option<Arc<str>>,
        /// Its name.
        name: Arc<str>,
        /// What it is a domain over.
        base: Arc<Type>,
        /// Whether the domain itself forbids null.
        not_null: bool,
    },
    /// A row type with a name: a composite type or a table's row.
    Composite {
        /// The schema that it stands in.
        schema: Option<Arc<str>>,
        /// Its name.
        name: Arc<str>,
        /// Its fields, in order.
        fields: Arc<[CompositeField]>,
    },
    /// A row without a name, as `row(1, 2)` gives it.
    Record,
}

/// A field of a composite type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompositeField {
    /// Its name.
    pub name: String,
    /// Its type; `None` where the schema could not be followed.
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

    /// The type below all domains.
    pub fn underlying(&self) -> &Type {
        match self {
            Type::Domain { base, .. } => base.underlying(),
            other => other,
        }
    }
}

/// By the name: types within types may be many.
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

/// When an operator or function gives null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// Only where an operand is null; everywhere there, if it is [`Resolved::strict`](crate::resolve::Resolved::strict). For an aggregate: only where no
    /// value that is not null is in the group.
    Strict,
    /// Never, whatever the operands.
    Never,
    /// It may give null on its own.
    Maybe,
}
