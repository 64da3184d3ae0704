//! Records one by one: order, the end, stopping midway, and what else may run meanwhile.

use aio_databases::{Backend, Database, Error, execute, fetchval, iterate};
use aio_databases_tests::{TestResult, on_every_backend};
use futures_util::{StreamExt as _, TryStreamExt as _};

async fn hundred(db: &Database) -> TestResult {
    let rows = (0..100).map(|n| (format!("user {n}"), n));
    db.executemany("insert into users (name, age) values ($1, $2)", rows).await?;
    Ok(())
}

#[derive(Debug, PartialEq)]
struct Aged {
    name: String,
    age: Option<i64>,
}

on_every_backend! {
    async fn every_record_comes_in_order(db) {
        hundred(&db).await?;
        let mut rows = iterate!(db, "select name, age from users where age < $1 order by age", 50);
        let mut ages = Vec::new();
        while let Some(row) = rows.try_next().await? {
            ages.push(row.age);
        }
        assert_eq!(ages, (0..50).collect::<Vec<i64>>());
        assert!(rows.next().await.is_none(), "it stays at its end");
    }

    async fn a_stream_is_a_stream(db) {
        hundred(&db).await?;
        let aged: Vec<Aged> = iterate!(db, Aged, "select name, age from users order by age").take(2).try_collect().await?;
        let user = |n: i64| Aged { name: format!("user {n}"), age: Some(n) };
        assert_eq!(aged, [user(0), user(1)]);
        let sum = iterate!(db, "select age from users").try_fold(0, |sum, row| async move { Ok(sum + row.age.unwrap_or(0)) }).await?;
        assert_eq!(sum, 4950);
        let dynamic: Vec<i64> = db.iterate("select age from users where age < $1 order by age", (3,)).map(|row| row?.get::<i64>("age")).try_collect().await?;
        assert_eq!(dynamic, [0, 1, 2]);
    }

    async fn no_rows(db) {
        let mut rows = iterate!(db, "select name from users");
        assert!(rows.next().await.is_none());
        assert!(rows.next().await.is_none());
    }

    async fn dropped_midway_leaves_the_database_usable(db) {
        hundred(&db).await?;
        for _ in 0..3 {
            let mut rows = iterate!(db, "select name from users order by id");
            assert_eq!(rows.next().await.expect("a first row")?.name, "user 0");
            drop(rows);
            assert_eq!(fetchval!(db, "select count(*) from users").await?, 100);
        }
        execute!(db, "delete from users").await?;
    }

    async fn dropped_midway_leaves_the_connection_usable(db) {
        hundred(&db).await?;
        let conn = db.connection().await?;
        for _ in 0..3 {
            let mut rows = iterate!(conn, "select a.name from users a cross join users b order by a.id, b.id");
            assert_eq!(rows.next().await.expect("a first row")?.name, "user 0");
            drop(rows);
            assert_eq!(fetchval!(conn, "select count(*) from users").await?, 100);
        }
        execute!(conn, "delete from users").await?;
    }

    async fn another_query_on_the_same_connection_is_an_error_at_once(db) {
        hundred(&db).await?;
        let conn = db.connection().await?;
        // Few rows: the statement has come to its end long before its reader.
        let mut rows = iterate!(conn, "select name from users order by id limit 3");
        rows.next().await.expect("a first row")?;
        let error = fetchval!(conn, "select count(*) from users").await.expect_err("the stream is open");
        assert!(matches!(error, Error::Busy { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.starts_with("a stream of this connection is still open: read it to its end or drop it first"), "{text}");
        assert!(text.contains("select name from users order by id limit 3"), "{text}");
        // The stream goes on.
        assert_eq!(rows.next().await.expect("a second row")?.name, "user 1");
        drop(rows);
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 100);
    }

    async fn other_connections_write_meanwhile(db) {
        hundred(&db).await?;
        let mut rows = iterate!(db, "select id from users order by id");
        let mut seen = 0;
        while let Some(row) = rows.try_next().await? {
            if seen % 25 == 0 {
                execute!(db, "update users set age = 0 where id = $1", row.id).await?;
            }
            seen += 1;
        }
        assert_eq!(seen, 100);
        assert_eq!(fetchval!(db, "select count(*) from users where age = 0").await?, 4);
    }

    async fn a_stream_that_is_not_read_sends_nothing(db) {
        let rows = iterate!(db, "insert into users (name) values ('x') returning id");
        drop(rows);
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 0);
    }

    async fn an_error_midway_comes_after_the_rows_before_it(db) {
        hundred(&db).await?;
        let sql = match db.backend() {
            Backend::Postgres => "select 10 / (3 - age) as n from users order by id",
            // Neither fails on a division by zero.
            Backend::Sqlite => "select case when age < 3 then age else abs(-9223372036854775807 - 1) end as n from users order by id",
            Backend::Mysql => "select case when age < 3 then age else 9223372036854775807 + age end as n from users order by id",
        };
        let mut rows = db.iterate(sql, ());
        let mut good = 0;
        let error = loop {
            match rows.next().await.expect("an error comes") {
                Ok(_) => good += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(error, Error::Database(_)), "{error:?}");
        // A server that sorts first meets the error before it sends a row.
        assert!(good <= 3, "{good} rows");
        assert!(rows.next().await.is_none());
        drop(rows);
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 100);
    }

    async fn a_value_that_does_not_fit_ends_the_stream(db) {
        hundred(&db).await?;
        execute!(db, "update users set age = null where name = 'user 5'").await?;
        let mut rows = iterate!(db, r#"select age as "age!" from users order by id"#);
        let mut good = 0;
        let error = loop {
            match rows.next().await.expect("an error comes") {
                Ok(_) => good += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(good, 5);
        assert!(error.to_string().starts_with("column `age` (number 1): the value is null"), "{error}");
        assert!(rows.next().await.is_none());
    }
}
