//! PostgreSQL: beside sqlx, diesel-async and tokio-postgres.

use std::{hint::black_box, sync::Arc};

use aio_databases::{Database, execute, executemany, fetchall, fetchone};
use anyhow::{Context, Result, ensure};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, deadpool};
use futures_util::future::try_join_all;
use sqlx::{Connection as _, PgConnection, PgPool};
use tokio_postgres::{Client, NoTls};

use crate::{
    case::{Case, Plan},
    items::{COUNT, EACH, Item, Note, TASKS, keys, notes},
    peer_diesel::postgres as peer,
    stream,
};

const BY_KEY: &str = "select id, name, email, age from items where id = $1";
const UP_TO: &str = "select id, name, email, age from items where id <= $1 order by id";
const INSERT: &str = "insert into notes (name, email, age) values ($1, $2, $3)";

pub(crate) fn alone(url: &str) -> Vec<Plan> {
    let mut plans = vec![Plan::new("row by key", url, by_key)];
    plans.extend([1, 10, 100, 1_000, 10_000].map(|count| {
        Plan::new(format!("{count} rows"), url, async move |url: &str, case| rows(url, case, count).await)
    }));
    plans.extend([
        Plan::new("insert one in a transaction", url, insert_one),
        Plan::new("insert 1000", url, insert_many),
        Plan::new("stream 1000000 rows", url, stream::postgres),
        Plan::new("a query in a scope", url, scope),
    ]);
    plans
}

pub(crate) fn together(url: &str) -> Vec<Plan> {
    vec![Plan::new("16 tasks by key", url, tasks)]
}

