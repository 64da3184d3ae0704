//! The columns of a result.

mod types;

use std::{fmt, sync::Arc};

pub(crate) use self::types::Width;
pub use self::types::{BINARY_CHARSET, ColumnFlags, ColumnType};
use crate::{
    error::{Error, Result},
    protocol::fields::Fields,
};

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
