//! SQL types as types of Rust's: markers without values.
//!
//! They stand where a type of a query's stands: [`Encode<Int8>`](crate::Encode) are the Rust types that can be passed
//! where the query wants an `int8`, [`Decode<Text>`](crate::Decode) those that a `text` column can be read into.
//! Their names are PostgreSQL's; MySQL's and SQLite's types stand under the same names
//! (`bigint` is [`Int8`], `bigint unsigned` is [`UInt8`], `datetime` is [`Timestamp`], `blob` is [`Bytea`]).

use std::marker::PhantomData;

macro_rules! markers {
    ($($(#[doc = $doc:literal])+ $name:ident)*) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}
    )*};
}

markers! {
    /// `boolean`; also MySQL's `tinyint(1)` and SQLite's `boolean`, which keep 0 and 1.
    Bool
    /// An integer of one byte: MySQL's `tinyint`.
    Int1
    /// An integer of two bytes: `smallint`.
    Int2
    /// An integer of four bytes: `integer`; MySQL's `int` and `mediumint`.
    Int4
    /// An integer of eight bytes: `bigint`; SQLite's `integer`.
    Int8
    /// An unsigned integer of one byte: MySQL's `tinyint unsigned`.
    UInt1
    /// An unsigned integer of two bytes: MySQL's `smallint unsigned` and `year`.
    UInt2
    /// An unsigned integer of four bytes: MySQL's `int unsigned`, PostgreSQL's `oid`.
    UInt4
    /// An unsigned integer of eight bytes: MySQL's `bigint unsigned` and `bit`.
    UInt8
    /// A floating point number of four bytes: `real`; MySQL's `float`.
    Float4
    /// A floating point number of eight bytes: `double precision`; SQLite's `real`.
    Float8
    /// A decimal number of any precision: `numeric`, `decimal`.
    Numeric
    /// Text of any kind: `text`, `varchar`, `char`, `name`, `citext`, `xml`.
    Text
    /// Bytes: `bytea`, `blob`, `binary`, `varbinary`.
    Bytea
    /// `date`.
    Date
    /// `time` of a day, without zone.
    Time
    /// `time with time zone`.
    Timetz
    /// `timestamp` without zone; MySQL's and SQLite's `datetime`.
    Timestamp
    /// `timestamp with time zone`; MySQL's `timestamp`, which is an instant, too.
    Timestamptz
    /// `interval`.
    Interval
    /// `uuid`.
    Uuid
    /// `json` and `jsonb`.
    Json
    /// An enum: text, one of its labels.
    Enum
    /// A type that the analyzer does not know: what comes decides at run time.
    Any
}

/// An array of PostgreSQL's, of elements of the type `T`.
#[derive(Clone, Copy, Debug)]
pub struct Array<T>(PhantomData<T>);
