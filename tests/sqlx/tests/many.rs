//! `executemany!` on sqlx's connections: all rows, or none.

use aio_databases::{Backend, Error, execute, executemany, fetchval};
use aio_databases_tests_sqlx::on_every_pool;
use sqlx::Executor as _;

const ROWS: [(&str, &str); 3] = [("a", "a@example.org"), ("b", "ada@example.org"), ("c", "c@example.org")];

/// Rows of which one is refused, on what `$executor` stands for: the error tells which, and none of them is there.
macro_rules! refused {
    ($executor:expr) => {{
        let insert = executemany!($executor, "insert into users (name, email) values ($1, $2)", ROWS).await;
        let error = insert.expect_err("the address is taken");
        assert!(error.is_unique_violation(), "{error}");
        assert_eq!(error.database().and_then(|error| error.row()), Some(1), "{error}");
        assert_eq!(fetchval!($executor, "select count(*) from users").await?, 1);
    }};
}

on_every_pool! {
    async fn a_refused_row_takes_all_back(db, pool) {
        execute!(db, "insert into users (name, email) values ('Ada', 'ada@example.org')").await?;
        refused!(&pool);
        refused!(&mut *pool.acquire().await?);
        let mut tx = pool.begin().await?;
        refused!(&mut tx);
        // The transaction goes on.
        executemany!(tx, "insert into users (name, email) values ($1, $2)", [ROWS[0], ROWS[2]]).await?;
        assert_eq!(fetchval!(tx, "select count(*) from users").await?, 3);
        tx.commit().await?;
        assert_eq!(fetchval!(pool, "select count(*) from users").await?, 3);
    }

    async fn no_row_and_many_rows(db, pool) {
        let none: [&str; 0] = [];
        assert_eq!(executemany!(pool, "insert into users (name) values ($1)", none).await?.rows_affected, 0);
        let rows = (0..1_500).map(|n| (format!("user {n}"), n));
        let done = executemany!(pool, "insert into users (name, age) values ($1, $2)", rows).await?;
        assert_eq!(done.rows_affected, 1_500);
        assert_eq!(fetchval!(pool, "select count(*) from users where name = 'user 1499' and age = 1499").await?, 1);
        assert_eq!(fetchval!(pool, "select count(*) from users").await?, 1_500);
    }

    async fn a_value_that_cannot_be_sent_takes_all_back(db, pool) {
        let rows = [(1_u64, "a"), (u64::MAX, "b")];
        let insert = aio_databases::query!("insert into users (age, name) values ($1, $2)", 1, "x");
        insert.execute(&pool).await?;
        let error = db.executemany("insert into users (age, name) values ($1, $2)", rows).await.expect_err("too large");
        assert!(matches!(error, Error::Encode { .. } | Error::Database(_)), "{error:?}");
        assert_eq!(fetchval!(pool, "select count(*) from users").await?, 1);
    }

    async fn in_a_transaction_that_a_statement_began(db, pool) {
        let mut conn = pool.acquire().await?;
        conn.execute("begin").await?;
        conn.execute("insert into users (name) values ('Ada')").await?;
        // With more than one statement: a single one is all or nothing by itself.
        let update = executemany!(conn, "update users set age = $2 where name = $1", [("Ada", 1), ("Ada", 2)]).await;
        let is_rejected = update.is_err_and(|error| match db.backend() {
            Backend::Sqlite => error.to_string().contains("within a transaction"),
            _ => error.to_string().contains("a statement has begun the transaction"),
        });
        assert!(is_rejected);
        // It is still open.
        conn.execute("rollback").await?;
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 0);
    }
}
