//! Statements without records: what they did.

use aio_databases::{Backend, execute, fetchall};
use aio_databases_tests::{lacks_returning, on_every_backend};

on_every_backend! {
    async fn rows_affected_and_the_new_key(db) {
        let done = execute!(db, "insert into users (name, age) values ($1, $2)", "Ada", 36).await?;
        assert_eq!(done.rows_affected, 1);
        // PostgreSQL has `returning` for it.
        assert_eq!(done.last_insert_id.is_some(), db.backend() != Backend::Postgres);
        let next = execute!(db, "insert into users (name, age) values ($1, $2), ($3, $4)", "Alan", 41, "Grace", None::<i64>).await?;
        assert_eq!(next.rows_affected, 2);

        assert_eq!(execute!(db, "update users set age = age + 1 where age is not null").await?.rows_affected, 2);
        assert_eq!(execute!(db, "update users set age = 0 where name = $1", "nobody").await?.rows_affected, 0);
        // Rows that are found count, changed or not.
        assert_eq!(execute!(db, "update users set name = name").await?.rows_affected, 3);
        let done = execute!(db, "delete from users where age > $1", 40).await?;
        assert_eq!((done.rows_affected, done.last_insert_id), (1, None));
        assert_eq!(execute!(db, "delete from users").await?.rows_affected, 2);
    }

    async fn statements_that_change_no_rows(db) {
        execute!(db, "insert into users (name) values ('Ada')").await?;
        assert_eq!(db.execute("create table t (a int)", ()).await?.rows_affected, 0);
        assert_eq!(db.execute("alter table t add column b int", ()).await?.rows_affected, 0);
        assert_eq!(db.execute("drop table t", ()).await?.rows_affected, 0);
        let done = execute!(db, "select id from users").await?;
        assert_eq!(done.last_insert_id, None);
    }

    async fn a_statement_with_a_result_can_be_executed(db) {
        assert_eq!(db.execute("select 1", ()).await?.last_insert_id, None);
        if lacks_returning(&db, "an insert with a result is executed").await? {
            return Ok(());
        }
        let done = execute!(db, "insert into users (name) values ($1) returning id", "Ada").await?;
        assert_eq!(done.rows_affected, 1);
    }

    async fn a_script_of_several_statements(db) {
        db.executescript(
            "create table t (a int); -- one; two\n insert into t values (1);
             insert into t values (2); insert into users (name) values ('a;b');",
        )
        .await?;
        assert_eq!(db.fetchval::<i64>("select count(*) from t", ()).await?, Some(2));
        let error = db.executescript("insert into t values (3); insert into nope values (4); insert into t values (5)").await;
        assert!(error.is_err());
        assert_eq!(db.fetchval::<String>("select name from users", ()).await?.as_deref(), Some("a;b"));
        let error = db.executescript("select id from users;\nselect 'ö', nope from users").await.expect_err("no such column");
        let place = error.database().and_then(|said| said.position()).map(|place| (place.line, place.column));
        let expected = (db.backend() != Backend::Mysql).then_some((2, 13));
        assert_eq!(place, expected, "{error}");
    }

    /// SQLite takes several statements in one query; their arguments are counted on.
    async fn several_statements_with_arguments(db) {
        let done = execute!(db, {
            sqlite: "insert into users (name) values (?); insert into users (name, age) values (?, ?);",
            _: "insert into users (name, age) values (?, null), (?, ?)",
        }, "Ada", "Alan", 41).await?;
        assert_eq!(done.rows_affected, 2);
        let names = fetchall!(db, {
            sqlite: "update users set age = $1 where name = $2; select name, age from users where age >= $1 order by name",
            _: "select name, age from users where age >= $1 or name = $2 order by name",
        }, 41, "Ada").await?;
        assert_eq!(names.len(), 2);
        assert_eq!((names[0].name.as_str(), names[1].age), ("Ada", Some(41)));
    }
}
