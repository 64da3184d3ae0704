//! The types of columns: how the values of each are read, and its name.

use aio_databases_mysql::{BINARY_CHARSET, Column, ColumnFlags, ColumnType};

/// A column's type.
#[derive(Debug)]
pub(in crate::backend) struct MysqlType {
    pub(in crate::backend) kind: Kind,
    pub(in crate::backend) name: &'static str,
}

impl MysqlType {
    /// Whether its values are dates or times, which have their length before them in the binary format.
    #[cfg(feature = "sqlx")]
    pub(in crate::backend) fn is_temporal(&self) -> bool {
        matches!(self.kind, Kind::Date | Kind::Time | Kind::Datetime | Kind::Timestamp)
    }
}

/// How a type's values are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::backend) enum Kind {
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
    let flags = column.flags();
    let ty = match column.ty() {
        // The server sends both as strings.
        _ if flags.has(ColumnFlags::ENUM) => ColumnType::ENUM,
        _ if flags.has(ColumnFlags::SET) => ColumnType::SET,
        ty => ty,
    };
    Described {
        ty,
        is_unsigned: flags.has(ColumnFlags::UNSIGNED),
        is_bool: column.length() == 1,
        is_binary: column.charset() == BINARY_CHARSET,
    }
    .ty()
}

/// What the server says of a column's type.
#[derive(Clone, Copy)]
pub(in crate::backend) struct Described {
    pub(in crate::backend) ty: ColumnType,
    pub(in crate::backend) is_unsigned: bool,
    /// Whether an integer is one digit wide.
    pub(in crate::backend) is_bool: bool,
    /// Whether a string is bytes: these have a character set of their own.
    pub(in crate::backend) is_binary: bool,
}

impl Described {
    #[inline]
    pub(in crate::backend) fn ty(self) -> &'static MysqlType {
        let Described { ty, is_unsigned, is_bool, is_binary } = self;
        match ty {
            // The analyzer reads `tinyint(1)` as a boolean.
            ColumnType::TINY if is_bool && is_unsigned => ty!(Unsigned "tinyint(1)"),
            ColumnType::TINY if is_bool => ty!(Signed "tinyint(1)"),
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
            ColumnType::ENUM => ty!(Text "enum"),
            ColumnType::SET => ty!(Text "set"),
            _ => string(ty, is_binary),
        }
    }
}

/// Text or bytes.
fn string(ty: ColumnType, is_binary: bool) -> &'static MysqlType {
    match (ty, is_binary) {
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
