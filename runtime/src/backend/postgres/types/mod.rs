//! PostgreSQL's types, as the values of parameters and columns have them.

mod builtin;
mod learn;

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use aio_databases_postgres::Oid;

pub(super) use learn::learn;

/// A type.
#[derive(Debug)]
pub(in crate::backend) struct TypeInfo {
    pub(in crate::backend) oid: Oid,
    /// PostgreSQL's own name: `int4`, `text[]`.
    pub(in crate::backend) name: Box<str>,
    pub(in crate::backend) shape: Shape,
}

/// What a type's values consist of.
#[derive(Debug)]
pub(in crate::backend) enum Shape {
    Base,
    Array(Arc<TypeInfo>),
    Domain(Arc<TypeInfo>),
    Enum,
    /// A composite, a range, or anything else that is not read or written yet.
    Other,
}

/// The wire formats that this library knows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format<'t> {
    Bool,
    Int2,
    Int4,
    Int8,
    /// Unsigned, four bytes: `oid` and the types that are one underneath.
    Oid,
    /// Unsigned, eight bytes.
    Xid8,
    Float4,
    Float8,
    Numeric,
    Text,
    /// A byte for the format's version, then text.
    VersionedText,
    Bytea,
    Date,
    Time,
    Timetz,
    Timestamp,
    Timestamptz,
    Interval,
    Uuid,
    Json,
    Jsonb,
    /// With the elements' type.
    Array(&'t TypeInfo),
    /// `void`: the result of a function that returns nothing.
    Void,
    /// Anything else.
    Other,
}

impl TypeInfo {
    pub(super) fn format(&self) -> Format<'_> {
        match &self.shape {
            Shape::Array(element) => Format::Array(element),
            Shape::Domain(base) => base.format(),
            Shape::Enum => Format::Text,
            Shape::Base => by_oid(self.oid).unwrap_or_else(|| by_name(&self.name)),
            Shape::Other => Format::Other,
        }
    }
}

/// The types that every server has.
fn by_oid(oid: Oid) -> Option<Format<'static>> {
    Some(match oid {
        16 => Format::Bool,
        17 => Format::Bytea,
        20 => Format::Int8,
        21 => Format::Int2,
        23 => Format::Int4,
        // oid, xid, cid, and the reg… types.
        26 | 28 | 29 | 24 | 2202..=2206 | 3734 | 3769 | 4089 | 4096 | 4191 => Format::Oid,
        5069 => Format::Xid8,
        // "char", name, text, xml, unknown, bpchar, varchar, refcursor.
        18 | 19 | 25 | 142 | 705 | 1042 | 1043 | 1790 => Format::Text,
        4072 => Format::VersionedText, // jsonpath
        114 => Format::Json,
        3802 => Format::Jsonb,
        700 => Format::Float4,
        701 => Format::Float8,
        1700 => Format::Numeric,
        1082 => Format::Date,
        1083 => Format::Time,
        1114 => Format::Timestamp,
        1184 => Format::Timestamptz,
        1186 => Format::Interval,
        1266 => Format::Timetz,
        2278 => Format::Void,
        2950 => Format::Uuid,
        _ => return None,
    })
}

/// The types of well-known extensions, whose numbers differ from one database to the next.
fn by_name(name: &str) -> Format<'static> {
    // With its schema before it, if that is not in the search path.
    match name.rsplit('.').next().unwrap_or(name) {
        "citext" => Format::Text,
        "ltree" | "lquery" | "ltxtquery" => Format::VersionedText,
        _ => Format::Other,
    }
}

/// The types that a session has met, beside those that every server has.
#[derive(Debug, Default)]
pub(super) struct Types {
    learned: HashMap<Oid, Arc<TypeInfo>>,
}

impl Types {
    #[inline]
    pub(super) fn get(&self, oid: Oid) -> Option<&TypeInfo> {
        built_in(oid).or_else(|| self.learned.get(&oid).map(|ty| &**ty))
    }

    /// Forgets a type that may have been changed.
    pub(super) fn forget(&mut self) {
        self.learned.clear();
    }
}

/// A type that every server has.
#[inline]
pub(in crate::backend) fn built_in(oid: Oid) -> Option<&'static TypeInfo> {
    static TYPES: LazyLock<Vec<Option<Arc<TypeInfo>>>> = LazyLock::new(|| {
        let last = builtin::BUILT_IN.last().map_or(0, |(oid, ..)| *oid as usize);
        let mut types: Vec<Option<Arc<TypeInfo>>> = vec![None; last + 1];
        for arrays in [false, true] {
            for &(oid, name, element) in builtin::BUILT_IN.iter().filter(|ty| (ty.2 != 0) == arrays) {
                let shape = match types.get(element as usize).cloned().flatten() {
                    Some(element) => Shape::Array(element),
                    None => Shape::Base,
                };
                types[oid as usize] = Some(Arc::new(TypeInfo { oid, name: name.into(), shape }));
            }
        }
        types
    });
    TYPES.get(oid as usize)?.as_deref()
}

/// The type `bytea`.
pub(super) fn bytea() -> &'static TypeInfo {
    built_in(17).expect("every server has `bytea`")
}

/// The same, shared.
pub(in crate::backend) fn built_in_shared(oid: Oid) -> Option<Arc<TypeInfo>> {
    let ty = built_in(oid)?;
    let shape = match &ty.shape {
        Shape::Array(element) => Shape::Array(Arc::clone(element)),
        _ => Shape::Base,
    };
    Some(Arc::new(TypeInfo { oid, name: ty.name.clone(), shape }))
}

/// A type that every server has, by its name.
#[cfg(test)]
pub(super) fn named(name: &str) -> &'static TypeInfo {
    let (oid, ..) = builtin::BUILT_IN.iter().find(|ty| ty.1 == name).expect(name);
    built_in(*oid).expect(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_every_server_has() {
        for (name, oid, format) in [
            ("int4", 23, "Int4"),
            ("text", 25, "Text"),
            ("jsonb", 3802, "Jsonb"),
            ("int4multirange", 4451, "Other"),
            ("void", 2278, "Void"),
        ] {
            let ty = named(name);
            assert_eq!((ty.oid, format!("{:?}", ty.format()).as_str()), (oid, format), "{name}");
        }
        assert!(matches!(named("int4[]").format(), Format::Array(element) if element.oid == 23));
        assert!(built_in(16_384).is_none() && built_in(0).is_none());
    }
}
