//! One statement for many rows, run for all of them at once: where the macro has shown that it means the same.

use std::{borrow::Cow, sync::Arc};

use crate::{
    Value,
    statement::Batch,
    statement::command::{Args, Command, Text},
};

impl Command {
    /// The command for all rows at once, where there is one and it is worth the while.
    pub(crate) fn all_at_once(self: &Arc<Self>) -> Option<Arc<Command>> {
        let (Some(batch), Args::Many(rows)) = (self.batch, &self.args) else { return None };
        let is_null = |row: &Vec<Value>, index: &u16| row.get(usize::from(*index)).is_none_or(Value::is_null);
        if rows.len() < 2 || rows.iter().any(|row| batch.never_null.iter().any(|index| is_null(row, index))) {
            return None;
        }
        Some(Arc::new(Command {
            text: Text::Static(batch.before),
            order: Cow::Borrowed(batch.order),
            types: &[],
            statements: Cow::Borrowed(&[]),
            args: Args::Batch(Arc::clone(self), batch),
            batch: None,
            timeout: self.timeout,
            ..**self
        }))
    }

    /// Whether it is one statement, which the server does wholly or not at all.
    pub(crate) fn is_atomic(&self) -> bool {
        match &self.args {
            Args::Batch(command, batch) => batch.row.is_empty() && chunks(command, batch).nth(1).is_none(),
            _ => false,
        }
    }
}

impl Batch {
    /// The text for several rows.
    pub(crate) fn of_rows(&self, count: usize) -> String {
        let Batch { before, row, after, .. } = self;
        let mut text = String::with_capacity(before.len() + (row.len() + 1) * count + after.len());
        text.push_str(before);
        for number in 0..count {
            if number > 0 {
                text.push(',');
            }
            text.push_str(row);
        }
        text.push_str(after);
        text
    }
}

/// How many bytes of arguments go into one statement. A server takes a packet of 1 MiB (MySQL) at the least, an array of a
/// GiB (PostgreSQL) at the most.
const MYSQL_BYTES: usize = 1 << 19;
const POSTGRES_BYTES: usize = 1 << 24;

/// How many rows go into one of MySQL's statements, and how many placeholders: it counts them in 16 bits.
const MYSQL_ROWS: usize = 1024;
const MYSQL_PARAMS: usize = u16::MAX as usize;

/// The rows in parts, each of which is one statement.
///
/// MySQL has a text for each number of rows, and prepares it: so that these are few, the numbers are powers of two. The
/// last row goes alone: the number that the server gave to it is then known.
pub(crate) fn chunks<'c>(
    command: &'c Command,
    batch: &'static Batch,
) -> impl Iterator<Item = &'c [Vec<Value>]> {
    let mut rest: &[Vec<Value>] = match &command.args {
        Args::Many(rows) => rows,
        _ => &[],
    };
    let arrays = batch.row.is_empty();
    let most = if arrays { POSTGRES_BYTES } else { MYSQL_BYTES };
    std::iter::from_fn(move || {
        let count = match arrays {
            true => fitting(rest, most, usize::MAX),
            false => {
                let rows =
                    MYSQL_ROWS.min(MYSQL_PARAMS / batch.order.len().max(1)).min(rest.len().saturating_sub(1));
                let count = fitting(rest, most, rows.max(1));
                // The power of two that is not above it.
                if count == 0 { 0 } else { 1 << count.ilog2() }
            }
        };
        let (chunk, after) = rest.split_at(count);
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// How many of the first rows fit: at least one, if there is one.
fn fitting(rows: &[Vec<Value>], bytes: usize, most: usize) -> usize {
    let mut left = bytes;
    let fits = |row: &&Vec<Value>| {
        let size = row.iter().map(size).sum();
        let fits = left >= size;
        left = left.saturating_sub(size);
        fits
    };
    rows.iter().take(most).take_while(fits).count().max(rows.len().min(1))
}

/// About how many bytes a value has on its way.
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Json(text) | Value::Invalid(text) => text.len() + 9,
        Value::Bytes(bytes) => bytes.len() + 9,
        Value::Array(values) => values.iter().map(size).sum::<usize>() + 24,
        Value::Numeric(_) => 40,
        _ => 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        statement::kind::StatementKind,
        statement::{Access, Cardinality},
    };

    const ARRAYS: Batch = batch("", &[0, 1]);
    const ROWS: Batch = batch("(?, ?)", &[0, 1]);

    const fn batch(row: &'static str, order: &'static [u16]) -> Batch {
        Batch {
            dialect: aio_databases_sql::Dialect::Mysql,
            before: "insert",
            row,
            after: "",
            order,
            never_null: &[1],
        }
    }

    fn command(rows: Vec<Vec<Value>>, batch: &'static Batch) -> Arc<Command> {
        Arc::new(Command {
            timeout: None,
            text: Text::Static(""),
            order: Cow::Borrowed(&[]),
            types: &[],
            statements: Cow::Borrowed(&[]),
            args: Args::Many(rows),
            access: Access::Write,
            kind: StatementKind::Insert,
            file: "",
            line: 1,
            columns: &[],
            rows: Cardinality::Many,
            checked: true,
            changes_session: false,
            batch: Some(batch),
        })
    }

    fn numbers(count: i64) -> Vec<Vec<Value>> {
        (0..count).map(|n| vec![Value::Int(n), Value::Int(n)]).collect()
    }

    fn lengths(rows: Vec<Vec<Value>>, batch: &'static Batch) -> Vec<usize> {
        let command = command(rows, batch);
        let all: usize = chunks(&command, batch).map(<[_]>::len).sum();
        let Args::Many(rows) = &command.args else { unreachable!() };
        assert_eq!(all, rows.len());
        chunks(&command, batch).map(<[_]>::len).collect()
    }

    #[test]
    fn in_parts() {
        assert_eq!(lengths(numbers(1000), &ROWS), [512, 256, 128, 64, 32, 4, 2, 1, 1]);
        assert_eq!(lengths(numbers(2049), &ROWS), [1024, 1024, 1]);
        assert_eq!(lengths(numbers(2), &ROWS), [1, 1]);
        assert_eq!(lengths(numbers(100_000), &ARRAYS), [100_000]);
        let large = |megabytes: usize| vec![Value::Text("x".repeat(megabytes << 20)), Value::Int(1)];
        assert_eq!(lengths(vec![large(1), large(1), large(1), large(1)], &ROWS), [1, 1, 1, 1]);
        assert_eq!(lengths(vec![large(9), large(6), large(9), large(17), large(1)], &ARRAYS), [2, 1, 1, 1]);
    }

    #[test]
    fn rows_with_a_null_where_none_may_be_go_one_by_one() {
        let mut rows = numbers(3);
        assert!(command(rows.clone(), &ROWS).all_at_once().is_some());
        rows[1][1] = Value::Null;
        assert!(command(rows, &ROWS).all_at_once().is_none());
        assert!(command(numbers(1), &ROWS).all_at_once().is_none());
    }
}
