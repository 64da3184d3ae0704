//! What MySQL and MariaDB report of a statement that they have prepared, and of the tables' columns that it returns.

use aio_databases_mysql::{BoxError, Connection, Flow, Params as Arguments, Result, Row, Sql};
use aio_databases_mysql::{ColumnType, write_string};

use crate::verify::{Described, DescribedColumn, Origin, Params, Wanted};

/// A column's declared type, and whether it can be null. The casts are there because the views' text is bytes on some servers.
const COLUMN: &str =
    "select cast(column_type as char), cast(is_nullable as char) from information_schema.columns
    where table_schema = database() and table_name = ? and column_name = ?";

pub(super) async fn describe(connection: &mut Connection, wanted: &Wanted) -> Result<Described> {
    let prepared = match connection.describe(Sql::Static(wanted.sql.text)).await {
        Ok(prepared) => prepared,
        // It runs without being prepared.
        Err(error) if error.server().is_some_and(|error| error.is_not_preparable()) => {
            return Ok(Described::default());
        }
        Err(error) => return Err(error),
    };
    let params = Params::Count(prepared.params);
    // The columns of `returning` are only known when it runs.
    if prepared.columns.is_empty() {
        return Ok(Described { columns: None, params });
    }
    let mut columns = Vec::new();
    for (index, column) in prepared.columns.iter().enumerate() {
        let found = match wanted.origins.get(index).copied().flatten() {
            Some(origin) => declared(connection, origin).await?,
            None => None,
        };
        let (ty, not_null) = found.unzip();
        columns.push(DescribedColumn { name: column.name().to_owned(), ty, not_null });
    }
    Ok(Described { columns: Some(columns), params })
}

/// The declared type of a table's column, and whether it is not null.
async fn declared(connection: &mut Connection, origin: Origin) -> Result<Option<(String, bool)>> {
    let mut found = None;
    let mut sink = |row: Row<'_>| {
        let text = |index| row.get(index).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        found = text(0).zip(text(1).map(|nullable| nullable == "NO"));
        Flow::Continue
    };
    let mut bind = |params: &mut Arguments<'_>| -> Result<(), BoxError> {
        for name in [origin.table, origin.column] {
            params.value(ColumnType::VAR_STRING, false, |out| {
                write_string(name.as_bytes(), out);
                Ok::<_, BoxError>(())
            })?;
        }
        Ok(())
    };
    connection.execute(Sql::Static(COLUMN), 2, &mut bind, &mut sink).await?;
    Ok(found)
}
