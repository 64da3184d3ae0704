//! MySQL and MariaDB: beside sqlx, diesel-async and mysql_async.

use std::{hint::black_box, sync::Arc};

use aio_databases::{Database, execute, executemany, fetchall, fetchone};
use anyhow::{Context, Result, ensure};
use mysql_async::{Conn, Pool, TxOpts, prelude::Queryable as _};
use sqlx::{Connection as _, MySqlConnection, MySqlPool};

use crate::{
    case::{Case, Plan},
    items::{COUNT, EACH, Item, Note, TASKS, keys, notes},
    peer_diesel::mysql as peer,
    postgres::spread,
    stream,
};

const BY_KEY: &str = "select id, name, email, age from items where id = ?";
const UP_TO: &str = "select id, name, email, age from items where id <= ? order by id";
const INSERT: &str = "insert into notes (name, email, age) values (?, ?, ?)";

type Columns = (i64, String, Option<String>, i64);

pub(crate) fn alone(url: &str) -> Vec<Plan> {
    let mut plans = vec![Plan::new("row by key", url, by_key)];
    plans.extend([1, 10, 100, 1_000, 10_000].map(|count| {
        Plan::new(format!("{count} rows"), url, async move |url: &str, case| rows(url, case, count).await)
    }));
    plans.extend([
        Plan::new("insert one in a transaction", url, insert_one),
        Plan::new("insert 1000", url, insert_many),
        Plan::new("stream 1000000 rows", url, stream::mysql),
    ]);
    plans
}

pub(crate) fn together(url: &str) -> Vec<Plan> {
    vec![Plan::new("16 tasks by key", url, tasks)]
}

/// A database with its tables made and filled.
async fn database(url: &str) -> Result<Database> {
    let db = Database::open(url).await?;
    db.executescript("drop table if exists items; drop table if exists notes").await?;
    db.executescript(include_str!("../../migrations/mysql/0001_items.sql")).await?;
    let fill = "insert into items with recursive n(n) as (select 1 union all select n + 1 from n where n < ?)
        select n, concat('user number ', n), if(n % 3 <> 0, concat('user', n, '@example.org'), null), n % 100 from n";
    let conn = db.connection().await?;
    // MariaDB's own limit is 1,000 rounds.
    conn.executescript(
        "/*M! set max_recursive_iterations = 1000000 */; /*!80000 set cte_max_recursion_depth = 1000000 */",
    )
    .await?;
    conn.execute(fill, (COUNT,)).await?;
    drop(conn);
    Ok(db)
}

fn item((id, name, email, age): Columns) -> Item {
    Item { id, name, email, age }
}

