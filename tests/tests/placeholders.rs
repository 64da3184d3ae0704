//! Every style of placeholder on every backend, beside everything that looks like one.

use aio_databases::{Backend, Database, Error, Named, Value, execute, fetchall, fetchone, fetchval};
use aio_databases_tests::{TestResult, on_backend, on_every_backend};

/// `label` and `large` of four rows.
async fn samples(db: &Database) -> TestResult {
    let rows = [(1, "a"), (2, "b"), (3, "a?b"), (4, "$1 :x @y %s")];
    db.executemany("insert into samples (large, label) values ($1, $2)", rows).await?;
    Ok(())
}

on_every_backend! {
    async fn at_the_end_of_a_column_without_an_alias(db) {
        // SQLite and MySQL call the column by its text, which is not an alias like `"name?"` or `"name: Type"`.
        assert_eq!(fetchval!(db, "select 2*?", 2).await?, 4);
        assert_eq!(fetchval!(db, "select 2*:number", number = 2).await?, 4);
    }

    async fn each_style_checked(db) {
        samples(&db).await?;
        let (low, label) = (1, "b");
        for found in [
            fetchval!(db, "select large from samples where large > $1 and label = $2", low, label).await?,
            fetchval!(db, "select large from samples where large > ? and label = ?", low, label).await?,
            fetchval!(db, "select large from samples where large > ?1 and label = ?2", low, label).await?,
            fetchval!(db, "select large from samples where large > %s and label = %s", low, label).await?,
            fetchval!(db, "select large from samples where large > %(low)s and label = %(label)s", low = low, label = label).await?,
            fetchval!(db, "select large from samples where large > :low and label = :label", low = low, label = label).await?,
            // To MySQL, `@low` is a variable of its own.
            fetchval!(
                db,
                {
                    mysql: "select large from samples where large > :low and label = :label",
                    _: "select large from samples where large > @low and label = @label",
                },
                label = label,
                low = low,
            )
            .await?,
            fetchval!(db, "select large from samples where large > $low and label = $label", low = low, label = label).await?,
            fetchval!(db, "select large from samples where large > {low} and label = {label}").await?,
            fetchval!(db, "select large from samples where large > {l} and label = {label}", l = low).await?,
        ] {
            assert_eq!(found, Some(2));
        }
    }

    async fn each_style_at_run_time(db) {
        samples(&db).await?;
        for sql in [
            "select large from samples where large > $1 and label = $2",
            "select large from samples where large > ? and label = ?",
            "select large from samples where large > ?1 and label = ?2",
            "select large from samples where large > %s and label = %s",
        ] {
            assert_eq!(db.fetchval::<i64>(sql, (1, "b")).await?, Some(2), "{sql}");
            assert_eq!(db.fetchval::<i64>(sql, vec![Value::Int(1), "b".into()]).await?, Some(2), "{sql}");
        }
        for sql in [
            "select large from samples where large > %(low)s and label = %(label)s",
            "select large from samples where large > :low and label = :label",
            "select large from samples where large > @low and label = @label",
            "select large from samples where large > $low and label = $label",
            "select large from samples where large > {low} and label = {label}",
        ] {
            let named = Named::new().set("label", "b").set("low", 1);
            if db.backend() == Backend::Mysql && sql.contains('@') {
                continue;
            }
            assert_eq!(db.fetchval::<i64>(sql, named).await?, Some(2), "{sql}");
        }
    }

    async fn one_argument_in_several_places(db) {
        samples(&db).await?;
        let count = fetchval!(db, "select count(*) from samples where large = $1 or large = $1 + 1 or large > $1 + 2", 1).await?;
        assert_eq!(count, 3);
        let count = fetchval!(db, "select count(*) from samples where label = :x or (label <> :x and large = :n)", x = "a", n = 2).await?;
        assert_eq!(count, 2);
        let n = 2;
        assert_eq!(fetchval!(db, "select count(*) from samples where large >= {n} and large <= {n}").await?, 1);
        let count = db.fetchval::<i64>("select count(*) from samples where large = $1 or large = $1 + 1", (1,)).await?;
        assert_eq!(count, Some(2));
    }

    async fn numbers_out_of_order(db) {
        samples(&db).await?;
        let found = fetchval!(db, "select large from samples where label = $2 and large > $1", 1, "b").await?;
        assert_eq!(found, Some(2));
        let found = fetchval!(db, "select large from samples where label = ?2 and large > ?1 and label = ?2", 1, "b").await?;
        assert_eq!(found, Some(2));
        let found = db.fetchval::<i64>("select large from samples where label = $2 and large > $1", (1, "b")).await?;
        assert_eq!(found, Some(2));
    }

    async fn more_than_nine_arguments(db) {
        samples(&db).await?;
        let count = fetchval!(
            db,
            "select count(*) from samples where large in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) and large <> $10",
            10, 11, 12, 13, 14, 15, 16, 17, 18, 1, 2,
        )
        .await?;
        assert_eq!(count, 1);
    }

    async fn captured_variables_are_not_moved(db) {
        let (name, age) = (String::from("Ada"), Some(36));
        execute!(db, "insert into users (name, age) values ({name}, {age})").await?;
        let found = fetchone!(db, "select name, age from users where name = {name}").await?;
        assert_eq!(found.expect("Ada is there"), (name, age));
    }

    async fn what_stands_in_quotes_and_comments_is_left_alone(db) {
        samples(&db).await?;
        let row = fetchone!(
            db,
            "select '$2 ? :x @y %s {z}' as a, /* $3 ? :x {y} */ label as b -- what's :this? {that} %s
             from samples where large = $1",
            1,
        )
        .await?;
        assert_eq!(row.expect("a row"), ("$2 ? :x @y %s {z}", Some("a".to_owned())));
        let row = db.fetchone("select 'it''s ?' as a, label as b -- don't ? \n from samples where large = ?", (1,)).await?;
        assert_eq!(row.expect("a row"), ("it's ?", "a"));
        let found = fetchval!(db, "select large from samples where label = '$1 :x @y %s' and large = $1", 4).await?;
        assert_eq!(found, Some(4));
        let found = fetchval!(db, "select large from samples where label like '%?%' and large > ?", 0).await?;
        assert_eq!(found, Some(3));
    }

    async fn modulo_beside_placeholders(db) {
        samples(&db).await?;
        let odd = fetchall!(db, "select large from samples where large % $1 = 1 order by large", 2).await?;
        assert_eq!(odd.iter().map(|row| row.large).collect::<Vec<_>>(), [1, 3]);
        let odd = fetchall!(db, "select large from samples where large %2 = ? order by large", 1).await?;
        assert_eq!(odd.len(), 2);
        let odd = fetchall!(db, "select large from samples where large % %s = 1 order by large", 2).await?;
        assert_eq!(odd.len(), 2);
        let odd = db.fetchall("select large from samples where large % {n} = 1", Named::new().set("n", 2)).await?;
        assert_eq!(odd.len(), 2);
    }

    async fn mistakes_at_run_time(db) {
        for (sql, count, message) in [
            ("select $1 + $2", 1, "this query takes 2 arguments, but 1 was given (line 1, column 13): add an argument for `$2`"),
            ("select $1 + ?", 2, "`?`"),
            ("select $1 + $3", 2, "`$2`"),
            ("", 0, "the SQL has no statement"),
            ("select 'a", 0, "(line 1, column 8)"),
        ] {
            let error = db.fetchone(sql, vec![1; count]).await.expect_err(sql);
            assert!(matches!(error, Error::Sql { .. }), "{sql}: {error:?}");
            assert!(error.to_string().contains(message), "{sql}: {error}");
            assert!(error.to_string().contains("at tests/tests/placeholders.rs:"), "{sql}: {error}");
        }
        if db.backend() != Backend::Sqlite {
            let error = db.fetchone("select 1; select 2", ()).await.expect_err("two statements");
            assert!(error.to_string().contains("a second statement starts here"), "{error}");
        }
        let error = db.fetchone("select :a", Named::new().set("b", 1)).await.expect_err("no `a`").to_string();
        assert!(error.contains("`a`") || error.contains("`b`"), "{error}");
        // Nothing is sent, and nothing is lost.
        assert_eq!(db.fetchval::<i64>("select 1 + $1", (2,)).await?, Some(3));
    }
}

