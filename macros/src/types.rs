//! Maps SQL types to Rust types. [`dialect`](crate::dialect) has each type's marker, and this module the Rust type for
//! a marker.

use aio_databases_analyzer::Type;
use aio_databases_project::DateTime;
use aio_databases_sql::Dialect;

use crate::dialect::Described;

/// A type's marker: a name in `aio_databases::sql_types`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// Any type except arrays and types without a marker.
    Scalar(Scalar),
    /// `Array<T>`.
    Array(Scalar),
    /// A type without a marker: each value decides.
    Any,
}

macro_rules! scalars {
    ($($name:ident)*) => {
        /// The marker of a type that isn't an array.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Scalar { $($name),* }

        impl Scalar {
            /// Its name in `aio_databases::sql_types`.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Scalar::$name => stringify!($name)),* }
            }
        }
    };
}

scalars! {
    Bool Int1 Int2 Int4 Int8 UInt1 UInt2 UInt4 UInt8 Float4 Float8 Numeric Text Bytea
    Date Time Timetz Timestamp Timestamptz Interval Uuid Json Enum
}

impl Marker {
    /// Its path in an expansion, where `__p` is `__private`.
    pub(crate) fn path(&self) -> String {
        match self {
            Marker::Scalar(scalar) => format!("__p::{}", scalar.name()),
            Marker::Array(element) => format!("__p::Array<__p::{}>", element.name()),
            Marker::Any => "__p::Any".to_owned(),
        }
    }
}

/// The marker of a type; `None` for a type that has none.
pub(crate) fn marker(ty: &Type, dialect: Dialect) -> Option<Marker> {
    match ty.underlying() {
        Type::Base(name) => {
            if dialect.facts().any == Some(name) {
                return Some(Marker::Any);
            }
            (dialect.facts().scalar)(name).map(Marker::Scalar)
        }
        Type::Enum { .. } => Some(Marker::Scalar(Scalar::Enum)),
        Type::Array(element) => match marker(element, dialect)? {
            Marker::Scalar(scalar) => Some(Marker::Array(scalar)),
            Marker::Array(_) | Marker::Any => None,
        },
        Type::Domain { .. } | Type::Composite { .. } | Type::Record => None,
    }
}

/// The features that add types.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Features {
    pub(crate) datetime: Option<DateTime>,
    pub(crate) uuid: bool,
    pub(crate) rust_decimal: bool,
    pub(crate) json: bool,
}

impl Features {
    /// The features of this build of the macros. `preferred` decides if both crates for dates and times are enabled.
    pub(crate) fn enabled(preferred: Option<DateTime>) -> Self {
        let datetime = match (cfg!(feature = "chrono"), cfg!(feature = "time")) {
            (true, true) => Some(preferred.unwrap_or(DateTime::Chrono)),
            (true, false) => Some(DateTime::Chrono),
            (false, true) => Some(DateTime::Time),
            (false, false) => None,
        };
        Features {
            datetime,
            uuid: cfg!(feature = "uuid"),
            rust_decimal: cfg!(feature = "rust_decimal"),
            json: cfg!(feature = "json"),
        }
    }
}

/// The Rust type for a marker's values, where `__p` is `__private`. The error lists features, one of which must be
/// enabled. Array elements are always `Option`s, because no schema can declare them not null.
pub(crate) fn rust_type(marker: &Marker, features: Features) -> Result<String, &'static str> {
    match marker {
        Marker::Scalar(scalar) => scalar_type(*scalar, features).map(str::to_owned),
        Marker::Array(element) => {
            scalar_type(*element, features).map(|element| format!("__p::Vec<__p::Option<{element}>>"))
        }
        Marker::Any => Ok("__p::Value".to_owned()),
    }
}

