//! One statement for many rows: all of them, or none.

use aio_databases::{Backend, Error, Trusted, execute, executemany, fetchall, fetchval};
use aio_databases_tests::{on_backend, on_every_backend};

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

on_every_backend! {
    async fn a_hundred_thousand_rows_more_than_there_are_parameters(db) {
        let rows = (0..100_000).map(|n| (format!("user {n}"), n));
        let done = executemany!(db, "insert into users (name, age) values ($1, $2)", rows).await?;
        assert_eq!(done.rows_affected, 100_000);
        // In order, so that what the server counts goes up with them.
        let wrong = fetchval!(db, "select count(*) from users where id <> age + (select min(id) from users)").await?;
        assert_eq!(wrong, 0);
        assert_eq!(fetchval!(db, "select count(*) from users where age between 0 and 99999").await?, 100_000);
    }

    async fn the_key_of_the_last_row(db) {
        for count in [1, 2, 3, 100, 1_001] {
            let rows = (0..count).map(|n| format!("user {n}"));
            let done = executemany!(db, "insert into users (name) values ($1)", rows).await?;
            let expected = match db.backend() {
                Backend::Postgres => None,
                _ => fetchval!(db, "select max(id) from users").await?,
            };
            assert_eq!((done.rows_affected, done.last_insert_id), (count, expected), "{count}");
        }
    }

    async fn which_row_was_refused(db) {
        let conn = db.connection().await?;
        execute!(conn, "insert into users (name, email) values ('Ada', 'ada@example.org')").await?;
        let rows = [("a", "a@example.org"), ("b", "ada@example.org"), ("c", "c@example.org")];
        let error = executemany!(conn, "insert into users (name, email) values ($1, $2)", rows).await.expect_err("taken");
        assert_eq!(error.database().and_then(|said| said.row()), Some(1), "{error}");
        assert!(error.to_string().contains("in row number 2"), "{error}");
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 1);
        // One that comes twice among them.
        let rows = [("a", "a@example.org"), ("b", "b@example.org"), ("c", "a@example.org")];
        let error = executemany!(conn, "insert into users (name, email) values ($1, $2)", rows).await.expect_err("twice");
        assert!(error.is_unique_violation(), "{error}");
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 1);
        // One of many, some of which have gone by then.
        let rows = (0..600).map(|n| ("x", if n == 577 { 3 } else { n })).map(|(name, n)| (name, format!("{n}")));
        let error = executemany!(conn, "insert into users (name, email) values ($1, $2)", rows).await.expect_err("twice");
        assert_eq!(error.database().and_then(|said| said.row()), Some(577), "{error}");
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 1);
    }

    async fn in_a_transaction_only_its_own_rows_are_taken_back(db) {
        let mut tx = db.transaction().await?;
        executemany!(tx, "insert into users (name, email) values ($1, $2)", [("a", "a"), ("b", "b")]).await?;
        let error = executemany!(tx, "insert into users (name, email) values ($1, $2)", [("c", "c"), ("d", "a")]).await;
        assert!(error.is_err_and(|error| error.is_unique_violation()));
        executemany!(tx, "insert into users (name, email) values ($1, $2)", [("e", "e"), ("f", "f")]).await?;
        let inner = tx.transaction().await?;
        executemany!(inner, "insert into users (name, email) values ($1, $2)", [("g", "g"), ("h", "h")]).await?;
        inner.rollback().await?;
        tx.commit().await?;
        assert_eq!(fetchall!(db, "select name from users order by name").await?, [("a",), ("b",), ("e",), ("f",)]);
    }

    async fn one_row_that_changes_the_one_before(db) {
        let rows = [("a", 1), ("b", 2), ("a", 3), ("a", 4)];
        executemany!(
            db,
            {
                mysql: "insert into users (name, email, age) values ('x', $1, $2) on duplicate key update age = values(age) + coalesce(users.age, 0)",
                _: "insert into users (name, email, age) values ('x', $1, $2)
                    on conflict (email) do update set age = excluded.age + coalesce(users.age, 0)",
            },
            rows
        )
        .await?;
        let ages = fetchall!(db, r#"select email as "email!", age from users order by email"#).await?;
        assert_eq!(ages, [("a", Some(8)), ("b", Some(2))]);
    }

    async fn rows_that_are_there_are_passed_over(db) {
        let insert = async |rows: Vec<(String, i64)>| {
            executemany!(
                db,
                {
                    mysql: "insert ignore into users (name, email, age) values ('x', $1, $2)",
                    _: "insert into users (name, email, age) values ('x', $1, $2) on conflict do nothing",
                },
                rows
            )
            .await
        };
        let done = insert([("a", 1), ("b", 2), ("a", 3), ("c", 4)].map(|(email, age)| (email.to_owned(), age)).into()).await?;
        assert_eq!(done.rows_affected, 3);
        let ages = fetchall!(db, r#"select email as "email!", age from users order by email"#).await?;
        assert_eq!(ages, [("a", Some(1)), ("b", Some(2)), ("c", Some(4))]);
        let done = insert((0..1_000).map(|n| (format!("{}", n % 700), n)).collect()).await?;
        assert_eq!(done.rows_affected, 700);
    }

    async fn a_value_that_does_not_fit_in_one_row(db) {
        let error = executemany!(db, "insert into orders (user_id, total) values ($1, $2)", [(1, 1), (1, -1)]).await;
        let error = error.expect_err("no such user, and a total below zero");
        assert!(error.is_foreign_key_violation() || error.is_check_violation(), "{error}");
        assert_eq!(fetchval!(db, "select count(*) from orders").await?, 0);
    }
}

on_backend! { Postgres:
    async fn postgres_has_one_statement_for_all_rows(db) {
        let conn = db.connection().await?;
        let prepared = "select count(*) from pg_prepared_statements where statement like '%unnest(%' and statement not like '%pg_prepared%'";
        executemany!(conn, "insert into users (name, age) values ($1, $2)", [("a", Some(1)), ("b", None)]).await?;
        assert_eq!(conn.fetchval::<i64>(prepared, ()).await?, Some(1));
        executemany!(conn, "insert into users (name, age) values ($1, (select max(age) + $2 from users))", [("c", 1), ("d", 2)]).await?;
        assert_eq!(conn.fetchval::<i64>(prepared, ()).await?, Some(1));
        let users = fetchall!(conn, "select name, age from users order by id").await?;
        assert_eq!(users, [("a", Some(1)), ("b", None), ("c", Some(2)), ("d", Some(4))]);
    }
}

on_backend! { Mysql:
    async fn mysql_has_few_statements_for_all_rows(db) {
        let conn = db.connection().await?;
        let executed = async || -> Result<i64, Error> {
            let row = conn.fetchone("show session status like 'Com_stmt_execute'", ()).await?;
            let count: String = row.expect("there is such a counter").get(1)?;
            Ok(count.parse().expect("a number"))
        };
        let before = executed().await?;
        executemany!(conn, "insert into users (name, age) values ($1, $2)", (0..1000).map(|n| (format!("{n}"), n))).await?;
        let after = executed().await?;
        assert!(after - before < 12, "{} statements", after - before);
    }
}

on_backend! { Sqlite:
    async fn sqlite_inserts_several_rows_at_once(db) {
        let conn = db.connection().await?;
        let rows = || (0..320).map(|n| (format!("{n}"), n));
        executemany!(conn, "insert into users (name, age) values ($1, $2)", rows()).await?;
        assert_eq!(conn.fetchval::<i64>("select changes()", ()).await?, Some(32));
        executemany!(conn, "insert into users (name, age) values ($1, (select max(age) + $2 from users))", rows()).await?;
        assert_eq!(conn.fetchval::<i64>("select changes()", ()).await?, Some(1));
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 640);
    }

    async fn sqlite_tells_what_is_not_of_a_row_as_it_is(db) {
        let conn = db.connection().await?;
        let pages: i64 = conn.fetchval("pragma page_count", ()).await?.expect("a count");
        conn.fetchval::<i64>(Trusted(format!("pragma max_page_count = {}", pages + 8)), ()).await?;
        let rows = (0..1_000).map(|n| ("x".repeat(200), n));
        let error = executemany!(conn, "insert into users (name, age) values ($1, $2)", rows).await.expect_err("full");
        assert_eq!((error.code(), error.database().and_then(|said| said.row())), (Some("13"), None), "{error}");
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 0);
    }
}
