//! A row in the read buffer.

use crate::{Column, Error, Result, wire::reader::Fault};

/// A row. Its values are slices of the connection's read buffer.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    columns: &'a [Column],
    body: &'a [u8],
    ranges: &'a [Range],
}

/// Where a value is in its row. A null has no place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    start: u32,
    end: u32,
}

const NULL: Range = Range { start: u32::MAX, end: u32::MAX };

impl<'a> Row<'a> {
    /// Finds the values of a row. `ranges` is memory to use again.
    #[inline]
    pub(crate) fn parse(
        body: &'a [u8],
        columns: &'a [Column],
        ranges: &'a mut Vec<Range>,
    ) -> Result<Row<'a>> {
        split(body, columns.len(), ranges)?;
        Ok(Row { columns, body, ranges })
    }

    /// How many values it has.
    #[inline]
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Whether it has no values.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Its columns.
    #[inline]
    pub fn columns(&self) -> &'a [Column] {
        self.columns
    }

    /// The bytes of a value, or `None` for a null. They are binary if [`Column::binary`] says so.
    ///
    /// # Panics
    ///
    /// If there is no such column.
    #[inline]
    pub fn get(&self, column: usize) -> Option<&'a [u8]> {
        let Range { start, end } = self.ranges[column];
        // A null's place is beyond the end of any row.
        self.body.get(start as usize..end as usize)
    }

    /// The values in turn.
    pub fn iter(&self) -> impl Iterator<Item = Option<&'a [u8]>> + use<'a> {
        let body = self.body;
        self.ranges.iter().map(move |range| body.get(range.start as usize..range.end as usize))
    }
}

/// Finds the values of a row, and compares them with its length.
#[inline]
fn split(body: &[u8], columns: usize, ranges: &mut Vec<Range>) -> Result<()> {
    const SHORT: Error = Error::Protocol("a row is shorter than its values");
    let Some((&count, mut rest)) = body.split_first_chunk() else { return Err(SHORT) };
    if usize::from(u16::from_be_bytes(count)) != columns {
        return Err(Error::from(Fault::Malformed("a row has another number of columns than was described")));
    }
    ranges.clear();
    ranges.reserve(columns);
    let mut at = 2_u32;
    for _ in 0..columns {
        let Some((&length, after)) = rest.split_first_chunk() else { return Err(SHORT) };
        at += 4;
        match u32::from_be_bytes(length) {
            u32::MAX => {
                ranges.push(NULL);
                rest = after;
            }
            length => {
                // A row has at most 2^30 bytes.
                let Some(after) = after.get(length as usize..) else { return Err(SHORT) };
                ranges.push(Range { start: at, end: at + length });
                at += length;
                rest = after;
            }
        }
    }
    match rest.is_empty() {
        true => Ok(()),
        false => Err(Error::Protocol("a row is longer than its values")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(body: &[u8], columns: usize) -> Option<Vec<Option<Vec<u8>>>> {
        let mut ranges = Vec::new();
        split(body, columns, &mut ranges).ok()?;
        let row = Row { columns: &[], body, ranges: &ranges };
        let values: Vec<_> = row.iter().collect();
        assert_eq!(values, (0..columns).map(|column| row.get(column)).collect::<Vec<_>>());
        Some(values.into_iter().map(|value| value.map(<[u8]>::to_vec)).collect())
    }

    #[test]
    fn rows_are_split_into_values() {
        assert_eq!(values(b"\0\0", 0), Some(vec![]));
        let row = b"\0\x03\0\0\0\x02ab\xff\xff\xff\xff\0\0\0\0";
        assert_eq!(values(row, 3), Some(vec![Some(b"ab".to_vec()), None, Some(vec![])]));
        assert_eq!(values(row, 2), None);
        for end in 0..row.len() {
            assert_eq!(values(&row[..end], 3), None);
        }
        assert_eq!(values(b"\0\x01\xff\xff\xff\xfe", 1), None);
        assert_eq!(values(b"\0\0x", 0), None);
    }
}
