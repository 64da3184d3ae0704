//! A million rows, one after the other.

use std::hint::black_box;

use aio_databases::{Database, iterate};
use anyhow::{Result, ensure};
use futures_util::{Stream, TryStreamExt as _};
use mysql_async::{Conn, prelude::Queryable as _};
use sqlx::{Connection as _, MySqlConnection, PgConnection, SqliteConnection};

use crate::{case::Case, items::STREAMED, postgres, sqlite};

/// The texts that [`this`] has too: a macro's text is a literal.
pub(crate) const POSTGRES: &str =
    "select n, 'user number ' || n as name from generate_series(1, $1::bigint) n";
pub(crate) const SQLITE: &str = "with recursive n(n) as (select 1 union all select n + 1 from n where n < ?)
    select n, 'user number ' || n as name from n";
/// Neither MySQL nor MariaDB has tables of numbers that the other has too.
pub(crate) const MYSQL: &str = "with digits as (
        select 0 d union all select 1 union all select 2 union all select 3 union all select 4 union all
        select 5 union all select 6 union all select 7 union all select 8 union all select 9),
    numbers as (
        select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d + 100000 * f.d as n
        from digits a cross join digits b cross join digits c
        cross join digits d cross join digits e cross join digits f)
    select n, concat('user number ', n) as name from numbers where n <= ?";

/// Streams the rows with a macro, and counts them.
pub(crate) async fn this(db: &Database) -> Result<i64> {
    let rows = iterate!(db, {
        postgres: "select n, 'user number ' || n as name from generate_series(1, $1::bigint) n",
        sqlite: "with recursive n(n) as (select 1 union all select n + 1 from n where n < ?)
            select n, 'user number ' || n as name from n",
        mysql: "with digits as (
                select 0 d union all select 1 union all select 2 union all select 3 union all select 4 union all
                select 5 union all select 6 union all select 7 union all select 8 union all select 9),
            numbers as (
                select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d + 100000 * f.d as n
                from digits a cross join digits b cross join digits c
                cross join digits d cross join digits e cross join digits f)
            select n, concat('user number ', n) as name from numbers where n <= ?",
    }, STREAMED);
    count(rows).await
}

/// Counts rows, each looked at.
pub(crate) async fn count<R, E>(rows: impl Stream<Item = Result<R, E>>) -> Result<i64>
where
    anyhow::Error: From<E>,
{
    let mut rows = std::pin::pin!(rows);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        black_box(row);
        count += 1;
    }
    Ok(count)
}

fn all(found: i64) -> Result<()> {
    ensure!(found == STREAMED, "{found} rows instead of {STREAMED}");
    Ok(())
}

pub(crate) async fn postgres(url: &str, case: Case) -> Result<Case> {
    let db = Database::open(url).await?;
    let client = postgres::client(url).await?;
    let statement = client.prepare(POSTGRES).await?;
    let mut conn = PgConnection::connect(url).await?;
    Ok(case
        .slow()
        .add("tokio-postgres", async move || {
            let rows = client.query_raw(&statement, [STREAMED]).await?;
            all(count(rows.map_ok(|row| (row.get::<_, i64>(0), row.get::<_, String>(1)))).await?)
        })
        .add("this, database", async move || all(this(&db).await?))
        .add("sqlx, connection", async move || {
            all(count(sqlx::query_as::<_, (i64, String)>(POSTGRES).bind(STREAMED).fetch(&mut conn)).await?)
        }))
}

pub(crate) async fn mysql(url: &str, case: Case) -> Result<Case> {
    let db = Database::open(url).await?;
    let mut peer = Conn::from_url(url).await?;
    let statement = peer.prep(MYSQL).await?;
    let mut conn = MySqlConnection::connect(url).await?;
    Ok(case
        .slow()
        .add("mysql_async", async move || {
            all(count(peer.exec_stream::<(i64, String), _, _>(&statement, (STREAMED,)).await?).await?)
        })
        .add("this, database", async move || all(this(&db).await?))
        .add("sqlx, connection", async move || {
            all(count(sqlx::query_as::<_, (i64, String)>(MYSQL).bind(STREAMED).fetch(&mut conn)).await?)
        }))
}

pub(crate) async fn sqlite(url: &str, case: Case) -> Result<Case> {
    let db = Database::open(url).await?;
    let driver = sqlite::driver(url)?;
    let mut conn = SqliteConnection::connect(url).await?;
    Ok(case
        .slow()
        .add("rusqlite, same thread", async move || {
            let mut statement = driver.prepare_cached(SQLITE)?;
            let mut rows = statement.query([STREAMED])?;
            let mut count = 0;
            while let Some(row) = rows.next()? {
                black_box::<(i64, String)>((row.get(0)?, row.get(1)?));
                count += 1;
            }
            all(count)
        })
        .add("this, database", async move || all(this(&db).await?))
        .add("sqlx, connection", async move || {
            all(count(sqlx::query_as::<_, (i64, String)>(SQLITE).bind(STREAMED).fetch(&mut conn)).await?)
        }))
}
