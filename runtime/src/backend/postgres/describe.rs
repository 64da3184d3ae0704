//! What PostgreSQL says of a statement that it has prepared.

use std::collections::HashMap;

use sqlx::{
    Column as _, Either, Executor as _, PgConnection, Row as _, SqlSafeStr as _, Statement as _,
    postgres::{PgColumn, PgTypeInfo, types::Oid},
};

use crate::verify::{Described, DescribedColumn, Params};

/// A type's name; that of a domain's base, through domains over domains. What is no array has no element.
const TYPES: &str = "with recursive base as (
        select oid, oid as of, typbasetype as next from pg_type where oid = any($1)
        union all select base.oid, pg_type.oid, typbasetype from base join pg_type on pg_type.oid = base.next
    )
    select base.oid, case when element.oid is null then pg_type.typname else element.typname || '[]' end
    from base join pg_type on pg_type.oid = base.of
    left join pg_type element on element.oid = pg_type.typelem and element.typarray = pg_type.oid
    where base.next = 0";

const NOT_NULL: &str = "select attrelid, attnum, attnotnull from pg_attribute where attrelid = any($1)";

pub(super) async fn describe(connection: &mut PgConnection, sql: &'static str) -> sqlx::Result<Described> {
    let statement = (&mut *connection).prepare(sql.into_sql_str()).await?;
    let params = match statement.parameters() {
        Some(Either::Left(types)) => types,
        _ => &[],
    };
    let columns = statement.columns();
    let types =
        types(connection, params.iter().chain(columns.iter().map(|column| column.type_info()))).await?;
    let not_null = not_null(connection, columns).await?;
    let name = |ty: &PgTypeInfo| types.get(&ty.oid().unwrap_or_default().0).cloned();
    let described = |column: &PgColumn| DescribedColumn {
        name: column.name().to_owned(),
        ty: name(column.type_info()),
        not_null: place(column).and_then(|place| not_null.get(&place).copied()),
    };
    Ok(Described {
        columns: Some(columns.iter().map(described).collect()),
        params: Params::Types(params.iter().map(|ty| name(ty).unwrap_or_default()).collect()),
    })
}

/// The names of types, by their numbers in this database.
async fn types<'t>(
    connection: &mut PgConnection,
    types: impl Iterator<Item = &'t PgTypeInfo>,
) -> sqlx::Result<HashMap<u32, String>> {
    let numbers: Vec<Oid> = types.filter_map(PgTypeInfo::oid).collect();
    let rows = sqlx::query(TYPES).bind(numbers).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get::<Oid, _>(0)?.0, row.try_get(1)?))).collect()
}

/// The column of a table that a column is.
fn place(column: &PgColumn) -> Option<(u32, i16)> {
    Some((column.relation_id()?.0, column.relation_attribute_no()?))
}

async fn not_null(
    connection: &mut PgConnection,
    columns: &[PgColumn],
) -> sqlx::Result<HashMap<(u32, i16), bool>> {
    let tables: Vec<Oid> = columns.iter().filter_map(PgColumn::relation_id).collect();
    let rows = sqlx::query(NOT_NULL).bind(tables).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(((row.try_get::<Oid, _>(0)?.0, row.try_get(1)?), row.try_get(2)?))).collect()
}
