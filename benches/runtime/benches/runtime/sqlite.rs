//! SQLite: beside rusqlite on the same thread, sqlx and diesel.

use std::{hint::black_box, path::Path, sync::Arc};

use aio_databases::{Database, Error, execute, executemany, fetchall, fetchone};
use anyhow::{Context, Result, ensure};
use sqlx::{Connection as _, SqliteConnection, SqlitePool};

use crate::{
    case::{Case, Plan},
    items::{COUNT, EACH, Item, Note, TASKS, keys, notes},
    peer_diesel_sqlite as peer,
    postgres::spread,
    stream,
};

const BY_KEY: &str = "select id, name, email, age from items where id = ?";
const UP_TO: &str = "select id, name, email, age from items where id <= ? order by id";
const INSERT: &str = "insert into notes (name, email, age) values (?, ?, ?)";

pub(crate) fn alone(url: &str) -> Vec<Plan> {
    let mut plans = vec![Plan::new("row by key", url, by_key)];
    plans.extend([1, 10, 100, 1_000, 10_000].map(|count| {
        Plan::new(format!("{count} rows"), url, async move |url: &str, case| rows(url, case, count).await)
    }));
    plans.extend([
        Plan::new("insert one in a transaction", url, insert_one),
        Plan::new("insert 1000", url, insert_many),
        Plan::new("stream 1000000 rows", url, stream::sqlite),
    ]);
    plans
}

pub(crate) fn together(url: &str) -> Vec<Plan> {
    vec![Plan::new("16 tasks by key", url, tasks)]
}

/// A database with its tables made and filled.
pub(crate) async fn database(url: &str) -> Result<Database> {
    let db = Database::open(url).await?;
    db.executescript("drop table if exists items; drop table if exists notes").await?;
    db.executescript(include_str!("../../migrations/sqlite/0001_items.sql")).await?;
    let fill = "insert into items with recursive n(n) as (select 1 union all select n + 1 from n where n < ?)
        select n, 'user number ' || n, case when n % 3 <> 0 then 'user' || n || '@example.org' end, n % 100 from n";
    db.execute(fill, (COUNT,)).await?;
    Ok(db)
}

/// The driver below, set as this library and sqlx set it.
pub(crate) fn driver(url: &str) -> Result<rusqlite::Connection> {
    let path = url.strip_prefix("sqlite:").context("no file")?;
    let conn = rusqlite::Connection::open(Path::new(path))?;
    conn.execute_batch("pragma foreign_keys = on; pragma journal_mode = wal; pragma synchronous = normal")?;
    Ok(conn)
}

fn item(row: &rusqlite::Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item { id: row.get(0)?, name: row.get(1)?, email: row.get(2)?, age: row.get(3)? })
}

async fn by_key(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    let (guard, scoped) = (db.connection().await?, db.clone());
    let pool = SqlitePool::connect(url).await?;
    let mut conn = SqliteConnection::connect(url).await?;
    let driver = driver(url)?;
    let mut diesel = peer::connect(url)?;
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g] = std::array::from_fn(|_| keys());
    Ok(case
        .add("rusqlite, same thread", async move || {
            black_box(driver.prepare_cached(BY_KEY)?.query_row([a()], item)?);
            Ok(())
        })
        .add("this, database", async move || {
            let query = fetchone!(db, "select id, name, email, age from items where id = ?", b());
            black_box(query.await?.context("no row")?);
            Ok(())
        })
        .add("this, guard", async move || {
            let query = fetchone!(guard, "select id, name, email, age from items where id = ?", c());
            black_box(query.await?.context("no row")?);
            Ok(())
        })
        .add("this, 100 in a scope", async move || {
            let hundred = async {
                for _ in 0..100 {
                    let query = fetchone!(scoped, "select id, name, email, age from items where id = ?", g());
                    black_box(query.await?);
                }
                Ok::<_, Error>(())
            };
            Ok(scoped.connection().run(hundred).await?)
        })
        .add("sqlx, connection", async move || {
            let item: Item = sqlx::query_as(BY_KEY).bind(d()).fetch_one(&mut conn).await?;
            black_box(item);
            Ok(())
        })
        .add("sqlx, pool", async move || {
            let item: Item = sqlx::query_as(BY_KEY).bind(e()).fetch_one(&pool).await?;
            black_box(item);
            Ok(())
        })
        .add("diesel, same thread", async move || {
            black_box(peer::by_key(&mut diesel, f())?);
            Ok(())
        }))
}

