//! sqlx's errors, as errors of this library: the same as on our own connections.

use std::time::Duration;

use aio_databases::{
    Backend, ConnectProblem, Error, Executor, execute, executemany, fetchone, fetchval, sql,
};
use aio_databases_tests_sqlx::on_every_pool;
use sqlx::pool::PoolOptions;

on_every_pool! {
    async fn violations(db, pool) {
        execute!(pool, "insert into users (id, name, email) values (1, 'Ada', 'ada@example.org')").await?;
        let taken = execute!(pool, "insert into users (name, email) values ('x', 'ada@example.org')").await.expect_err("taken");
        assert!(taken.is_unique_violation(), "{taken}");
        let ours = execute!(db, "insert into users (name, email) values ('x', 'ada@example.org')").await.expect_err("taken");
        let (taken, ours) = (taken.database().expect("the server's"), ours.database().expect("the server's"));
        assert_eq!(taken.code(), ours.code());
        assert_eq!(taken.constraint(), ours.constraint());
        assert_eq!(taken.message(), ours.message());
        assert_eq!(taken.detail(), ours.detail());
        assert_eq!(taken.backend(), ours.backend());

        let error = execute!(pool, "insert into orders (user_id) values ($1)", 4711).await;
        // SQLite's own default is that foreign keys are not looked at; sqlx's is that they are.
        assert!(error.is_err_and(|error| error.is_foreign_key_violation()));
        let error = execute!(pool, "insert into orders (user_id, total) values (1, -1)").await;
        assert!(error.is_err_and(|error| error.is_check_violation()));
        let error = sql("insert into users (name) values ($1)", (None::<String>,)).execute(&pool).await;
        assert!(error.is_err_and(|error| error.is_not_null_violation()));
    }

    async fn no_such_table(db, pool) {
        let theirs = sql("select * from no_such_table", ()).fetchall(&pool).await.expect_err("no such table");
        let ours = db.fetchall("select * from no_such_table", ()).await.expect_err("no such table");
        assert_eq!(theirs.code(), ours.code());
        assert!(theirs.to_string().contains("errors.rs"), "{theirs}");
        assert!(theirs.to_string().contains("no_such_table"), "{theirs}");
        // The connection is as good as new.
        assert_eq!(fetchval!(pool, "select count(*) from users").await?, 0);
    }

    async fn no_row(db, pool) {
        assert_eq!(fetchone!(pool, "select id from users").await?, None);
        let one = aio_databases::query!(r#"select name as "name!" from users where id = 1"#).fetchone(&pool).await?;
        assert!(one.is_none());
    }

    async fn a_value_of_another_type(db, pool) {
        execute!(pool, "insert into users (name, age) values ('Ada', 300)").await?;
        let error = sql("select age from users", ()).fetchval::<u8, _>(&pool).await.expect_err("too large");
        assert!(matches!(error, Error::Decode { .. }), "{error:?}");
        let error = sql("select name from users", ()).fetchval::<i64, _>(&pool).await.expect_err("a text");
        assert!(matches!(error, Error::Decode { .. }), "{error:?}");
    }

    async fn a_full_pool(db, pool) {
        let url = aio_databases_tests::url(&db);
        let options = PoolOptions::new().max_connections(1).acquire_timeout(Duration::from_millis(200));
        let mut small = Some(pool);
        let pool = { let other = options.connect(&url).await?; small.replace(other); small.take().expect("it is there") };
        let held = pool.acquire().await?;
        let error = fetchval!(pool, "select count(*) from users").await.expect_err("it is full");
        let Error::PoolTimedOut(full) = &error else { panic!("{error:?}") };
        assert_eq!((full.max_size, full.size, full.idle), (1, 1, 0));
        drop(held);
        assert_eq!(fetchval!(pool, "select count(*) from users").await?, 0);
        pool.close().await;
        let error = fetchval!(pool, "select count(*) from users").await.expect_err("it is closed");
        assert!(matches!(error, Error::PoolClosed), "{error:?}");
    }

    async fn many_rows_that_cannot_be_checked(db, pool) {
        let error = executemany!(pool, "insert into orders (user_id, total) values ($1, $2)", [(1, 1), (1, -1)]).await;
        assert!(error.is_err_and(|error| error.database().is_some_and(|error| error.row() == Some(0))));
    }
}

#[tokio::test]
async fn nothing_listens() {
    let options = PoolOptions::<sqlx::Postgres>::new().acquire_timeout(Duration::from_millis(300));
    let pool = options.connect_lazy("postgres://nobody@127.0.0.1:1/nothing").expect("a URL");
    let error = fetchval!(pool, "select count(*) from users").await.expect_err("nothing listens");
    // sqlx tries again until its time is over.
    assert!(matches!(error, Error::PoolTimedOut(_)), "{error:?}");
}

#[test]
fn a_login_that_is_rejected() {
    aio_databases_tests_sqlx::run(Backend::Postgres, |db, _: sqlx::PgPool| async move {
        let url = aio_databases_tests::url(&db).replacen("correct-horse", "wrong", 1);
        rejected(sqlx::PgPool::connect_lazy(&url)?, "28P01").await
    });
    aio_databases_tests_sqlx::run(Backend::Mysql, |db, _: sqlx::MySqlPool| async move {
        let url = aio_databases_tests::url(&db).replacen("correct-horse", "wrong", 1);
        rejected(sqlx::MySqlPool::connect_lazy(&url)?, "1045").await
    });
}

async fn rejected(executor: impl Executor, code: &str) -> aio_databases_tests::TestResult {
    let error = fetchval!(executor, "select count(*) from users").await.expect_err("the password is wrong");
    let Error::Connect(problem) = &error else { panic!("{error:?}") };
    assert_eq!(problem.problem(), ConnectProblem::Authentication, "{error}");
    assert_eq!(error.code(), Some(code), "{error}");
    Ok(())
}

#[test]
fn errors_of_sqlx_become_errors_of_ours() {
    aio_databases_tests_sqlx::run(Backend::Sqlite, |_, pool: sqlx::SqlitePool| async move {
        let error =
            sqlx::query("insert into users (name) values (null)").execute(&pool).await.expect_err("null");
        assert!(Error::from(error).is_not_null_violation());
        let error = sqlx::query("select 1 where false").fetch_one(&pool).await.expect_err("no row");
        assert!(matches!(Error::from(error), Error::Protocol { .. }));
        Ok(())
    });
}
