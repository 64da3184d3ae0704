//! One statement for many rows: all of them, or none.

use aio_databases::{Error, execute, executemany, fetchall, fetchval};
use aio_databases_tests::on_every_backend;

on_every_backend! {
    async fn every_row_is_there(db) {
        let rows = [("Ada", Some(36)), ("Grace", None), ("Alan", Some(41))];
        let done = executemany!(db, "insert into users (name, age) values ($1, $2)", rows).await?;
        assert_eq!(done.rows_affected, 3);
        let users = fetchall!(db, "select name, age from users order by name").await?;
        assert_eq!(users, [("Ada", Some(36)), ("Alan", Some(41)), ("Grace", None)]);
    }

    async fn rows_of_any_kind(db) {
        let names = vec!["a".to_owned(), "b".to_owned()];
        // One argument needs no tuple.
        executemany!(db, "insert into users (name) values ($1)", &names).await?;
        executemany!(db, "insert into users (name, age) values ($1, $2)", names.iter().zip(1..)).await?;
        executemany!(db, "insert into users (name, age) values ({name}, {age})", names.iter().map(|name| (name, name.len() as i64))).await?;
        executemany!(db, "update users set age = $2 where name = $1", [("a", 7), ("b", 8)]).await?;
        assert_eq!(fetchval!(db, "select count(*) from users where age = 7").await?, 3);
        executemany!(db, "delete from users where name = $1", names).await?;
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 0);
    }

    async fn no_rows_do_nothing(db) {
        let none: [(&str, i64); 0] = [];
        let done = executemany!(db, "insert into users (name, age) values ($1, $2)", none).await?;
        assert_eq!((done.rows_affected, done.last_insert_id), (0, None));
        assert_eq!(db.executemany("insert into users (name) values ($1)", Vec::<(String,)>::new()).await?.rows_affected, 0);
    }

    async fn two_thousand_rows(db) {
        let rows = (0..2_000).map(|n| (format!("user {n}"), n));
        let done = executemany!(db, "insert into users (name, age) values ($1, $2)", rows).await?;
        assert_eq!(done.rows_affected, 2_000);
        assert_eq!(fetchval!(db, "select count(*) from users where name = 'user 1999' and age = 1999").await?, 1);
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 2_000);
    }

    async fn a_row_that_is_refused_takes_all_back(db) {
        execute!(db, "insert into users (name, email) values ('Ada', 'ada@example.org')").await?;
        let rows = [("a", "a@example.org"), ("b", "ada@example.org"), ("c", "c@example.org")];
        let error = executemany!(db, "insert into users (name, email) values ($1, $2)", rows).await.expect_err("taken");
        assert!(error.is_unique_violation(), "{error}");
        assert!(error.to_string().contains("executemany.rs"), "{error}");
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 1);
        // The connection is as good as new.
        let conn = db.connection().await?;
        let error = executemany!(conn, "insert into users (name, email) values ($1, $2)", rows).await.expect_err("taken");
        assert!(error.is_unique_violation(), "{error}");
        executemany!(conn, "insert into users (name, email) values ($1, $2)", [("d", "d@example.org")]).await?;
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 2);
    }

    async fn a_row_that_cannot_be_sent_takes_all_back(db) {
        let rows = [(1_u64, "a"), (u64::MAX, "b"), (3, "c")];
        let error = db.executemany("insert into users (age, name) values ($1, $2)", rows).await.expect_err("too large");
        assert!(matches!(error, Error::Encode { .. } | Error::Database(_)), "{error:?}");
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 0);
    }

    async fn inside_a_transaction_of_the_users(db) {
        let conn = db.connection().await?;
        execute!(conn, "insert into users (name, email) values ('Ada', 'ada@example.org')").await?;
        conn.execute("begin", ()).await?;
        execute!(conn, "insert into users (name) values ('kept')").await?;
        let rows = [("a", "a@example.org"), ("b", "ada@example.org")];
        let error = executemany!(conn, "insert into users (name, email) values ($1, $2)", rows).await.expect_err("taken");
        assert!(error.is_unique_violation(), "{error}");
        conn.execute("commit", ()).await?;
        let names = fetchall!(conn, "select name from users order by id").await?;
        assert_eq!(names, [("Ada",), ("kept",)]);
    }

    async fn rows_of_wrong_length_at_run_time(db) {
        let error = db.executemany("insert into users (name, age) values ($1, $2)", [vec![1], vec![1, 2]]).await;
        assert!(matches!(error, Err(Error::Sql { .. })), "{error:?}");
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 0);
    }
}
