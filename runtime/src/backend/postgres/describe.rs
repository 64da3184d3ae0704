//! What PostgreSQL says of a statement that it has prepared.

use std::{collections::HashMap, fmt::Write as _, ops::ControlFlow};

use aio_databases_postgres::{Column, Connection, Done, Oid, Query, Result, Results, Row, Sql};

use crate::verify::{Described, DescribedColumn, Params};

/// A type's name; for a domain its base type's, through domains over domains.
const TYPES: &str = "with recursive base as (
        select oid, oid as of, typbasetype as next from pg_type where oid = any('{OIDS}')
        union all select base.oid, pg_type.oid, typbasetype from base join pg_type on pg_type.oid = base.next
    )
    select base.oid, case when element.oid is null then pg_type.typname else element.typname || '[]' end
    from base join pg_type on pg_type.oid = base.of
    left join pg_type element on element.oid = pg_type.typelem and element.typarray = pg_type.oid
    where base.next = 0";

const NOT_NULL: &str =
    "select attrelid, attnum, attnotnull from pg_attribute where attrelid = any('{OIDS}') and attnum > 0";

pub(super) async fn describe(connection: &mut Connection, sql: &'static str) -> Result<Described> {
    let statement = connection.describe(&Query::new(Sql::Static(sql))).await?;
    let column_types = statement.columns.iter().map(|column| column.type_oid);
    let types = types(connection, statement.parameters.iter().copied().chain(column_types)).await?;
    let not_null = not_null(connection, &statement.columns).await?;
    let described = |column: &Column| DescribedColumn {
        name: column.name.to_string(),
        ty: types.get(&column.type_oid).cloned(),
        not_null: not_null.get(&(column.table, column.attribute)).copied(),
    };
    let parameters = statement.parameters.iter().map(|oid| types.get(oid).cloned().unwrap_or_default());
    Ok(Described {
        columns: Some(statement.columns.iter().map(described).collect()),
        params: Params::Types(parameters.collect()),
    })
}

/// The names of types, by their numbers in this database.
async fn types(connection: &mut Connection, oids: impl Iterator<Item = Oid>) -> Result<HashMap<Oid, String>> {
    let rows = rows(connection, TYPES, oids).await?;
    Ok(rows.iter().filter_map(|row| Some((row.first()?.parse().ok()?, row.get(1)?.clone()))).collect())
}

/// Whether columns of tables are declared not null, by table and number.
async fn not_null(connection: &mut Connection, columns: &[Column]) -> Result<HashMap<(Oid, i16), bool>> {
    let tables = columns.iter().map(|column| column.table).filter(|table| *table != 0);
    let rows = rows(connection, NOT_NULL, tables).await?;
    let read = |row: &Vec<String>| {
        Some(((row.first()?.parse().ok()?, row.get(1)?.parse().ok()?), row.get(2)? == "t"))
    };
    Ok(rows.iter().filter_map(read).collect())
}

/// The rows of a query about objects with these numbers, as text.
async fn rows(
    connection: &mut Connection,
    sql: &str,
    oids: impl Iterator<Item = Oid>,
) -> Result<Vec<Vec<String>>> {
    let mut list = String::from("{");
    for (index, oid) in oids.enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(list, "{comma}{oid}");
    }
    list.push('}');
    let mut rows = Rows(Vec::new());
    connection.simple(&sql.replace("{OIDS}", &list), &mut rows).await?;
    Ok(rows.0)
}

struct Rows(Vec<Vec<String>>);

impl Results for Rows {
    fn columns(&mut self, _: &[Column]) {}

    fn row(&mut self, row: Row<'_>) -> ControlFlow<()> {
        let text = |value: Option<&[u8]>| String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
        self.0.push(row.iter().map(text).collect());
        ControlFlow::Continue(())
    }

    fn done(&mut self, _: &Done) {}
}
