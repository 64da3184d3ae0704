//! What MySQL and MariaDB say of a statement that they have prepared, and of the tables' columns that it gives.

use sqlx::{
    Column as _, Either, Executor as _, MySqlConnection, Row as _, SqlSafeStr as _, Statement as _,
    mysql::{MySqlDatabaseError, MySqlRow},
};

use super::UNSUPPORTED_PREPARED;
use crate::verify::{Described, DescribedColumn, Origin, Params, Wanted};

// As bytes: what is text in its views depends on the server.
const COLUMN: &str =
    "select cast(column_type as char), cast(is_nullable as char) from information_schema.columns
    where table_schema = database() and table_name = ? and column_name = ?";

pub(super) async fn describe(connection: &mut MySqlConnection, wanted: &Wanted) -> sqlx::Result<Described> {
    let statement = match (&mut *connection).prepare(wanted.sql.text.into_sql_str()).await {
        Ok(statement) => statement,
        // It runs without being prepared.
        Err(sqlx::Error::Database(error))
            if error
                .try_downcast_ref::<MySqlDatabaseError>()
                .is_some_and(|error| error.number() == UNSUPPORTED_PREPARED) =>
        {
            return Ok(Described::default());
        }
        Err(error) => return Err(error),
    };
    let params = match statement.parameters() {
        Some(Either::Right(count)) => Params::Count(count),
        _ => Params::Unknown,
    };
    let names: Vec<String> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
    // What `returning` gives is told when it is run.
    if names.is_empty() {
        return Ok(Described { columns: None, params });
    }
    let mut columns = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        let row = match wanted.origins.get(index).copied().flatten() {
            Some(origin) => column(connection, origin).await?,
            None => None,
        };
        let text = |row: &MySqlRow, at| row.try_get::<String, _>(at);
        columns.push(DescribedColumn {
            name,
            ty: row.as_ref().map(|row| text(row, 0)).transpose()?,
            not_null: row.as_ref().map(|row| Ok::<_, sqlx::Error>(text(row, 1)? == "NO")).transpose()?,
        });
    }
    Ok(Described { columns: Some(columns), params })
}

async fn column(connection: &mut MySqlConnection, origin: Origin) -> sqlx::Result<Option<MySqlRow>> {
    sqlx::query(COLUMN).bind(origin.table).bind(origin.column).fetch_optional(connection).await
}