on_backend! {
    Postgres:

    async fn postgres_operators_are_no_placeholders(db) {
        db.execute("insert into samples (payload, large) values ('{\"a\": [1]}', 3)", ()).await?;
        let row = db
            .fetchone(
                "select payload ? 'a' as has, payload ?| array['a', 'b'] as some, payload ?& array['a', 'b'] as every,
                        payload @> '{\"a\": []}' as contains, payload #>> '{a,0}' as path, large::text::varchar as text,
                        $$ $1 ? :x $$ as dollars, E'\\'? $1' as escaped, U&'\\0061' as unicode
                 from samples where large = $1",
                (3,),
            )
            .await?
            .expect("a row");
        assert_eq!(row, (true, true, false, true, "1", "3", " $1 ? :x ", "'? $1", "a"));
        // Slices and casts beside names.
        let row = db
            .fetchone("select (array[1, 2, 3])[:n\\:3] as a".replace("\\:", ":").leak() as &'static str, Named::new().set("n", 2))
            .await;
        assert!(row.is_ok() || matches!(row, Err(Error::Sql { .. } | Error::Database(_))), "{row:?}");
        let value: Option<i64> = db.fetchval("select :n::int8 + 1", Named::new().set("n", 2)).await?;
        assert_eq!(value, Some(3));
    }
}

on_backend! {
    Mysql:

    async fn mysql_variables_and_quotes_are_no_placeholders(db) {
        let conn = db.connection().await?;
        conn.execute("set @x = 5", ()).await?;
        let row = conn.fetchone("select @x as a, `large` as `b?`, \"? $1\" as c, '\\'?' as d, @@sql_mode <> '' as e # ? :x\n from samples where large = ?", (1,)).await?;
        assert!(row.is_none());
        let row = conn.fetchone("select @x + ? as a, \"? $1\" as c, '\\'?' as d", (1,)).await?.expect("a row");
        assert_eq!((row["c"].clone(), row["d"].clone()), ("? $1".into(), "'?".into()));
        assert_eq!(row.get::<i64>("a")?, 6);
    }
}

on_backend! {
    Sqlite:

    async fn sqlite_quotes_are_no_placeholders(db) {
        let row = db.fetchone("select 1 as [a?], 2 as `b:c`, 3 as \"d$1\", ? as e", (4,)).await?.expect("a row");
        assert_eq!(row, (1, 2, 3, 4));
        assert_eq!(row.columns(), ["a?", "b:c", "d$1", "e"]);
    }
}
