//! The names of types in the declarations of columns, casts and arguments.

use std::sync::Arc;

use sqlparser::ast::{
    ArrayElemTypeDef, DataType, ExactNumberInfo, GeometricTypeKind, ObjectName, ObjectNamePart, TimezoneInfo,
};

use crate::{Catalog, CompositeField, Type, data::postgres::data};

pub(crate) fn type_by_name(catalog: &Catalog, name: &DataType) -> Option<Type> {
    let name = match name {
        DataType::Array(ArrayElemTypeDef::SquareBracket(element, _)) => {
            return Some(array_of(type_by_name(catalog, element)?));
        }
        DataType::Custom(name, _) => return custom(catalog, name),
        DataType::Character(_) | DataType::Char(_) => "bpchar",
        DataType::CharacterVarying(_) | DataType::CharVarying(_) | DataType::Varchar(_) => "varchar",
        DataType::Text => "text",
        DataType::Uuid => "uuid",
        DataType::Numeric(_) | DataType::Decimal(_) | DataType::Dec(_) => "numeric",
        DataType::Float(ExactNumberInfo::Precision(bits)) if *bits <= 24 => "float4",
        DataType::Real | DataType::Float4 => "float4",
        DataType::Float(_) | DataType::Float8 | DataType::DoublePrecision => "float8",
        DataType::SmallInt(_) | DataType::Int2(_) => "int2",
        DataType::Int(_) | DataType::Int4(_) | DataType::Integer(_) => "int4",
        DataType::BigInt(_) | DataType::Int8(_) => "int8",
        DataType::Bool | DataType::Boolean => "bool",
        DataType::Date => "date",
        DataType::Time(_, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => "time",
        DataType::Time(..) => "timetz",
        DataType::Timestamp(_, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => "timestamp",
        DataType::Timestamp(..) => "timestamptz",
        DataType::Interval { .. } => "interval",
        DataType::JSON => "json",
        DataType::JSONB => "jsonb",
        DataType::Regclass => "regclass",
        DataType::Bytea => "bytea",
        DataType::Bit(_) => "bit",
        DataType::BitVarying(_) | DataType::VarBit(_) => "varbit",
        DataType::TsVector => "tsvector",
        DataType::TsQuery => "tsquery",
        DataType::Trigger => "trigger",
        DataType::GeometricType(kind) => match kind {
            GeometricTypeKind::Point => "point",
            GeometricTypeKind::Line => "line",
            GeometricTypeKind::LineSegment => "lseg",
            GeometricTypeKind::GeometricBox => "box",
            GeometricTypeKind::GeometricPath => "path",
            GeometricTypeKind::Polygon => "polygon",
            GeometricTypeKind::Circle => "circle",
        },
        // The name of another dialect's type can still be the name of a type of the schema.
        other => {
            let word = other.to_string().to_lowercase();
            let word = word.split('(').next().unwrap_or_default().trim();
            return type_of_name(catalog, None, word);
        }
    };
    builtin(catalog, name)
}

/// An array of a type; arrays of arrays are arrays.
fn array_of(element: Type) -> Type {
    match element {
        Type::Array(_) => element,
        element => element.array(),
    }
}

fn custom(catalog: &Catalog, name: &ObjectName) -> Option<Type> {
    let parts: Vec<String> = name.0.iter().map(part).collect::<Option<_>>()?;
    match &parts[..] {
        [name] => serial(name).map(Type::base).or_else(|| type_of_name(catalog, None, name)),
        // A database's name can come first.
        [.., schema, name] => type_of_name(catalog, Some(schema), name),
        [] => None,
    }
}

fn part(part: &ObjectNamePart) -> Option<String> {
    let ident = part.as_ident()?;
    Some(if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() })
}

/// The type of a column with a sequence, such as `serial`.
fn serial(name: &str) -> Option<&'static str> {
    match name {
        "smallserial" | "serial2" => Some("int2"),
        "serial" | "serial4" => Some("int4"),
        "bigserial" | "serial8" => Some("int8"),
        _ => None,
    }
}

/// The type with a name in `pg_type` or in the schema: an enum, a domain, a composite type, or a table's row type.
pub(crate) fn type_of_name(catalog: &Catalog, schema: Option<&str>, name: &str) -> Option<Type> {
    match schema {
        Some("pg_catalog") => builtin(catalog, name).filter(|_| !is_extension(name)),
        Some(schema) => {
            own(catalog, schema, name).or_else(|| builtin(catalog, name).filter(|_| is_extension(name)))
        }
        None => builtin(catalog, name).filter(|_| !is_extension(name)).or_else(|| {
            let mut path = catalog.search_path.iter();
            path.find_map(|schema| own(catalog, schema, name)).or_else(|| builtin(catalog, name))
        }),
    }
    .or_else(|| {
        // `_int4` is the name of an array in `pg_type`.
        let element = type_of_name(catalog, schema, name.strip_prefix('_')?)?;
        (!matches!(element, Type::Array(_))).then(|| element.array())
    })
}

/// A type that the schema creates, or the row type of one of its relations.
fn own(catalog: &Catalog, schema: &str, name: &str) -> Option<Type> {
    let key = (schema.to_owned(), name.to_owned());
    if let Some(ty) = catalog.types.get(&key) {
        return Some(ty.clone());
    }
    let relation = catalog.relations.get(&key)?;
    let columns = relation.columns.iter().filter(|column| !column.hidden);
    let fields = columns.map(|column| CompositeField { name: column.name.clone(), ty: column.ty.clone() });
    relation.complete.then(|| Type::Composite {
        schema: Some(Arc::from(schema)),
        name: Arc::from(name),
        fields: fields.collect(),
    })
}

/// The built-in type with a name. Types of extensions exist if the schema creates the extension.
fn builtin(catalog: &Catalog, name: &str) -> Option<Type> {
    let id = data().id(name)?;
    let row = data().row(id)?;
    if row.extension.is_some_and(|extension| !catalog.extensions.contains(extension)) {
        return None;
    }
    Some(match name.strip_suffix("[]") {
        Some(_) => Type::base(row.name).array(),
        None if id == data().known.record => Type::Record,
        None => Type::base(row.name),
    })
}

fn is_extension(name: &str) -> bool {
    let row = data().id(name).and_then(|id| data().row(id));
    row.is_some_and(|row| row.extension.is_some())
}
