//! Many rows of arguments, one behind the other: to keep each row and each text in a piece of memory of its own, and to free
//! that on another thread, costs a third of what it costs to insert the row.

use std::ops::Range;

use crate::{
    Value,
    value::encode::{Put, To},
};

/// Longer texts stay where they are: to copy them costs more than to keep them.
const SHORT: usize = 256;

/// Rows of equally many arguments.
#[derive(Debug, Default)]
pub(crate) struct PackedRows {
    rows: usize,
    width: usize,
    cells: Vec<Cell>,
    /// The short texts.
    text: String,
}

#[derive(Debug)]
pub(crate) enum Cell {
    /// A part of the text.
    Text {
        start: usize,
        end: usize,
    },
    Value(Value),
}

/// One argument.
#[derive(Clone, Copy)]
pub(crate) enum Argument<'a> {
    Text(&'a str),
    Value(&'a Value),
}

/// The arguments of one row.
#[derive(Clone, Copy)]
pub(crate) enum Arguments<'a> {
    Values(&'a [Value]),
    PackedRows { cells: &'a [Cell], text: &'a str },
}

impl PackedRows {
    /// The rows; `put` puts the arguments of one, all as many as the first.
    pub(crate) fn new<R>(rows: impl IntoIterator<Item = R>, mut put: impl FnMut(R, &mut Put<'_>)) -> Self {
        let rows = rows.into_iter();
        let (least, _) = rows.size_hint();
        let mut flat = PackedRows::default();
        for row in rows {
            put(row, &mut Put(To::PackedRows(&mut flat)));
            if flat.rows == 0 {
                flat.width = flat.cells.len();
                flat.cells.reserve_exact(least.saturating_sub(1).saturating_mul(flat.width));
            }
            flat.rows += 1;
        }
        flat
    }

    pub(crate) fn add(&mut self, value: Value) {
        match value {
            Value::Text(text) if text.len() <= SHORT => self.add_text(&text),
            value => self.cells.push(Cell::Value(value)),
        }
    }

    pub(crate) fn add_text(&mut self, text: &str) {
        self.cells.push(match text.len() <= SHORT {
            true => {
                let start = self.text.len();
                self.text.push_str(text);
                Cell::Text { start, end: self.text.len() }
            }
            false => Cell::Value(Value::Text(text.to_owned())),
        });
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Each of these rows.
    pub(crate) fn rows(&self, rows: Range<usize>) -> impl Iterator<Item = Arguments<'_>> {
        rows.map(|row| self.together(row..row + 1))
    }

    /// The arguments of several rows, one row's behind the other's.
    pub(crate) fn together(&self, rows: Range<usize>) -> Arguments<'_> {
        Arguments::PackedRows {
            cells: &self.cells[rows.start * self.width..rows.end * self.width],
            text: &self.text,
        }
    }

    /// The order in which the arguments of `count` rows are bound, where those of one are bound in this order; `None`: they
    /// are too many.
    pub(crate) fn order(&self, of_one: &[u16], count: usize) -> Option<Vec<u16>> {
        (0..count)
            .flat_map(|row| of_one.iter().map(move |index| row * self.width + usize::from(*index)))
            .map(|index| u16::try_from(index).ok())
            .collect()
    }
}

impl<'a> Arguments<'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            Arguments::Values(values) => values.len(),
            Arguments::PackedRows { cells, .. } => cells.len(),
        }
    }

    #[inline]
    pub(crate) fn get(self, index: usize) -> Option<Argument<'a>> {
        match self {
            Arguments::Values(values) => values.get(index).map(Argument::Value),
            Arguments::PackedRows { cells, text } => cells.get(index).map(|cell| match cell {
                Cell::Text { start, end } => Argument::Text(&text[*start..*end]),
                Cell::Value(value) => Argument::Value(value),
            }),
        }
    }
}

impl<'a> From<&'a [Value]> for Arguments<'a> {
    fn from(values: &'a [Value]) -> Self {
        Arguments::Values(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row's values, as they were given.
    fn through<const N: usize>(rows: Vec<[Value; N]>) {
        let flat = PackedRows::new(rows.clone(), |row: [Value; N], put: &mut Put<'_>| {
            row.into_iter().for_each(|value| put.value(value));
        });
        let back: Vec<Vec<Value>> = flat
            .rows(0..flat.len())
            .map(|row| {
                let value = |index| match row.get(index).unwrap() {
                    Argument::Text(text) => Value::Text(text.to_owned()),
                    Argument::Value(value) => value.clone(),
                };
                assert!(row.get(row.len()).is_none());
                (0..row.len()).map(value).collect()
            })
            .collect();
        assert_eq!(back, rows.into_iter().map(Vec::from).collect::<Vec<_>>());
    }

    #[test]
    fn rows_come_back_as_they_were_given() {
        let text = |length: usize| Value::Text("é".repeat(length));
        through::<2>(vec![]);
        through(vec![[], [], []]);
        through(vec![[Value::Int(1)], [Value::Null]]);
        through(vec![
            [text(0), Value::Int(1), text(3)],
            [text(SHORT), Value::Bytes(vec![0]), text(1)],
            [Value::Null, text(1), Value::Json("{}".into())],
        ]);
    }
}
