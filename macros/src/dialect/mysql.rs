//! MySQL and MariaDB.

use super::Facts;
use crate::types::Scalar;

pub(super) static FACTS: Facts = Facts {
    enabled: cfg!(feature = "mysql"),
    variant: "Mysql",
    scalar,
    type_number: |_| 0,
    any: None,
    has_bool: false,
    timestamps_are_utc: false,
    copy: None,
    lowercase_names: false,
};

fn scalar(name: &str) -> Option<Scalar> {
    Some(match name {
        "tinyint(1)" | "boolean" | "bool" => Scalar::Bool,
        "tinyint" => Scalar::Int1,
        "smallint" => Scalar::Int2,
        "mediumint" | "int" => Scalar::Int4,
        "bigint" => Scalar::Int8,
        "tinyint unsigned" => Scalar::UInt1,
        "smallint unsigned" | "year" => Scalar::UInt2,
        "mediumint unsigned" | "int unsigned" => Scalar::UInt4,
        "bigint unsigned" | "bit" => Scalar::UInt8,
        "float" | "float unsigned" => Scalar::Float4,
        "double" | "double unsigned" => Scalar::Float8,
        "decimal" | "decimal unsigned" => Scalar::Numeric,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "set" => Scalar::Text,
        "enum" => Scalar::Enum,
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Scalar::Bytea,
        "date" => Scalar::Date,
        "time" => Scalar::Time,
        "datetime" => Scalar::Timestamp,
        "timestamp" => Scalar::Timestamptz,
        "uuid" => Scalar::Uuid,
        "json" => Scalar::Json,
        _ => return None,
    })
}
