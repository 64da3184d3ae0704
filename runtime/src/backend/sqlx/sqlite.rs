//! SQLite through sqlx: values have the types that SQLite itself has.

use ::sqlx::{
    Arguments as _, Column as _, Decode, Either, Executor as _, Row as _, SqlStr, Sqlite, SqliteConnection,
    Statement as _, TypeInfo as _, ValueRef as _,
    error::Error as SqlxError,
    sqlite::{SqliteArguments, SqliteRow},
};
use aio_databases_sql::Dialect;
use rusqlite::{ffi, types::ValueRef};

use super::{
    errors::error,
    rows::Reading,
    run::{Driver, sql},
};
use crate::{
    Backend, DatabaseError, Done, EncodeError, Error, Raw, Result, Row, Value,
    backend::{
        refusal::argument,
        sink::{Discard, Sink},
        sqlite::{
            decode::AnyType,
            encode::{class, to_sql},
            errors::said,
        },
    },
    statement::{
        command::{Command, Text},
        kind::{StatementKind, kind_of},
    },
    value::reference::{Cell, Plain, RowSource},
};

impl Driver for Sqlite {
    const BACKEND: Backend = Backend::Sqlite;
    const BEGIN: &'static str = "begin immediate";
    // sqlx runs a statement on the thread of the connection, whose answer is what costs the most.
    const BATCHES: bool = false;
    const RECOVERS: bool = true;

    async fn statement(
        connection: &mut SqliteConnection,
        text: &Text,
        command: &Command,
        args: &[Vec<Value>],
        reading: &mut Reading<'_>,
    ) -> Result<Done> {
        let [args] = args else { return Err(Error::protocol("several rows came to a statement for one")) };
        let Some((last, others)) = command.statements.split_last() else {
            let arguments = arguments(args, &command.order)?;
            return one(connection, sql(text), arguments, command.kind, reading).await;
        };
        let (mut done, mut discard) = (Done::default(), Discard);
        for &place in others {
            let discard: &mut dyn Sink = &mut discard;
            let mut unread = Reading::new(discard, reading.state, command.access);
            done = done.and(part(connection, text, place, command, args, &mut unread).await?);
        }
        Ok(done.and(part(connection, text, *last, command, args, reading).await?))
    }

    async fn is_in_transaction(_: &mut SqliteConnection) -> Result<bool> {
        // There, `begin` is an error.
        Ok(false)
    }

    fn database_error(error: Box<dyn ::sqlx::error::DatabaseError>) -> DatabaseError {
        let code = error.code().and_then(|code| code.parse().ok()).map(ffi::Error::new);
        let shown = said(code, error.message().to_owned());
        DatabaseError { source: Some(error.into_error()), ..shown }
    }
}

/// Runs one of several statements, which share their arguments.
async fn part(
    connection: &mut SqliteConnection,
    text: &Text,
    (start, end): (usize, usize),
    command: &Command,
    args: &[Value],
    reading: &mut Reading<'_>,
) -> Result<Done> {
    let text = text.as_str().get(start..end).unwrap_or_default();
    let kind = kind_of(text, Dialect::Sqlite);
    let text = Text::Shared(text.into());
    let statement = connection.prepare(sql(&text)).await.map_err(error::<Sqlite>)?;
    let count = match statement.parameters() {
        Some(Either::Right(count)) => count,
        _ => 0,
    };
    let order = command.order.get(..count).unwrap_or(&command.order);
    one(connection, sql(&text), arguments(args, order)?, kind, reading).await
}

