//! What servers refuse.

use aio_databases::{Backend, Error};

use crate::bench;

#[tokio::test]
async fn violations_are_told_apart_on_every_backend() {
    for bench in bench::all().await {
        let db = &bench.db;
        db.executescript(
            "drop table if exists child; drop table if exists parent;
             create table parent (id integer primary key, n integer not null, constraint small check (n < 10));
             create table child (id integer primary key, parent integer,
                 constraint has_parent foreign key (parent) references parent (id));
             insert into parent values (1, 1)",
        )
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", bench.name));
        let unique = db.execute("insert into parent values (1, 1)", ()).await.unwrap_err();
        let not_null = db.execute("insert into parent values (2, $1)", (None::<i32>,)).await.unwrap_err();
        let check = db.execute("insert into parent values (3, 10)", ()).await.unwrap_err();
        let foreign = db.execute("insert into child values (1, 99)", ()).await.unwrap_err();
        for (index, error) in [&unique, &not_null, &check, &foreign].into_iter().enumerate() {
            let kinds = [
                error.is_unique_violation(),
                error.is_not_null_violation(),
                error.is_check_violation(),
                error.is_foreign_key_violation(),
            ];
            let mut expected = [false; 4];
            expected[index] = true;
            assert_eq!(kinds, expected, "{}: {error}", bench.name);
            assert!(error.to_string().contains("errors.rs:"), "{error}");
            assert!(error.to_string().starts_with(db.backend().title()), "{error}");
        }
        let codes = match db.backend() {
            Backend::Sqlite => ["1555", "1299", "275", "787"],
            Backend::Postgres => ["23505", "23502", "23514", "23503"],
            // MariaDB's, then MySQL's.
            Backend::Mysql if check.code() == Some("4025") => ["1062", "1048", "4025", "1452"],
            Backend::Mysql => ["1062", "1048", "3819", "1452"],
        };
        let found =
            [&unique, &not_null, &check, &foreign].map(|error| error.code().unwrap_or_default().to_owned());
        assert_eq!(found, codes);
        let names = [&not_null, &check, &foreign].map(|error| error.database().unwrap().constraint());
        match db.backend() {
            Backend::Sqlite => assert_eq!(names, [Some("parent.n"), Some("small"), None]),
            Backend::Postgres => assert_eq!(names, [Some("parent.n"), Some("small"), Some("has_parent")]),
            Backend::Mysql => assert_eq!(names, [Some("n"), Some("small"), Some("has_parent")]),
        }
    }
}

#[tokio::test]
async fn an_error_tells_the_query() {
    for bench in bench::all().await {
        let error = bench.db.fetchall("select * from no_such_table where id = $1", (1,)).await.unwrap_err();
        assert!(matches!(error, Error::Database(_)), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("no_such_table"), "{text}");
        assert!(text.contains(&format!("{}:", file!())), "{text}");
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[tokio::test]
async fn a_mistake_in_the_text_has_a_place() {
    for bench in bench::all().await {
        let error =
            bench.db.fetchall("select 1,\n  'é', nme from (select 1 as name) t", ()).await.unwrap_err();
        let position = error.database().unwrap().position();
        match bench.db.backend() {
            Backend::Mysql => assert_eq!(position, None),
            _ => {
                let position = position.unwrap();
                assert_eq!((position.line, position.column), (2, 8), "{error}");
                assert!(error.to_string().contains("at line 2, column 8"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn a_statement_outlives_a_change_of_its_table() {
    for bench in bench::all().await {
        bench.table("changed").await;
        let conn = bench.db.connection().await.unwrap();
        conn.execute("insert into changed values (1, 'a')", ()).await.unwrap();
        let select = "select * from changed";
        assert_eq!(conn.fetchone(select, ()).await.unwrap().unwrap().len(), 2);
        conn.execute("alter table changed add column more int", ()).await.unwrap();
        let record =
            conn.fetchone(select, ()).await.unwrap_or_else(|error| panic!("{}: {error}", bench.name));
        assert_eq!(record.unwrap().columns(), ["id", "name", "more"], "{}", bench.name);
    }
}

#[tokio::test]
async fn an_argument_that_does_not_fit() {
    for bench in bench::all().await {
        if !bench.is(Backend::Postgres) {
            continue;
        }
        let error = bench.db.fetchone("select $1::int2", (70_000,)).await.unwrap_err();
        assert!(matches!(error, Error::Encode { .. }), "{error:?}");
        assert!(error.to_string().starts_with("parameter 1: "), "{error}");
    }
}

#[tokio::test]
async fn a_nul_character_is_rejected() {
    for bench in bench::all().await {
        let db = &bench.db;
        bench.table("nul").await;
        let sql = "insert into nul values (1, 'a')\0; drop table nul";
        for error in [
            db.execute(sql, ()).await.unwrap_err(),
            db.executescript(sql).await.unwrap_err(),
            db.executemany(sql, [(); 1]).await.unwrap_err(),
            db.fetchall("select 'a\0b'", ()).await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::Sql { .. }), "{}: {error}", bench.name);
            assert!(error.to_string().starts_with("the SQL has a NUL character"), "{error}");
            // `main` and `unwrap` print the help, too.
            assert_eq!(format!("{error:?}"), error.to_string());
        }
        let count: Option<i64> = db.fetchval("select count(*) from nul", ()).await.unwrap();
        assert_eq!(count, Some(0), "{}", bench.name);
    }
}