async fn rows(url: &str, case: Case, count: i64) -> Result<Case> {
    let db = database(url).await?;
    let guard = db.connection().await?;
    let pool = SqlitePool::connect(url).await?;
    let mut conn = SqliteConnection::connect(url).await?;
    let driver = driver(url)?;
    let mut diesel = peer::connect(url)?;
    let all = move |found: usize| {
        ensure!(found as i64 == count, "{found} rows instead of {count}");
        Ok(())
    };
    Ok(case
        .add("rusqlite, same thread", async move || {
            let mut statement = driver.prepare_cached(UP_TO)?;
            let items = statement.query_map([count], item)?.collect::<rusqlite::Result<Vec<Item>>>()?;
            all(black_box(items).len())
        })
        .add("this, database", async move || {
            let items =
                fetchall!(db, "select id, name, email, age from items where id <= ? order by id", count);
            all(black_box(items.await?).len())
        })
        .add("this, guard", async move || {
            let items =
                fetchall!(guard, "select id, name, email, age from items where id <= ? order by id", count);
            all(black_box(items.await?).len())
        })
        .add("sqlx, connection", async move || {
            let items: Vec<Item> = sqlx::query_as(UP_TO).bind(count).fetch_all(&mut conn).await?;
            all(black_box(items).len())
        })
        .add("sqlx, pool", async move || {
            let items: Vec<Item> = sqlx::query_as(UP_TO).bind(count).fetch_all(&pool).await?;
            all(black_box(items).len())
        })
        .add("diesel, same thread", async move || all(black_box(peer::up_to(&mut diesel, count)?).len())))
}

async fn insert_one(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    // None of those who are measured, so that it leaves each of them as it was.
    let cleaner = driver(url)?;
    let pool = SqlitePool::connect(url).await?;
    let mut conn = SqliteConnection::connect(url).await?;
    let driver = driver(url)?;
    let mut diesel = peer::connect(url)?;
    let [note] = <[Note; 1]>::try_from(notes(1)).expect("one was asked for");
    let [a, b, c, d, e] = std::array::from_fn(|_| note.clone());
    Ok(case
        .before(async move || Ok(cleaner.execute_batch("delete from notes")?))
        .add("rusqlite, same thread", async move || {
            driver.prepare_cached("begin immediate")?.execute([])?;
            driver.prepare_cached(INSERT)?.execute((&a.name, &a.email, a.age))?;
            driver.prepare_cached("commit")?.execute([])?;
            Ok(())
        })
        .add("this, database", async move || {
            let tx = db.transaction().await?;
            execute!(tx, "insert into notes (name, email, age) values (?, ?, ?)", b.name, b.email, b.age)
                .await?;
            Ok(tx.commit().await?)
        })
        .add("sqlx, connection", async move || {
            let mut tx = conn.begin().await?;
            sqlx::query(INSERT).bind(&d.name).bind(&d.email).bind(d.age).execute(&mut *tx).await?;
            Ok(tx.commit().await?)
        })
        .add("sqlx, pool", async move || {
            let mut tx = pool.begin().await?;
            sqlx::query(INSERT).bind(&c.name).bind(&c.email).bind(c.age).execute(&mut *tx).await?;
            Ok(tx.commit().await?)
        })
        .add("diesel, same thread", async move || peer::insert_in_transaction(&mut diesel, &e)))
}

async fn insert_many(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    // None of those who are measured, so that it leaves each of them as it was.
    let cleaner = driver(url)?;
    let mut conn = SqliteConnection::connect(url).await?;
    let driver = driver(url)?;
    let mut diesel = peer::connect(url)?;
    let notes = Arc::new(notes(1_000));
    let [a, b, c, d] = std::array::from_fn(|_| Arc::clone(&notes));
    Ok(case
        .before(async move || Ok(cleaner.execute_batch("delete from notes")?))
        .add("rusqlite, one by one", async move || {
            driver.prepare_cached("begin immediate")?.execute([])?;
            let mut statement = driver.prepare_cached(INSERT)?;
            for note in c.iter() {
                statement.execute((&note.name, &note.email, note.age))?;
            }
            driver.prepare_cached("commit")?.execute([])?;
            Ok(())
        })
        .add("this, executemany!", async move || {
            let rows = b.iter().map(|note| (&note.name, &note.email, note.age));
            executemany!(db, "insert into notes (name, email, age) values (?, ?, ?)", rows).await?;
            Ok(())
        })
        .add("sqlx, one by one", async move || {
            let mut tx = conn.begin().await?;
            for note in a.iter() {
                sqlx::query(INSERT)
                    .bind(&note.name)
                    .bind(&note.email)
                    .bind(note.age)
                    .execute(&mut *tx)
                    .await?;
            }
            Ok(tx.commit().await?)
        })
        .add("diesel, one by one", async move || peer::insert_all(&mut diesel, &d)))
}

async fn tasks(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    let pool = SqlitePool::connect(url).await?;
    ensure!(TASKS * 500 + EACH <= COUNT, "there are not so many rows");
    Ok(case
        .add("sqlx, pool", async move || {
            spread(|first| {
                let pool = pool.clone();
                async move {
                    for key in first + 1..=first + EACH {
                        let item: Item = sqlx::query_as(BY_KEY).bind(key).fetch_one(&pool).await?;
                        black_box(item);
                    }
                    Ok(())
                }
            })
            .await
        })
        .add("this, database", async move || {
            spread(|first| {
                let db = db.clone();
                async move {
                    for key in first + 1..=first + EACH {
                        let query = fetchone!(db, "select id, name, email, age from items where id = ?", key);
                        black_box(query.await?.context("no row")?);
                    }
                    Ok(())
                }
            })
            .await
        }))
}
