//! The types of columns: how the values of each are read, and its name.

use aio_databases_mysql::{BINARY_CHARSET, Column, ColumnFlags, ColumnType};

/// A column's type.
#[derive(Debug)]
pub(super) struct MysqlType {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
}

/// How a type's values are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Signed,
    /// Also `year`.
    Unsigned,
    Bit,
    Float,
    Decimal,
    Date,
    Time,
    Datetime,
    Timestamp,
    /// Also enums and sets.
    Text,
    /// Also geometries and vectors.
    Bytes,
    Json,
    Null,
}

macro_rules! ty {
    ($kind:ident $name:literal) => {
        &MysqlType { kind: Kind::$kind, name: $name }
    };
}

/// A column's type. Nothing is allocated, so it can be asked for with each value.
#[inline]
pub(super) fn of(column: Column<'_>) -> &'static MysqlType {
    let is_unsigned = column.flags().has(ColumnFlags::UNSIGNED);
    match column.ty() {
        // The analyzer reads `tinyint(1)` as a boolean.
        ColumnType::TINY if column.length() == 1 && is_unsigned => ty!(Unsigned "tinyint(1)"),
        ColumnType::TINY if column.length() == 1 => ty!(Signed "tinyint(1)"),
        ColumnType::TINY if is_unsigned => ty!(Unsigned "tinyint unsigned"),
        ColumnType::TINY => ty!(Signed "tinyint"),
        ColumnType::SHORT if is_unsigned => ty!(Unsigned "smallint unsigned"),
        ColumnType::SHORT => ty!(Signed "smallint"),
        ColumnType::INT24 if is_unsigned => ty!(Unsigned "mediumint unsigned"),
        ColumnType::INT24 => ty!(Signed "mediumint"),
        ColumnType::LONG if is_unsigned => ty!(Unsigned "int unsigned"),
        ColumnType::LONG => ty!(Signed "int"),
        ColumnType::LONG_LONG if is_unsigned => ty!(Unsigned "bigint unsigned"),
        ColumnType::LONG_LONG => ty!(Signed "bigint"),
        ColumnType::YEAR => ty!(Unsigned "year"),
        ColumnType::BIT => ty!(Bit "bit"),
        ColumnType::FLOAT => ty!(Float "float"),
        ColumnType::DOUBLE => ty!(Float "double"),
        ColumnType::DECIMAL | ColumnType::NEW_DECIMAL => ty!(Decimal "decimal"),
        ColumnType::DATE => ty!(Date "date"),
        ColumnType::TIME => ty!(Time "time"),
        ColumnType::DATETIME => ty!(Datetime "datetime"),
        ColumnType::TIMESTAMP => ty!(Timestamp "timestamp"),
        ColumnType::JSON => ty!(Json "json"),
        ColumnType::NULL => ty!(Null "null"),
        ColumnType::GEOMETRY => ty!(Bytes "geometry"),
        ColumnType::VECTOR => ty!(Bytes "vector"),
        _ => string(column),
    }
}

/// Text or bytes: bytes have a character set of their own.
fn string(column: Column<'_>) -> &'static MysqlType {
    let (ty, flags) = (column.ty(), column.flags());
    // The server sends both as strings.
    if ty == ColumnType::ENUM || flags.has(ColumnFlags::ENUM) {
        return ty!(Text "enum");
    }
    if ty == ColumnType::SET || flags.has(ColumnFlags::SET) {
        return ty!(Text "set");
    }
    match (ty, column.charset() == BINARY_CHARSET) {
        (ColumnType::STRING, true) => ty!(Bytes "binary"),
        (ColumnType::STRING, false) => ty!(Text "char"),
        (ColumnType::VARCHAR | ColumnType::VAR_STRING, true) => ty!(Bytes "varbinary"),
        (ColumnType::VARCHAR | ColumnType::VAR_STRING, false) => ty!(Text "varchar"),
        (ColumnType::TINY_BLOB, true) => ty!(Bytes "tinyblob"),
        (ColumnType::TINY_BLOB, false) => ty!(Text "tinytext"),
        (ColumnType::MEDIUM_BLOB, true) => ty!(Bytes "mediumblob"),
        (ColumnType::MEDIUM_BLOB, false) => ty!(Text "mediumtext"),
        (ColumnType::LONG_BLOB, true) => ty!(Bytes "longblob"),
        (ColumnType::LONG_BLOB, false) => ty!(Text "longtext"),
        (ColumnType::BLOB, false) => ty!(Text "text"),
        (ColumnType::BLOB, true) => ty!(Bytes "blob"),
        // A type that is newer than this.
        _ => ty!(Bytes "unknown"),
    }
}
