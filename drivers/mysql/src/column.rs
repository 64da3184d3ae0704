//! The columns of a result.

use std::{fmt, sync::Arc};

use crate::{
    error::{Error, Result},
    protocol::fields::Fields,
};

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

type Span = (u32, u32);

/// A parsed definition. Its names are places in the definitions' bytes.
#[derive(Debug)]
pub(crate) struct Definition {
    schema: Span,
    table: Span,
    org_table: Span,
    name: Span,
    org_name: Span,
    charset: u16,
    length: u32,
    pub(crate) ty: ColumnType,
    flags: ColumnFlags,
    decimals: u8,
}

/// The columns of one result. Results with the same columns share them.
#[derive(Default)]
pub struct Columns {
    /// The definitions as the server sent them, one after the other.
    raw: Box<[u8]>,
    pub(crate) items: Box<[Definition]>,
}

impl Columns {
    /// The number of columns.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// A column by its position.
    pub fn get(&self, index: usize) -> Option<Column<'_>> {
        self.items.get(index).map(|item| Column { raw: &self.raw, item })
    }

    /// The columns in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Column<'_>> {
        self.items.iter().map(|item| Column { raw: &self.raw, item })
    }

    fn parse(raw: &[u8], ends: &[u32]) -> Result<Columns> {
        let raw: Box<[u8]> = raw.into();
        let mut start = 0;
        let mut items = Vec::with_capacity(ends.len());
        for &end in ends {
            items.push(definition(&raw, start, end as usize)?);
            start = end as usize;
        }
        Ok(Columns { items: items.into(), raw })
    }
}

impl fmt::Debug for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// A column of a result.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    raw: &'a [u8],
    item: &'a Definition,
}

impl<'a> Column<'a> {
    fn text(self, span: Span) -> &'a str {
        // Only with a character set other than UTF-8.
        std::str::from_utf8(&self.raw[span.0 as usize..span.1 as usize]).unwrap_or("?")
    }

    /// The name in the result: the alias, if the query gives one.
    pub fn name(self) -> &'a str {
        self.text(self.item.name)
    }

    /// The column's own name in its table; empty for an expression.
    pub fn org_name(self) -> &'a str {
        self.text(self.item.org_name)
    }

    /// The table's name in the query.
    pub fn table(self) -> &'a str {
        self.text(self.item.table)
    }

    /// The table's own name.
    pub fn org_table(self) -> &'a str {
        self.text(self.item.org_table)
    }

    /// The database of the table.
    pub fn schema(self) -> &'a str {
        self.text(self.item.schema)
    }

    /// The type.
    pub fn ty(self) -> ColumnType {
        self.item.ty
    }

    /// The flags.
    pub fn flags(self) -> ColumnFlags {
        self.item.flags
    }

    /// The number of the collation. [`BINARY_CHARSET`] for bytes, numbers and dates.
    pub fn charset(self) -> u16 {
        self.item.charset
    }

    /// The most bytes that a value has as text.
    pub fn length(self) -> u32 {
        self.item.length
    }

    /// The digits after the point; 31 or 39 if that is not fixed.
    pub fn decimals(self) -> u8 {
        self.item.decimals
    }
}

impl fmt::Debug for Column<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Column")
            .field("name", &self.name())
            .field("table", &self.table())
            .field("ty", &self.ty())
            .field("flags", &self.flags())
            .field("charset", &self.charset())
            .finish_non_exhaustive()
    }
}

/// Reads one definition, which is at `start..end` of the bytes.
fn definition(raw: &[u8], start: usize, end: usize) -> Result<Definition> {
    let mut fields = Fields::new(&raw[start..end]);
    let mut name = || -> Result<Span> {
        let text = fields.string()?;
        let to = end - fields.rest().len();
        Ok(((to - text.len()) as u32, to as u32))
    };
    let _catalog = name()?;
    let (schema, table, org_table, name, org_name) = (name()?, name()?, name()?, name()?, name()?);
    let mut fixed = Fields::new(fields.string()?);
    Ok(Definition {
        schema,
        table,
        org_table,
        name,
        org_name,
        charset: fixed.u16()?,
        length: fixed.u32()?,
        ty: ColumnType(fixed.u8()?),
        flags: ColumnFlags(fixed.u16()?),
        decimals: fixed.u8()?,
    })
}

/// More definitions than this are not believed: MySQL's limit is 4,096 columns.
const COLUMNS: u64 = 65_535;
const DEFINITIONS: usize = 16 * 1024 * 1024;

/// Collects the definitions of a result. If they are those of an earlier result, nothing is parsed or allocated.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    raw: Vec<u8>,
    ends: Vec<u32>,
    wanted: usize,
}

impl Collector {
    pub(crate) fn start(&mut self, count: u64) -> Result<()> {
        if count > COLUMNS {
            return Err(Error::protocol("the server claims more columns than a result can have"));
        }
        self.raw.clear();
        self.ends.clear();
        self.wanted = count as usize;
        Ok(())
    }

    pub(crate) fn add(&mut self, payload: &[u8]) -> Result<()> {
        if self.raw.len() + payload.len() > DEFINITIONS {
            return Err(Error::protocol("the server sent too long definitions of columns"));
        }
        self.raw.extend_from_slice(payload);
        self.ends.push(self.raw.len() as u32);
        Ok(())
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.ends.len() == self.wanted
    }

    /// The columns; `known` again if they are the same.
    pub(crate) fn columns(&mut self, known: &Arc<Columns>) -> Result<Arc<Columns>> {
        let same = known.items.len() == self.ends.len() && *known.raw == *self.raw;
        let columns = if same { Arc::clone(known) } else { Arc::new(Columns::parse(&self.raw, &self.ends)?) };
        if self.raw.capacity() > 64 * 1024 {
            self.raw = Vec::new();
        }
        Ok(columns)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::output::write_string;

    /// A definition as the server sends it.
    pub(crate) fn sent(name: &str, ty: ColumnType, flags: u16) -> Vec<u8> {
        let mut out = Vec::new();
        for text in ["def", "shop", "u", "users", name, "org"] {
            write_string(text.as_bytes(), &mut out);
        }
        out.extend([0x0C, 45, 0, 255, 0, 0, 0, ty.0]);
        out.extend(flags.to_le_bytes());
        out.extend([31, 0, 0]);
        out
    }

    #[test]
    fn definitions() {
        let mut collector = Collector::default();
        collector.start(2).unwrap();
        collector.add(&sent("id", ColumnType::LONG_LONG, ColumnFlags::NOT_NULL)).unwrap();
        collector.add(&sent("naïve", ColumnType::VAR_STRING, 0)).unwrap();
        assert!(collector.is_complete());
        let columns = collector.columns(&Arc::default()).unwrap();
        let id = columns.get(0).unwrap();
        assert_eq!((id.name(), id.ty(), id.charset()), ("id", ColumnType::LONG_LONG, 45));
        assert!(id.flags().has(ColumnFlags::NOT_NULL));
        let name = columns.get(1).unwrap();
        assert_eq!((name.name(), name.org_name(), name.table()), ("naïve", "org", "u"));
        assert_eq!((name.org_table(), name.schema(), name.decimals()), ("users", "shop", 31));
        assert!(Arc::ptr_eq(&collector.columns(&columns).unwrap(), &columns));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(definitions: Vec<Vec<u8>>) {
            let mut collector = Collector::default();
            collector.start(definitions.len() as u64).unwrap();
            for definition in &definitions {
                collector.add(definition).unwrap();
            }
            let _ = collector.columns(&Arc::default());
        }
    }
}
