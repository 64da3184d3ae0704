//! Each macro, on sqlx's pools, connections and transactions.

use std::sync::Arc;

use aio_databases::{
    Error, Executor, Result, execute, executemany, fetchall, fetchmany, fetchone, fetchval, iterate, query,
    query_as, query_val, sql,
};
use aio_databases_tests_sqlx::on_every_pool;
use sqlx::{Acquire as _, Connection as _};

struct User {
    name: String,
    age: Option<i64>,
}

/// Everything that a macro can do, written once for each executor: `$executor` is what the caller writes for `db`.
macro_rules! every_macro {
    ($executor:expr) => {{
        let done = execute!($executor, "insert into users (name, age) values ($1, $2)", "Ada", 36).await?;
        assert_eq!(done.rows_affected, 1);
        let rows = [("Grace", Some(85)), ("Alan", None)];
        let done = executemany!($executor, "insert into users (name, age) values ($1, $2)", rows).await?;
        assert_eq!(done.rows_affected, 2);
        let users = fetchall!($executor, "select name, age from users order by name").await?;
        assert_eq!(users, [("Ada", Some(36)), ("Alan", None), ("Grace", Some(85))]);
        let users =
            fetchall!($executor, User, "select name, age from users where age = {age}", age = 36).await?;
        assert_eq!((users[0].name.as_str(), users[0].age), ("Ada", Some(36)));
        let first = fetchmany!($executor, 2, "select name from users order by name").await?;
        assert_eq!(first, [("Ada",), ("Alan",)]);
        let one = fetchone!($executor, "select 2*$1 res", 2).await?;
        assert_eq!(one.res, 4);
        let nobody = fetchone!($executor, "select id from users where name = $1", "Bob").await?;
        assert!(nobody.is_none());
        assert_eq!(fetchval!($executor, "select count(*) from users").await?, 3);
        assert_eq!(fetchval!($executor, "select age from users where name = 'Alan'").await?, None);
        let mut names = Vec::new();
        let mut rows = iterate!($executor, "select name from users order by name desc");
        while let Some(row) = rows.try_next().await? {
            names.push(row.name);
        }
        drop(rows);
        assert_eq!(names, ["Grace", "Alan", "Ada"]);

        // The same as values.
        let counted = query!("select count(*) as n from users").fetchone($executor).await?;
        assert_eq!(counted.n, 3);
        let users =
            query_as!(User, "select name, age from users where name = $1", "Ada").fetchall($executor).await?;
        assert_eq!(users.len(), 1);
        let ages = query_val!("select age from users order by age").fetchmany($executor, 10).await?;
        assert_eq!(ages.iter().flatten().copied().collect::<Vec<_>>(), [36, 85]);
        let done = query!("update users set age = 0 where name = $1", "Alan").execute($executor).await?;
        assert_eq!(done.rows_affected, 1);

        // And with a text that is only known at run time.
        let record =
            sql("select name, age from users where name = $1", ("Grace",)).fetchone($executor).await?;
        let record = record.expect("a row");
        assert_eq!(record["name"], "Grace");
        assert_eq!(record.get::<i64>("age")?, 85);
        execute!($executor, "delete from users").await?;
    }};
}

async fn count(executor: &impl Executor) -> Result<i64> {
    fetchval!(executor, "select count(*) from users").await
}

on_every_pool! {
    async fn on_a_pool(db, pool) {
        every_macro!(&pool);
        let shared = Arc::new(pool.clone());
        assert_eq!(fetchval!(shared, "select count(*) from users").await?, 0);
        assert_eq!(fetchval!(pool, "select count(*) from users").await?, 0);
        assert_eq!(fetchval!(pool.clone(), "select count(*) from users").await?, 0);
        assert_eq!(count(&pool).await?, 0);
        assert_eq!(count(&db).await?, 0);
    }

    async fn on_a_connection_of_a_pool(db, pool) {
        let mut conn = pool.acquire().await?;
        every_macro!(&mut conn);
        every_macro!(&mut *conn);
        // As a variable it is borrowed by itself, as a `Database` is.
        execute!(conn, "insert into users (name) values ('Ada')").await?;
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 1);
        assert_eq!(fetchval!(&mut *pool.acquire().await?, "select count(*) from users").await?, 1);
    }

    async fn on_a_connection(db, pool) {
        let mut conn = pool.acquire().await?.detach();
        every_macro!(&mut conn);
        let lent = &mut conn;
        assert_eq!(fetchval!(lent, "select count(*) from users").await?, 0);
        assert_eq!(fetchval!(lent, "select count(*) from users").await?, 0);
        conn.close().await?;
    }

    async fn on_a_transaction(db, pool) {
        let mut tx = pool.begin().await?;
        every_macro!(&mut tx);
        every_macro!(&mut *tx);
        let mut inner = tx.begin().await?;
        every_macro!(&mut *inner);
        inner.rollback().await?;
        execute!(tx, "insert into users (name) values ('Ada')").await?;
        let lent = &mut tx;
        execute!(lent, "insert into users (name) values ('Grace')").await?;
        assert_eq!(fetchval!(lent, "select count(*) from users").await?, 2);
        assert_eq!(fetchval!(tx, "select count(*) from users").await?, 2);
        tx.commit().await?;
        assert_eq!(count(&pool).await?, 2);
    }

    async fn a_transaction_of_both(db, pool) {
        let mut tx = pool.begin().await?;
        sqlx::query("insert into users (name) values ('of sqlx')").execute(&mut *tx).await?;
        assert_eq!(fetchval!(tx, "select name from users").await?.as_deref(), Some("of sqlx"));
        execute!(&mut *tx, "insert into users (name) values ('of ours')").await?;
        let names: Vec<String> =
            sqlx::query_scalar("select name from users order by id").fetch_all(&mut *tx).await?;
        assert_eq!(names, ["of sqlx", "of ours"]);
        tx.rollback().await?;
        assert_eq!(fetchval!(pool, "select count(*) from users").await?, 0);

        let mut tx = pool.begin().await?;
        execute!(tx, "insert into users (name) values ('of ours')").await?;
        sqlx::query("insert into users (name) values ('of sqlx')").execute(&mut *tx).await?;
        tx.commit().await?;
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 2);

        let mut tx = pool.begin().await?;
        execute!(tx, "delete from users").await?;
        drop(tx);
        assert_eq!(fetchval!(pool, "select count(*) from users").await?, 2);
    }

    async fn several_queries_of_one_pool_at_a_time(db, pool) {
        executemany!(pool, "insert into users (name) values ($1)", ["a", "b", "c"]).await?;
        let (first, second, third) = tokio::join!(
            async { fetchval!(pool, "select count(*) from users").await },
            async { fetchall!(pool, "select name from users order by name").await },
            async { fetchval!(pool, "select max(name) from users").await },
        );
        assert_eq!((first?, second?.len(), third?.as_deref()), (3, 3, Some("c")));
    }

    async fn a_statement_that_ends_the_transaction_is_rejected(db, pool) {
        let mut tx = pool.begin().await?;
        for text in ["commit", "begin", "rollback"] {
            let error = sql(aio_databases::Trusted(text), ()).execute(&mut *tx).await.expect_err(text);
            assert!(matches!(error, Error::Transaction { .. }), "{error}");
        }
        let error = sql("begin", ()).execute(&pool).await.expect_err("nobody would end it");
        assert!(error.to_string().contains("sqlx counts its transactions itself"), "{error}");
        execute!(tx, "insert into users (name) values ('Ada')").await?;
        tx.commit().await?;
        assert_eq!(fetchval!(pool, "select count(*) from users").await?, 1);
    }
}
