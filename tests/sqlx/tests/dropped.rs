//! Futures and streams that are dropped midway: the next query on the connection has its own answer, or an error.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use aio_databases::{Trusted, execute, executemany, fetchval, iterate, sql};
use aio_databases_tests_sqlx::{CONNECTIONS, on_every_pool};

/// Polls a future so many times and drops it.
async fn dropped<F: Future>(future: F, polls: usize) {
    let mut future = pin!(future);
    for _ in 0..polls {
        let is_ready = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_ready())).await;
        if is_ready {
            return;
        }
        tokio::time::sleep(Duration::from_micros(300)).await;
    }
}

on_every_pool! {
    async fn streams_of_a_pool(db, pool) {
        executemany!(db, "insert into users (name, age) values ($1, $2)", (0..3_000).map(|n| (format!("{n}"), n))).await?;
        for count in [0, 1, 70, 2_500] {
            for _ in 0..2 * CONNECTIONS {
                let mut rows = iterate!(pool, "select name, age from users order by age");
                for number in 0..count {
                    assert_eq!(rows.try_next().await?.expect("a row").age, Some(number));
                }
                drop(rows);
                assert_eq!(fetchval!(pool, "select count(*) from users").await?, 3_000);
                let name: String = sqlx::query_scalar("select name from users where age = 7").fetch_one(&pool).await?;
                assert_eq!(name, "7");
            }
        }
    }

    async fn streams_of_a_transaction(db, pool) {
        executemany!(db, "insert into users (name, age) values ($1, $2)", (0..3_000).map(|n| (format!("{n}"), n))).await?;
        let mut tx = pool.begin().await?;
        for count in [1, 70, 2_500] {
            let mut rows = iterate!(tx, "select name, age from users order by age");
            for number in 0..count {
                assert_eq!(rows.try_next().await?.expect("a row").age, Some(number));
            }
            drop(rows);
            assert_eq!(fetchval!(tx, "select max(age) from users").await?, Some(2_999));
            let name: String = sqlx::query_scalar("select name from users where age = 7").fetch_one(&mut *tx).await?;
            assert_eq!(name, "7");
        }
        tx.commit().await?;
    }

    async fn futures_of_a_pool(db, pool) {
        executemany!(db, "insert into users (name, age) values ($1, $2)", (0..50).map(|n| (format!("{n}"), n))).await?;
        // A new text each time, so that it has to be prepared.
        for polls in (0..8).cycle().take(64).enumerate() {
            let (number, polls) = polls;
            let text = Trusted(format!("select name, age, id, email from users where age >= $1 and {number} = $2"));
            dropped(sql(text, (0, number as i64)).fetchall(&pool), polls).await;
            let counted = tokio::time::timeout(Duration::from_secs(20), async {
                fetchval!(pool, "select count(*) from users where age < $1", 40).await
            });
            assert_eq!(counted.await??, 40, "after {polls} polls");
            let name: String = sqlx::query_scalar("select name from users where age = 7").fetch_one(&pool).await?;
            assert_eq!(name, "7", "after {polls} polls");
        }
    }

    async fn futures_of_a_connection(db, pool) {
        executemany!(db, "insert into users (name, age) values ($1, $2)", (0..50).map(|n| (format!("{n}"), n))).await?;
        let mut conn = pool.acquire().await?;
        // Prepared already: only then can sqlx go on with a connection of MySQL's.
        assert_eq!(fetchval!(conn, "select count(*) from users where age < $1", 40).await?, 40);
        assert_eq!(fetchval!(conn, "select max(age) from users").await?, Some(49));
        for polls in (1..8).cycle().take(40) {
            dropped(async { fetchval!(conn, "select count(*) from users where age < $1", 30).await }, polls).await;
            assert_eq!(fetchval!(conn, "select max(age) from users").await?, Some(49), "after {polls} polls");
        }
    }

    async fn many_rows_of_a_pool(db, pool) {
        for polls in (0..12).cycle().take(36) {
            let rows = [("Ada", 1), ("Ada", 2), ("Grace", 3)];
            dropped(async { executemany!(pool, "insert into users (name, age) values ($1, $2)", rows).await }, polls).await;
            let count = fetchval!(pool, "select count(*) from users").await?;
            assert_eq!(count % 3, 0, "after {polls} polls");
            let update = async { executemany!(pool, "update users set age = age + $2 where name = $1", [("Ada", 1), ("Grace", 1)]).await };
            dropped(update, polls).await;
            assert_eq!(fetchval!(pool, "select count(*) from users").await? % 3, 0);
        }
        // Nothing is left open: the whole pool is there, and none of its connections holds a lock.
        execute!(db, "delete from users").await?;
        let mut held = Vec::new();
        for _ in 0..CONNECTIONS {
            held.push(tokio::time::timeout(Duration::from_secs(20), pool.acquire()).await??);
        }
    }
}
