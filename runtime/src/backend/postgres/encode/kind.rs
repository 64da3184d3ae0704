//! How a PostgreSQL type's values look on the wire.

use sqlx::{
    TypeInfo as _,
    postgres::{PgTypeInfo, PgTypeKind},
};

/// The wire formats that this library knows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind<'t> {
    Bool,
    Int2,
    Int4,
    Int8,
    /// Unsigned, four bytes: `oid` and what is one underneath.
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
    Array(&'t PgTypeInfo),
    /// `void`: what a function gives that gives nothing.
    Void,
    /// Anything else.
    Other,
}

impl<'t> Kind<'t> {
    pub(crate) fn of(ty: &'t PgTypeInfo) -> Self {
        match ty.kind() {
            PgTypeKind::Array(element) => Kind::Array(element),
            PgTypeKind::Domain(base) => Kind::of(base),
            PgTypeKind::Enum(_) => Kind::Text,
            PgTypeKind::Simple | PgTypeKind::Pseudo => Kind::by_oid(ty).unwrap_or_else(|| Kind::by_name(ty)),
            PgTypeKind::Composite(_) | PgTypeKind::Range(_) => Kind::Other,
        }
    }

    /// The types that every server has: their numbers are part of the protocol.
    fn by_oid(ty: &PgTypeInfo) -> Option<Self> {
        Some(match ty.oid()?.0 {
            16 => Kind::Bool,
            17 => Kind::Bytea,
            20 => Kind::Int8,
            21 => Kind::Int2,
            23 => Kind::Int4,
            // oid, xid, cid, and the reg… types.
            26 | 28 | 29 | 24 | 2202..=2206 | 3734 | 3769 | 4089 | 4096 | 4191 => Kind::Oid,
            5069 => Kind::Xid8,
            // "char", name, text, xml, unknown, bpchar, varchar, refcursor.
            18 | 19 | 25 | 142 | 705 | 1042 | 1043 | 1790 => Kind::Text,
            4072 => Kind::VersionedText, // jsonpath
            114 => Kind::Json,
            3802 => Kind::Jsonb,
            700 => Kind::Float4,
            701 => Kind::Float8,
            1700 => Kind::Numeric,
            1082 => Kind::Date,
            1083 => Kind::Time,
            1114 => Kind::Timestamp,
            1184 => Kind::Timestamptz,
            1186 => Kind::Interval,
            1266 => Kind::Timetz,
            2278 => Kind::Void,
            2950 => Kind::Uuid,
            _ => return None,
        })
    }

    /// The types of well-known extensions, whose numbers differ from one database to the next.
    fn by_name(ty: &PgTypeInfo) -> Self {
        let name = ty.name();
        // With its schema before it, where that is not in the search path.
        let name = name.rsplit('.').next().unwrap_or(name);
        match name {
            "citext" => Kind::Text,
            "ltree" | "lquery" | "ltxtquery" => Kind::VersionedText,
            _ => Kind::Other,
        }
    }
}

/// The type's name as PostgreSQL says it: `int4`, `text[]`.
pub(crate) fn name(ty: &PgTypeInfo) -> String {
    match ty.oid() {
        // sqlx says the built-in types' names in capitals.
        Some(oid) if oid.0 < 10_000 => ty.name().to_ascii_lowercase(),
        _ => ty.name().to_owned(),
    }
}
