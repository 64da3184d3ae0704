//! The types of columns, and their flags.

/// A type's number in the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnType(pub u8);

#[allow(missing_docs)] // The protocol's own names.
impl ColumnType {
    pub const DECIMAL: ColumnType = ColumnType(0);
    pub const TINY: ColumnType = ColumnType(1);
    pub const SHORT: ColumnType = ColumnType(2);
    pub const LONG: ColumnType = ColumnType(3);
    pub const FLOAT: ColumnType = ColumnType(4);
    pub const DOUBLE: ColumnType = ColumnType(5);
    pub const NULL: ColumnType = ColumnType(6);
    pub const TIMESTAMP: ColumnType = ColumnType(7);
    pub const LONG_LONG: ColumnType = ColumnType(8);
    pub const INT24: ColumnType = ColumnType(9);
    pub const DATE: ColumnType = ColumnType(10);
    pub const TIME: ColumnType = ColumnType(11);
    pub const DATETIME: ColumnType = ColumnType(12);
    pub const YEAR: ColumnType = ColumnType(13);
    pub const VARCHAR: ColumnType = ColumnType(15);
    pub const BIT: ColumnType = ColumnType(16);
    pub const VECTOR: ColumnType = ColumnType(242);
    pub const JSON: ColumnType = ColumnType(245);
    pub const NEW_DECIMAL: ColumnType = ColumnType(246);
    pub const ENUM: ColumnType = ColumnType(247);
    pub const SET: ColumnType = ColumnType(248);
    pub const TINY_BLOB: ColumnType = ColumnType(249);
    pub const MEDIUM_BLOB: ColumnType = ColumnType(250);
    pub const LONG_BLOB: ColumnType = ColumnType(251);
    pub const BLOB: ColumnType = ColumnType(252);
    pub const VAR_STRING: ColumnType = ColumnType(253);
    pub const STRING: ColumnType = ColumnType(254);
    pub const GEOMETRY: ColumnType = ColumnType(255);
}

/// How a value's length is found in a binary row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Fixed(u8),
    /// A byte with the length is first.
    Byte,
    /// A length-encoded length is first.
    Encoded,
}

impl ColumnType {
    pub(crate) const fn width(self) -> Width {
        match self {
            ColumnType::NULL => Width::Fixed(0),
            ColumnType::TINY => Width::Fixed(1),
            ColumnType::SHORT | ColumnType::YEAR => Width::Fixed(2),
            ColumnType::LONG | ColumnType::INT24 | ColumnType::FLOAT => Width::Fixed(4),
            ColumnType::LONG_LONG | ColumnType::DOUBLE => Width::Fixed(8),
            ColumnType::DATE | ColumnType::DATETIME | ColumnType::TIMESTAMP | ColumnType::TIME => Width::Byte,
            _ => Width::Encoded,
        }
    }
}

/// The flags of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnFlags(pub u16);

impl ColumnFlags {
    /// The column is never null.
    pub const NOT_NULL: u16 = 1;
    /// The column is part of the primary key.
    pub const PRIMARY_KEY: u16 = 1 << 1;
    /// The column is a unique key.
    pub const UNIQUE_KEY: u16 = 1 << 2;
    /// The column is a `blob` or `text`.
    pub const BLOB: u16 = 1 << 4;
    /// The number has no sign.
    pub const UNSIGNED: u16 = 1 << 5;
    /// The number is filled with zeros.
    pub const ZEROFILL: u16 = 1 << 6;
    /// Text compares by its bytes.
    pub const BINARY: u16 = 1 << 7;
    /// The column is an `enum`.
    pub const ENUM: u16 = 1 << 8;
    /// The column numbers its rows.
    pub const AUTO_INCREMENT: u16 = 1 << 9;
    /// The column is a `timestamp`.
    pub const TIMESTAMP: u16 = 1 << 10;
    /// The column is a `set`.
    pub const SET: u16 = 1 << 11;
    /// The column has no default.
    pub const NO_DEFAULT: u16 = 1 << 12;

    /// Whether a flag is set.
    pub const fn has(self, flag: u16) -> bool {
        self.0 & flag != 0
    }
}

/// The character set of values that are bytes.
pub const BINARY_CHARSET: u16 = 63;