/// A client of tokio-postgres, which a task of its own serves.
pub(crate) async fn client(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// A database with its tables made and filled.
async fn database(url: &str) -> Result<Database> {
    let db = Database::open(url).await?;
    db.executescript("drop table if exists items; drop table if exists notes").await?;
    db.executescript(include_str!("../../migrations/postgres/0001_items.sql")).await?;
    let fill = "insert into items select n, 'user number ' || n, case when n % 3 <> 0 then 'user' || n || '@example.org' end, n % 100
        from generate_series(1, $1) n";
    db.execute(fill, (COUNT,)).await?;
    db.executescript("analyze items").await?;
    Ok(db)
}

fn item(row: &tokio_postgres::Row) -> Item {
    Item { id: row.get(0), name: row.get(1), email: row.get(2), age: row.get(3) }
}

async fn by_key(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    let guard = db.connection().await?;
    let pool = PgPool::connect(url).await?;
    let mut conn = PgConnection::connect(url).await?;
    let client = client(url).await?;
    let statement = client.prepare(BY_KEY).await?;
    let mut diesel = peer::connect(url).await?;
    let [mut a, mut b, mut c, mut d, mut e, mut f] = std::array::from_fn(|_| keys());
    Ok(case
        .add("tokio-postgres", async move || {
            let row = client.query_opt(&statement, &[&a()]).await?.context("no row")?;
            black_box(item(&row));
            Ok(())
        })
        .add("this, database", async move || {
            let query = fetchone!(db, "select id, name, email, age from items where id = $1", b());
            black_box(query.await?.context("no row")?);
            Ok(())
        })
        .add("this, guard", async move || {
            let query = fetchone!(guard, "select id, name, email, age from items where id = $1", c());
            black_box(query.await?.context("no row")?);
            Ok(())
        })
        .add("sqlx, pool", async move || {
            let item: Item = sqlx::query_as(BY_KEY).bind(d()).fetch_one(&pool).await?;
            black_box(item);
            Ok(())
        })
        .add("sqlx, connection", async move || {
            let item: Item = sqlx::query_as(BY_KEY).bind(e()).fetch_one(&mut conn).await?;
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
    let pool = PgPool::connect(url).await?;
    let mut conn = PgConnection::connect(url).await?;
    let client = client(url).await?;
    let statement = client.prepare(UP_TO).await?;
    let mut diesel = peer::connect(url).await?;
    let all = move |found: usize| {
        ensure!(found as i64 == count, "{found} rows instead of {count}");
        Ok(())
    };
    Ok(case
        .add("tokio-postgres", async move || {
            let items: Vec<Item> = client.query(&statement, &[&count]).await?.iter().map(item).collect();
            all(black_box(items).len())
        })
        .add("this, database", async move || {
            let items =
                fetchall!(db, "select id, name, email, age from items where id <= $1 order by id", count);
            all(black_box(items.await?).len())
        })
        .add("this, guard", async move || {
            let items =
                fetchall!(guard, "select id, name, email, age from items where id <= $1 order by id", count);
            all(black_box(items.await?).len())
        })
        .add("sqlx, pool", async move || {
            let items: Vec<Item> = sqlx::query_as(UP_TO).bind(count).fetch_all(&pool).await?;
            all(black_box(items).len())
        })
        .add("sqlx, connection", async move || {
            let items: Vec<Item> = sqlx::query_as(UP_TO).bind(count).fetch_all(&mut conn).await?;
            all(black_box(items).len())
        })
        .add("diesel-async", async move || all(black_box(peer::up_to(&mut diesel, count).await?).len())))
}

async fn insert_one(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    let cleaner = client(url).await?;
    let pool = PgPool::connect(url).await?;
    let mut conn = PgConnection::connect(url).await?;
    let mut client = client(url).await?;
    let statement = client.prepare(INSERT).await?;
    let mut diesel = peer::connect(url).await?;
    let [note] = <[Note; 1]>::try_from(notes(1)).expect("one was asked for");
    let [a, b, c, d, e] = std::array::from_fn(|_| note.clone());
    Ok(case
        .before(async move || Ok(cleaner.batch_execute("truncate notes").await?))
        .add("tokio-postgres", async move || {
            let tx = client.transaction().await?;
            tx.execute(&statement, &[&a.name, &a.email, &a.age]).await?;
            Ok(tx.commit().await?)
        })
        .add("this, database", async move || {
            let tx = db.transaction().await?;
            execute!(tx, "insert into notes (name, email, age) values ($1, $2, $3)", b.name, b.email, b.age)
                .await?;
            Ok(tx.commit().await?)
        })
        .add("sqlx, pool", async move || {
            let mut tx = pool.begin().await?;
            sqlx::query(INSERT).bind(&c.name).bind(&c.email).bind(c.age).execute(&mut *tx).await?;
            Ok(tx.commit().await?)
        })
        .add("sqlx, connection", async move || {
            let mut tx = conn.begin().await?;
            sqlx::query(INSERT).bind(&d.name).bind(&d.email).bind(d.age).execute(&mut *tx).await?;
            Ok(tx.commit().await?)
        })
        .add("diesel-async", async move || peer::insert_in_transaction(&mut diesel, &e).await))
}

async fn insert_many(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    let cleaner = client(url).await?;
    let mut conn = PgConnection::connect(url).await?;
    let [mut pipelined, mut single] = [client(url).await?, client(url).await?];
    let statements = [pipelined.prepare(INSERT).await?, single.prepare(INSERT).await?];
    let [statement, each] = statements;
    let mut diesel = peer::connect(url).await?;
    let notes = Arc::new(notes(1_000));
    let [a, b, c, d, e] = std::array::from_fn(|_| Arc::clone(&notes));
    Ok(case
        .before(async move || Ok(cleaner.batch_execute("truncate notes").await?))
        .add("tokio-postgres, pipelined", async move || {
            let tx = pipelined.transaction().await?;
            let rows = a
                .iter()
                .map(async |note| tx.execute(&statement, &[&note.name, &note.email, &note.age]).await);
            try_join_all(rows).await?;
            Ok(tx.commit().await?)
        })
        .add("this, executemany!", async move || {
            let rows = b.iter().map(|note| (&note.name, &note.email, note.age));
            executemany!(db, "insert into notes (name, email, age) values ($1, $2, $3)", rows).await?;
            Ok(())
        })
        .add("tokio-postgres, one by one", async move || {
            let tx = single.transaction().await?;
            for note in c.iter() {
                tx.execute(&each, &[&note.name, &note.email, &note.age]).await?;
            }
            Ok(tx.commit().await?)
        })
        .add("sqlx, one by one", async move || {
            let mut tx = conn.begin().await?;
            for note in d.iter() {
                sqlx::query(INSERT)
                    .bind(&note.name)
                    .bind(&note.email)
                    .bind(note.age)
                    .execute(&mut *tx)
                    .await?;
            }
            Ok(tx.commit().await?)
        })
        .add("diesel-async, multi-row", async move || peer::insert_all(&mut diesel, &e).await))
}

async fn scope(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    let guard = db.connection().await?;
    let [mut a, mut b, mut c] = std::array::from_fn(|_| keys());
    let other = db.clone();
    let taken = db.clone();
    Ok(case
        .add("on a guard", async move || {
            for _ in 0..10 {
                let query = fetchone!(guard, "select id, name, email, age from items where id = $1", a());
                black_box(query.await?.context("no row")?);
            }
            Ok(())
        })
        .add("in a scope", async move || {
            let queries = async {
                for _ in 0..10 {
                    let query = fetchone!(db, "select id, name, email, age from items where id = $1", b());
                    black_box(query.await?.context("no row")?);
                }
                anyhow::Ok(())
            };
            other.connection().run(queries).await
        })
        .add("on the database", async move || {
            for _ in 0..10 {
                let query = fetchone!(taken, "select id, name, email, age from items where id = $1", c());
                black_box(query.await?.context("no row")?);
            }
            Ok(())
        }))
}

/// Runs what one task does in all of them.
pub(crate) async fn spread<F: Future<Output = Result<()>> + Send + 'static>(
    task: impl Fn(i64) -> F,
) -> Result<()> {
    for task in (0..TASKS).map(|n| tokio::spawn(task(n * 500))).collect::<Vec<_>>() {
        task.await??;
    }
    Ok(())
}

async fn tasks(url: &str, case: Case) -> Result<Case> {
    let db = database(url).await?;
    let pool = PgPool::connect(url).await?;
    let client = Arc::new(client(url).await?);
    let statement = client.prepare(BY_KEY).await?;
    let manager = AsyncDieselConnectionManager::<peer::Connection>::new(url);
    let diesel = deadpool::Pool::builder(manager).max_size(10).build()?;
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
        .add("tokio-postgres, one connection", async move || {
            spread(|first| {
                let (client, statement) = (Arc::clone(&client), statement.clone());
                async move {
                    for key in first + 1..=first + EACH {
                        black_box(item(&client.query_opt(&statement, &[&key]).await?.context("no row")?));
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
                        let query =
                            fetchone!(db, "select id, name, email, age from items where id = $1", key);
                        black_box(query.await?.context("no row")?);
                    }
                    Ok(())
                }
            })
            .await
        })
        .add("diesel-async, deadpool", async move || {
            spread(|first| {
                let pool = diesel.clone();
                async move {
                    for key in first + 1..=first + EACH {
                        let mut conn = pool.get().await?;
                        black_box(peer::by_key(&mut conn, key).await?);
                    }
                    Ok(())
                }
            })
            .await
        }))
}