fn scalar_type(scalar: Scalar, features: Features) -> Result<&'static str, &'static str> {
    let datetime = |chrono: &'static str, time: &'static str| match features.datetime {
        Some(DateTime::Chrono) => Ok(chrono),
        Some(DateTime::Time) => Ok(time),
        None => Err("`chrono` or `time`"),
    };
    let when = |enabled: bool, ty, feature| if enabled { Ok(ty) } else { Err(feature) };
    match scalar {
        Scalar::Bool => Ok("bool"),
        Scalar::Int1 => Ok("i8"),
        Scalar::Int2 => Ok("i16"),
        Scalar::Int4 => Ok("i32"),
        Scalar::Int8 => Ok("i64"),
        Scalar::UInt1 => Ok("u8"),
        Scalar::UInt2 => Ok("u16"),
        Scalar::UInt4 => Ok("u32"),
        Scalar::UInt8 => Ok("u64"),
        Scalar::Float4 => Ok("f32"),
        Scalar::Float8 => Ok("f64"),
        Scalar::Text | Scalar::Enum => Ok("__p::String"),
        Scalar::Bytea => Ok("__p::Vec<u8>"),
        Scalar::Numeric => when(features.rust_decimal, "__p::rust_decimal::Decimal", "`rust_decimal`"),
        Scalar::Date => datetime("__p::chrono::NaiveDate", "__p::time::Date"),
        Scalar::Time => datetime("__p::chrono::NaiveTime", "__p::time::Time"),
        Scalar::Timestamp => datetime("__p::chrono::NaiveDateTime", "__p::time::PrimitiveDateTime"),
        Scalar::Timestamptz => {
            datetime("__p::chrono::DateTime<__p::chrono::Utc>", "__p::time::OffsetDateTime")
        }
        Scalar::Timetz => Ok("__p::value::Timetz"),
        Scalar::Interval => Ok("__p::value::Interval"),
        Scalar::Uuid => when(features.uuid, "__p::uuid::Uuid", "`uuid`"),
        Scalar::Json => when(features.json, "__p::serde_json::Value", "`json`"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const ALL: Features =
        Features { datetime: Some(DateTime::Chrono), uuid: true, rust_decimal: true, json: true };
    const NONE: Features = Features { datetime: None, uuid: false, rust_decimal: false, json: false };

    #[test]
    fn tables() {
        use Dialect::*;
        for (dialect, name, marker, ty) in [
            (Postgres, "int4", "Int4", "i32"),
            (Postgres, "bpchar", "Text", "__p::String"),
            (Postgres, "jsonb", "Json", "__p::serde_json::Value"),
            (Postgres, "timestamptz", "Timestamptz", "__p::chrono::DateTime<__p::chrono::Utc>"),
            (Mysql, "bigint unsigned", "UInt8", "u64"),
            (Mysql, "tinyint(1)", "Bool", "bool"),
            (Mysql, "timestamp", "Timestamptz", "__p::chrono::DateTime<__p::chrono::Utc>"),
            (Mysql, "datetime", "Timestamp", "__p::chrono::NaiveDateTime"),
            (Sqlite, "integer", "Int8", "i64"),
            (Sqlite, "numeric", "Numeric", "__p::rust_decimal::Decimal"),
            (Sqlite, "blob", "Bytea", "__p::Vec<u8>"),
            (Sqlite, "any", "Any", "__p::Value"),
        ] {
            let found = super::marker(&Type::Base(name.into()), dialect).unwrap();
            assert_eq!(found.path(), format!("__p::{marker}"), "{dialect} {name}");
            assert_eq!(rust_type(&found, ALL).unwrap(), ty, "{dialect} {name}");
        }
        assert_eq!(marker(&Type::base("tsvector"), Postgres), None);
        assert_eq!(marker(&Type::Record, Postgres), None);
    }

    #[test]
    fn composed() {
        let array = marker(&Type::base("int8").array(), Dialect::Postgres).unwrap();
        assert_eq!(array.path(), "__p::Array<__p::Int8>");
        assert_eq!(rust_type(&array, NONE).unwrap(), "__p::Vec<__p::Option<i64>>");
        let domain = Type::Domain {
            schema: None,
            name: "email".into(),
            base: Arc::new(Type::base("text")),
            not_null: true,
        };
        assert_eq!(marker(&domain, Dialect::Postgres).unwrap().path(), "__p::Text");
    }

    #[test]
    fn missing_features() {
        for (scalar, feature) in [
            (Scalar::Timestamp, "`chrono` or `time`"),
            (Scalar::Uuid, "`uuid`"),
            (Scalar::Json, "`json`"),
            (Scalar::Numeric, "`rust_decimal`"),
        ] {
            assert_eq!(rust_type(&Marker::Scalar(scalar), NONE), Err(feature));
        }
        let time = Features { datetime: Some(DateTime::Time), ..NONE };
        assert_eq!(
            rust_type(&Marker::Array(Scalar::Date), time).unwrap(),
            "__p::Vec<__p::Option<__p::time::Date>>"
        );
    }
}
