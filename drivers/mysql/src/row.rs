//! A row, borrowed from the read buffer.

use crate::{
    column::{Columns, Width},
    error::{Error, Result},
    protocol::fields::Fields,
};

/// What to do after a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Show the next row.
    Continue,
    /// The future is pending once, without arranging to be woken: whoever polls it takes what has come so far, and polls again for
    /// the next row. The socket is not read meanwhile.
    Pause,
    /// Show no more rows, but read the result to its end.
    Skip,
    /// Show no more rows, and read only a little further: what is left is read by
    /// [`Connection::recover`](crate::Connection::recover).
    Stop,
}

/// The format of a row's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text, from [`Connection::query`](crate::Connection::query).
    Text,
    /// Binary, from [`Connection::execute`](crate::Connection::execute).
    Binary,
}

/// A value's place in a row.
pub(crate) type Span = (u32, u32);
const NULL: Span = (u32::MAX, 0);

/// A row of a result.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    bytes: &'a [u8],
    spans: &'a [Span],
    columns: &'a Columns,
    format: Format,
    result: usize,
}

impl<'a> Row<'a> {
    /// The number of values.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether it has no values.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// A value's bytes; `None` if it is null or there is no such column.
    ///
    /// The length before a value is not part of it. In a binary row numbers are little-endian, a date has 0, 4, 7 or 11
    /// bytes and a time 0, 8 or 12.
    pub fn get(&self, index: usize) -> Option<&'a [u8]> {
        let &(start, end) = self.spans.get(index)?;
        self.bytes.get(start as usize..end as usize)
    }

    /// The columns of its result.
    pub fn columns(&self) -> &'a Columns {
        self.columns
    }

    /// The format of its values.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Which of the command's results it belongs to, from 0.
    pub fn result(&self) -> usize {
        self.result
    }

    /// Finds the values of a row. `spans` is used again for each row.
    pub(crate) fn find(
        bytes: &'a [u8],
        columns: &'a Columns,
        format: Format,
        result: usize,
        spans: &'a mut Vec<Span>,
    ) -> Result<Row<'a>> {
        spans.clear();
        match format {
            Format::Text => find_text(bytes, columns.len(), spans)?,
            Format::Binary => find_binary(bytes, columns, spans)?,
        }
        Ok(Row { bytes, spans, columns, format, result })
    }
}

fn find_text(bytes: &[u8], count: usize, spans: &mut Vec<Span>) -> Result<()> {
    let mut fields = Fields::new(bytes);
    for _ in 0..count {
        if let [0xFB, ..] = fields.rest() {
            fields.u8()?;
            spans.push(NULL);
        } else {
            let value = fields.string()?;
            let end = bytes.len() - fields.rest().len();
            spans.push(((end - value.len()) as u32, end as u32));
        }
    }
    end_of_row(fields)
}

fn find_binary(bytes: &[u8], columns: &Columns, spans: &mut Vec<Span>) -> Result<()> {
    // The bitmap's first two bits are not used.
    const UNUSED: usize = 2;
    let mut fields = Fields::new(bytes);
    fields.u8()?;
    let nulls = fields.bytes((columns.len() + UNUSED).div_ceil(8))?;
    for (index, column) in columns.items.iter().enumerate() {
        let bit = index + UNUSED;
        if nulls[bit / 8] & (1 << (bit % 8)) != 0 {
            spans.push(NULL);
            continue;
        }
        let value = match column.ty.width() {
            Width::Fixed(width) => fields.bytes(width.into())?,
            Width::Byte => {
                let length = fields.u8()?;
                fields.bytes(length.into())?
            }
            Width::Encoded => fields.string()?,
        };
        let end = bytes.len() - fields.rest().len();
        spans.push(((end - value.len()) as u32, end as u32));
    }
    end_of_row(fields)
}

fn end_of_row(fields: Fields<'_>) -> Result<()> {
    if fields.is_empty() {
        Ok(())
    } else {
        Err(Error::protocol("the server sent a row that is longer than its values"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::column::{Collector, ColumnType, tests::sent};

    fn columns(types: &[ColumnType]) -> Arc<Columns> {
        let mut collector = Collector::default();
        collector.start(types.len() as u64).unwrap();
        for &ty in types {
            collector.add(&sent("c", ty, 0)).unwrap();
        }
        collector.columns(&Arc::default()).unwrap()
    }

    #[test]
    fn binary() {
        let columns =
            columns(&[ColumnType::LONG, ColumnType::VAR_STRING, ColumnType::DATE, ColumnType::TINY]);
        let mut spans = Vec::new();
        let bytes = b"\x00\x08\x01\x00\x00\x00\x04\xe8\x07\x02\x1d\x09";
        let row = Row::find(bytes, &columns, Format::Binary, 0, &mut spans).unwrap();
        let values = [row.get(0), row.get(1), row.get(2), row.get(3), row.get(4)];
        assert_eq!(values, [Some(&b"\x01\0\0\0"[..]), None, Some(b"\xe8\x07\x02\x1d"), Some(b"\x09"), None]);
        for end in 0..bytes.len() {
            assert!(Row::find(&bytes[..end], &columns, Format::Binary, 0, &mut Vec::new()).is_err());
        }
    }

    #[test]
    fn text() {
        let columns = columns(&[ColumnType::LONG, ColumnType::VAR_STRING, ColumnType::STRING]);
        let mut spans = Vec::new();
        let row = Row::find(b"\x0242\xfb\x00", &columns, Format::Text, 1, &mut spans).unwrap();
        assert_eq!([row.get(0), row.get(1), row.get(2)], [Some(&b"42"[..]), None, Some(b"")]);
        assert_eq!(row.result(), 1);
        assert!(Row::find(b"\x0242\xfb", &columns, Format::Text, 0, &mut Vec::new()).is_err());
        assert!(Row::find(b"\x0242\xfb\x00\x00", &columns, Format::Text, 0, &mut Vec::new()).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, types: Vec<u8>, binary: bool) {
            let types: Vec<_> = types.into_iter().map(ColumnType).collect();
            let format = if binary { Format::Binary } else { Format::Text };
            let columns = columns(&types);
            let mut spans = Vec::new();
            if let Ok(row) = Row::find(&bytes, &columns, format, 0, &mut spans) {
                for index in 0..types.len() {
                    row.get(index);
                }
            }
        }
    }
}
