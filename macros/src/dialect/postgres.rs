//! PostgreSQL.

use super::Facts;
use crate::types::Scalar;

pub(super) static FACTS: Facts = Facts {
    enabled: cfg!(feature = "postgres"),
    variant: "Postgres",
    scalar,
    any: None,
    has_bool: true,
    timestamps_are_utc: false,
    lowercase_names: true,
};

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