async fn one(
    connection: &mut SqliteConnection,
    text: SqlStr,
    arguments: SqliteArguments,
    kind: StatementKind,
    reading: &mut Reading<'_>,
) -> Result<Done> {
    let results = connection.fetch_many((text, Some(arguments)));
    let done = reading.read::<Sqlite>(results, |reading, _, row| match Cells::of(row) {
        Ok(cells) => reading.take(&Row::new(&cells)),
        Err(problem) => reading.fail(error::<Sqlite>(problem)),
    });
    let done = done.await.map_err(error::<Sqlite>)?;
    // After any other statement, SQLite's counts are still those of an earlier one.
    let changes = matches!(kind, StatementKind::Insert | StatementKind::Change);
    if !changes || done.rows_affected() == 0 {
        return Ok(Done::default());
    }
    Ok(Done {
        rows_affected: done.rows_affected(),
        last_insert_id: (kind == StatementKind::Insert).then(|| done.last_insert_rowid()),
    })
}

/// The arguments of a statement, in the order of its parameters.
fn arguments(values: &[Value], order: &[u16]) -> Result<SqliteArguments> {
    let rejected = |source: EncodeError| Error::Encode { query: None, source: Box::new(source) };
    let mut arguments = SqliteArguments::default();
    for &index in order {
        let value = argument(values, index).map_err(rejected)?;
        let bound = to_sql(value).map_err(|refusal| rejected(refusal.of(index, class(value), value)))?;
        let value = match &bound {
            rusqlite::types::ToSqlOutput::Owned(owned) => owned.into(),
            rusqlite::types::ToSqlOutput::Borrowed(borrowed) => *borrowed,
            _ => ValueRef::Null,
        };
        let added = match value {
            ValueRef::Null => arguments.add(None::<i64>),
            ValueRef::Integer(value) => arguments.add(value),
            ValueRef::Real(value) => arguments.add(value),
            ValueRef::Text(value) => match std::str::from_utf8(value) {
                Ok(text) => arguments.add(text),
                Err(error) => Err(error.into()),
            },
            ValueRef::Blob(value) => arguments.add(value),
        };
        added.map_err(Error::protocol)?;
    }
    Ok(arguments)
}

/// A row, with its values as they are.
struct Cells<'r> {
    row: &'r SqliteRow,
    cells: Vec<Cell<'r>>,
}

impl<'r> Cells<'r> {
    fn of(row: &'r SqliteRow) -> Result<Self, SqlxError> {
        let cells = (0..row.columns().len()).map(|column| cell(row, column)).collect::<Result<_, _>>()?;
        Ok(Cells { row, cells })
    }
}

/// A value. Nothing is converted: it is read as the type that it has.
fn cell(row: &SqliteRow, column: usize) -> Result<Cell<'_>, SqlxError> {
    let value = row.try_get_raw(column)?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    let class = value.type_info().name().to_owned();
    let cell = match &*class {
        "INTEGER" => Decode::<Sqlite>::decode(value).map(Cell::Integer),
        "REAL" => Decode::<Sqlite>::decode(value).map(Cell::Real),
        "TEXT" => Decode::<Sqlite>::decode(value).map(Cell::Text),
        "BLOB" => Decode::<Sqlite>::decode(value).map(Cell::Blob),
        other => Err(format!("SQLite has no values of the type {other}").into()),
    };
    cell.map_err(SqlxError::Decode)
}

impl RowSource for Cells<'_> {
    fn len(&self) -> usize {
        self.cells.len()
    }

    fn names(&self) -> Vec<String> {
        self.row.columns().iter().map(|column| column.name().to_owned()).collect()
    }

    fn size(&self) -> usize {
        let size = |cell: &Cell<'_>| match cell {
            Cell::Text(bytes) | Cell::Blob(bytes) => bytes.len(),
            _ => 8,
        };
        self.cells.iter().map(size).sum()
    }

    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        Some(Raw::new(&AnyType, *self.cells.get(column)?))
    }

    fn plain(&self, column: usize) -> Option<Plain<'_>> {
        Some(match *self.cells.get(column)? {
            Cell::Null => Plain::Null,
            Cell::Integer(value) => Plain::Integer(value),
            Cell::Real(value) => Plain::Float(value),
            Cell::Text(value) => Plain::Text(value),
            _ => return None,
        })
    }
}
