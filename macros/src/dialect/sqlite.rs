//! SQLite.

use super::Facts;
use crate::types::Scalar;

pub(super) static FACTS: Facts = Facts {
    enabled: cfg!(feature = "sqlite"),
    variant: "Sqlite",
    scalar,
    type_number: |_| 0,
    any: Some("any"),
    has_bool: false,
    timestamps_are_utc: true,
    copy: None,
    lowercase_names: false,
};

fn scalar(name: &str) -> Option<Scalar> {
    Some(match name {
        "bool" | "boolean" => Scalar::Bool,
        "integer" => Scalar::Int8,
        "real" => Scalar::Float8,
        "numeric" => Scalar::Numeric,
        "text" => Scalar::Text,
        "blob" => Scalar::Bytea,
        "date" => Scalar::Date,
        "time" => Scalar::Time,
        "datetime" | "timestamp" => Scalar::Timestamp,
        "timestamptz" => Scalar::Timestamptz,
        "uuid" => Scalar::Uuid,
        "json" | "jsonb" => Scalar::Json,
        _ => return None,
    })
}
