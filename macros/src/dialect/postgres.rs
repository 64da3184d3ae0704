//! PostgreSQL.

use aio_databases_analyzer::Type;

use super::Facts;
use crate::types::Scalar;

pub(super) static FACTS: Facts = Facts {
    enabled: cfg!(feature = "postgres"),
    variant: "Postgres",
    scalar,
    type_number,
    any: None,
    has_bool: true,
    timestamps_are_utc: false,
    copy: Some(("copy ", " from stdin (format binary)")),
    lowercase_names: true,
};

/// The numbers of built-in types and of their arrays, which are part of PostgreSQL's protocol (`pg_type.dat`).
const NUMBERS: [(&str, u32, u32); 22] = [
    ("bool", 16, 1000),
    ("bytea", 17, 1001),
    ("name", 19, 1003),
    ("int8", 20, 1016),
    ("int2", 21, 1005),
    ("int4", 23, 1007),
    ("text", 25, 1009),
    ("oid", 26, 1028),
    ("json", 114, 199),
    ("float4", 700, 1021),
    ("float8", 701, 1022),
    ("bpchar", 1042, 1014),
    ("varchar", 1043, 1015),
    ("date", 1082, 1182),
    ("time", 1083, 1183),
    ("timestamp", 1114, 1115),
    ("timestamptz", 1184, 1185),
    ("interval", 1186, 1187),
    ("timetz", 1266, 1270),
    ("numeric", 1700, 1231),
    ("uuid", 2950, 2951),
    ("jsonb", 3802, 3807),
];

fn type_number(ty: &Type) -> u32 {
    let numbers = |ty: &Type| match ty {
        Type::Base(name) => NUMBERS.iter().find(|(known, ..)| known == name),
        _ => None,
    };
    match ty {
        Type::Array(element) => numbers(element).map_or(0, |(_, _, array)| *array),
        ty => numbers(ty).map_or(0, |(_, number, _)| *number),
    }
}

fn scalar(name: &str) -> Option<Scalar> {
    Some(match name {
        "bool" => Scalar::Bool,
        "int2" => Scalar::Int2,
        "int4" => Scalar::Int4,
        "int8" => Scalar::Int8,
        "oid" => Scalar::UInt4,
        "float4" => Scalar::Float4,
        "float8" => Scalar::Float8,
        "numeric" => Scalar::Numeric,
        "text" | "varchar" | "bpchar" | "name" | "citext" | "unknown" => Scalar::Text,
        "bytea" => Scalar::Bytea,
        "date" => Scalar::Date,
        "time" => Scalar::Time,
        "timetz" => Scalar::Timetz,
        "timestamp" => Scalar::Timestamp,
        "timestamptz" => Scalar::Timestamptz,
        "interval" => Scalar::Interval,
        "uuid" => Scalar::Uuid,
        "json" | "jsonb" => Scalar::Json,
        _ => return None,
    })
}
