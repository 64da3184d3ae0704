//! What SQLite says of a statement that it has prepared, and of the tables' columns that it gives.

use aio_databases_sql::Dialect;
use rusqlite::{Connection, OptionalExtension as _};

use super::{
    engine::Engine,
    errors::{error, error_in},
};
use crate::{
    Result,
    statement::kind::{StatementKind, kind_of},
    verify::{Described, DescribedColumn, Origin, Params, Wanted},
};

const COLUMN: &str =
    "select type, \"notnull\" or (pk > 0 and lower(type) = 'integer') from pragma_table_xinfo(?1)
    where name = ?2 collate nocase";

pub(super) fn describe(session: &mut Engine, wanted: &Wanted) -> Result<Described> {
    let connection = session.connection();
    let (text, statements) = (wanted.sql.text, wanted.sql.statements);
    let Some((last, before)) = statements.split_last() else { return one(connection, text, 0, wanted) };
    for &(start, end) in before {
        let part = text.get(start..end).unwrap_or_default();
        drop(connection.prepare(part).map_err(|problem| error_in(problem, start))?);
        // What comes after may need it to have run.
        if !matches!(
            kind_of(part, Dialect::Sqlite),
            StatementKind::Query | StatementKind::Insert | StatementKind::Change
        ) {
            return Ok(Described::default());
        }
    }
    let &(start, end) = last;
    let mut described = one(connection, text.get(start..end).unwrap_or_default(), start, wanted)?;
    // Each binds some of the arguments.
    described.params = Params::Unknown;
    Ok(described)
}

fn one(connection: &Connection, sql: &str, start: usize, wanted: &Wanted) -> Result<Described> {
    let statement = connection.prepare(sql).map_err(|problem| error_in(problem, start))?;
    let params = Params::Count(statement.parameter_count());
    let columns = statement.column_names().into_iter().enumerate().map(|(index, name)| {
        let found = match wanted.origins.get(index).copied().flatten() {
            Some(origin) => column(connection, origin).map_err(error)?,
            None => None,
        };
        let (ty, not_null) = found.unzip();
        Ok(DescribedColumn { name: name.to_owned(), ty, not_null })
    });
    Ok(Described { columns: Some(columns.collect::<Result<_>>()?), params })
}

/// The declared type of a table's column, and whether it is not null. None: there is no such column, or it is a view's.
fn column(connection: &Connection, origin: Origin) -> rusqlite::Result<Option<(String, bool)>> {
    let mut statement = connection.prepare(COLUMN)?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    statement.query_row([origin.table, origin.column], read).optional()
}