async fn by_key(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    let guard = db.connection().await?;
    let pool = MySqlPool::connect(url).await?;
    let mut conn = MySqlConnection::connect(url).await?;
    let mut peer = Conn::from_url(url).await?;
    let statement = peer.prep(BY_KEY).await?;
    let mut diesel = peer::connect(url).await?;
    let [mut a, mut b, mut c, mut d, mut e, mut f] = std::array::from_fn(|_| keys());
    Ok(case
        .add("mysql_async", async move || {
            let row: Option<Columns> = peer.exec_first(&statement, (a(),)).await?;
            black_box(item(row.context("no row")?));
            Ok(())
        })
        .add("sqlx, connection", async move || {
            let item: Item = sqlx::query_as(BY_KEY).bind(e()).fetch_one(&mut conn).await?;
            black_box(item);
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
        .add("sqlx, pool", async move || {
            let item: Item = sqlx::query_as(BY_KEY).bind(d()).fetch_one(&pool).await?;
            black_box(item);
            Ok(())
        })
        .add("diesel-async", async move || {
            black_box(peer::by_key(&mut diesel, f()).await?);
            Ok(())
        }))
}

async fn rows(url: &str, case: Case, count: i64) -> Result<Case> {
    let db = database(url).await?;
    let guard = db.connection().await?;
    let pool = MySqlPool::connect(url).await?;
    let mut conn = MySqlConnection::connect(url).await?;
    let mut peer = Conn::from_url(url).await?;
    let statement = peer.prep(UP_TO).await?;
    let mut diesel = peer::connect(url).await?;
    let all = move |found: usize| {
        ensure!(found as i64 == count, "{found} rows instead of {count}");
        Ok(())
    };
    Ok(case
        .add("mysql_async", async move || {
            let items: Vec<Item> = peer.exec_map(&statement, (count,), item).await?;
            all(black_box(items).len())
        })
        .add("sqlx, connection", async move || {
            let items: Vec<Item> = sqlx::query_as(UP_TO).bind(count).fetch_all(&mut conn).await?;
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
        .add("sqlx, pool", async move || {
            let items: Vec<Item> = sqlx::query_as(UP_TO).bind(count).fetch_all(&pool).await?;
            all(black_box(items).len())
        })
        .add("diesel-async", async move || all(black_box(peer::up_to(&mut diesel, count).await?).len())))
}

async fn insert_one(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    let cleaner = db.clone();
    let pool = MySqlPool::connect(url).await?;
    let mut conn = MySqlConnection::connect(url).await?;
    let mut peer = Conn::from_url(url).await?;
    let statement = peer.prep(INSERT).await?;
    let mut diesel = peer::connect(url).await?;
    let [note] = <[Note; 1]>::try_from(notes(1)).expect("one was asked for");
    let [a, b, c, d, e] = std::array::from_fn(|_| note.clone());
    Ok(case
        .before(async move || Ok(cleaner.execute("truncate table notes", ()).await.map(drop)?))
        .add("mysql_async", async move || {
            let mut tx = peer.start_transaction(TxOpts::default()).await?;
            tx.exec_drop(&statement, (&a.name, &a.email, a.age)).await?;
            Ok(tx.commit().await?)
        })
        .add("sqlx, connection", async move || {
            let mut tx = conn.begin().await?;
            sqlx::query(INSERT).bind(&d.name).bind(&d.email).bind(d.age).execute(&mut *tx).await?;
            Ok(tx.commit().await?)
        })
        .add("this, database", async move || {
            let tx = db.transaction().await?;
            execute!(tx, "insert into notes (name, email, age) values (?, ?, ?)", b.name, b.email, b.age)
                .await?;
            Ok(tx.commit().await?)
        })
        .add("sqlx, pool", async move || {
            let mut tx = pool.begin().await?;
            sqlx::query(INSERT).bind(&c.name).bind(&c.email).bind(c.age).execute(&mut *tx).await?;
            Ok(tx.commit().await?)
        })
        .add("diesel-async", async move || peer::insert_in_transaction(&mut diesel, &e).await))
}

async fn insert_many(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    let cleaner = db.clone();
    let mut conn = MySqlConnection::connect(url).await?;
    let mut peer = Conn::from_url(url).await?;
    let statement = peer.prep(INSERT).await?;
    let mut diesel = peer::connect(url).await?;
    let notes = Arc::new(notes(1_000));
    let [a, b, c, d] = std::array::from_fn(|_| Arc::clone(&notes));
    Ok(case
        .before(async move || Ok(cleaner.execute("truncate table notes", ()).await.map(drop)?))
        .add("mysql_async, one by one", async move || {
            let mut tx = peer.start_transaction(TxOpts::default()).await?;
            tx.exec_batch(&statement, c.iter().map(|note| (&note.name, &note.email, note.age))).await?;
            Ok(tx.commit().await?)
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
        .add("this, executemany!", async move || {
            let rows = b.iter().map(|note| (&note.name, &note.email, note.age));
            executemany!(db, "insert into notes (name, email, age) values (?, ?, ?)", rows).await?;
            Ok(())
        })
        .add("diesel-async, multi-row", async move || peer::insert_all(&mut diesel, &d).await))
}

async fn tasks(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    let pool = MySqlPool::connect(url).await?;
    let peer = Pool::from_url(format!("{url}?pool_min=10&pool_max=10"))?;
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
        })
        .add("mysql_async, pool", async move || {
            spread(|first| {
                let pool = peer.clone();
                async move {
                    for key in first + 1..=first + EACH {
                        let mut conn = pool.get_conn().await?;
                        let row: Option<Columns> = conn.exec_first(BY_KEY, (key,)).await?;
                        black_box(item(row.context("no row")?));
                    }
                    Ok(())
                }
            })
            .await
        }))
}
