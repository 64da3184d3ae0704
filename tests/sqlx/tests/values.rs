//! Values of every type, there and back through sqlx, as strictly as through our own connections.

use aio_databases::{Backend, Error, Json, Type, Value, execute, fetchall, fetchone, fetchval, sql, value};
use aio_databases_tests_sqlx::on_every_pool;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Type)]
#[aio_databases(rename_all = "snake_case")]
enum Mood {
    Sad,
    Happy,
}

on_every_pool! {
    async fn numbers(db, pool) {
        for (small, medium, large) in
            [(i16::MIN, i32::MIN, i64::MIN), (-1, -1, -1), (0, 0, 0), (i16::MAX, i32::MAX, i64::MAX)]
        {
            execute!(pool, "delete from samples").await?;
            execute!(pool, "insert into samples (small, medium, large) values ($1, $2, $3)", small, medium, large).await?;
            let row = fetchone!(pool, "select small, medium, large from samples").await?.expect("a row");
            assert_eq!(row, (Some(i64::from(small)), Some(i64::from(medium)), Some(large)));
            let row = sql("select small, medium, large from samples", ()).fetchone(&pool).await?.expect("a row");
            assert_eq!(row, (small, medium, large));
        }
        for precise in [0.1, -1.5e300, 0.0, f64::MAX] {
            execute!(pool, "delete from samples").await?;
            execute!(pool, "insert into samples (precise, single, flag) values ($1, $2, $3)", precise, 0.5_f32, true).await?;
            let row = fetchone!(pool, "select precise, flag from samples").await?.expect("a row");
            assert_eq!(row, (Some(precise), Some(true)));
        }
        let price: Decimal = "12345678.1234".parse()?;
        execute!(pool, "insert into samples (label, price) values ('price', $1)", price).await?;
        let read = fetchval!(pool, r#"select price as "price: Decimal" from samples where label = 'price'"#).await?;
        assert_eq!(read, Some(price));
    }

    async fn texts_and_bytes(db, pool) {
        let data = (0..=255).collect::<Vec<u8>>();
        for label in ["", "hé 👋", "'; drop table users; --", "a\\b\"c"] {
            execute!(pool, "delete from samples").await?;
            execute!(pool, "insert into samples (label, data) values ($1, $2)", label, &data).await?;
            let row = fetchone!(pool, "select label, data from samples").await?.expect("a row");
            assert_eq!(row, (Some(label.to_owned()), Some(data.clone())));
        }
        execute!(pool, "delete from samples").await?;
        execute!(pool, "insert into samples (data) values ($1)", Vec::<u8>::new()).await?;
        assert_eq!(fetchval!(pool, "select data from samples").await?, Some(vec![]));
        let long = "x".repeat(60_000);
        execute!(pool, "update samples set label = $1", &long).await?;
        assert_eq!(fetchval!(pool, "select label from samples").await?, Some(long));
    }

    async fn null_in_every_column(db, pool) {
        execute!(
            pool,
            "insert into samples (flag, small, large, precise, label, data, price, day, clock, moment, payload)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            None::<bool>, None::<i16>, None::<i64>, None::<f64>, None::<String>, None::<Vec<u8>>, None::<Decimal>,
            None::<NaiveDate>, None::<NaiveTime>, None::<NaiveDateTime>, None::<Json<serde_json::Value>>
        )
        .await?;
        let row = sql("select flag, small, large, precise, label, data, price, day, clock, moment, payload from samples", ());
        let row = row.fetchone(&pool).await?.expect("a row");
        for column in 0..row.len() {
            assert_eq!(row[column], Value::Null, "column {column}");
        }
    }

    async fn dates_and_times(db, pool) {
        for (day, clock) in [
            ("1969-12-31", "00:00:00"),
            ("2024-02-29", "12:34:56"),
            ("9999-12-31", "23:59:59.999999"),
        ] {
            let (day, clock): (NaiveDate, NaiveTime) = (day.parse()?, clock.parse()?);
            let moment = day.and_time(clock);
            execute!(pool, "delete from samples").await?;
            execute!(pool, "insert into samples (day, clock, moment) values ($1, $2, $3)", day, clock, moment).await?;
            let row = fetchone!(pool, "select day, clock, moment from samples").await?.expect("a row");
            assert_eq!(row, (Some(day), Some(clock), Some(moment)));
            // Our own connection reads the same, and so does ours of what sqlx's wrote.
            let row = fetchone!(db, "select day, clock, moment from samples where day = $1", day).await?.expect("a row");
            assert_eq!(row, (day, Some(clock), Some(moment)));
        }
    }

    async fn json(db, pool) {
        let payload = serde_json::json!({"theme": "dark", "sizes": [1, null, 2.5], "text": "hé"});
        execute!(pool, "insert into samples (payload) values ($1)", Json(&payload)).await?;
        let read = fetchval!(pool, r#"select payload as "payload: Json<serde_json::Value>" from samples"#).await?;
        assert_eq!(read.map(|Json(value)| value), Some(payload));
    }

    async fn enums_as_text(db, pool) {
        execute!(pool, "insert into samples (label) values ($1)", Mood::Happy).await?;
        execute!(pool, "insert into samples (label) values ($1)", Mood::Sad).await?;
        let moods = fetchall!(pool, r#"select label as "label: Mood" from samples order by id"#).await?;
        assert_eq!(moods, [(Some(Mood::Happy),), (Some(Mood::Sad),)]);
    }

    async fn what_does_not_fit_is_an_error(db, pool) {
        let insert = sql("insert into samples (large) values ($1)", (u64::MAX,)).execute(&pool).await;
        assert!(insert.is_err_and(|error| matches!(error, Error::Encode { .. } | Error::Database(_))));
        if pool.connect_options_backend() == Backend::Postgres {
            let insert = sql("insert into samples (small) values ($1)", (40_000,)).execute(&pool).await;
            assert!(insert.is_err_and(|error| matches!(error, Error::Encode { .. })));
            let insert = sql("insert into samples (small) values ($1)", ("1",)).execute(&pool).await;
            assert!(insert.is_err_and(|error| matches!(error, Error::Encode { .. })));
        }
        assert_eq!(fetchval!(pool, "select count(*) from samples").await?, 0);
    }
}

/// The backend of a pool, for what only one has.
trait OfBackend {
    fn connect_options_backend(&self) -> Backend;
}

impl<D: sqlx::Database> OfBackend for sqlx::Pool<D> {
    fn connect_options_backend(&self) -> Backend {
        match D::NAME {
            "PostgreSQL" => Backend::Postgres,
            "MySQL" => Backend::Mysql,
            _ => Backend::Sqlite,
        }
    }
}

#[test]
fn what_only_postgresql_has() {
    aio_databases_tests_sqlx::run(Backend::Postgres, |_, pool: sqlx::PgPool| async move {
        let key: Uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8".parse()?;
        let instant: DateTime<Utc> = "2024-02-29T12:34:56.789Z".parse()?;
        let insert = sql(
            "insert into postgres_samples (instant, key, feeling, feelings, amount, words, numbers, keys, instants, big)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            (
                instant,
                key,
                "happy",
                vec![Some("sad"), None, Some("ok")],
                3,
                vec![Some("a"), None, Some("")],
                vec![1, -2, i32::MAX],
                vec![key],
                vec![instant],
                "123456789012345678901234567890.5".parse::<value::Numeric>()?,
            ),
        );
        insert.execute(&pool).await?;
        let row = sql(
            "select instant, key, feeling, feelings, amount, words, numbers, keys, instants, big from postgres_samples",
            (),
        );
        let row = row.fetchone(&pool).await?.expect("a row");
        assert_eq!(row.get::<DateTime<Utc>>("instant")?, instant);
        assert_eq!(row.get::<Uuid>("key")?, key);
        assert_eq!(row.get::<String>("feeling")?, "happy");
        assert_eq!(
            row.get::<Vec<Option<String>>>("feelings")?,
            [Some("sad".to_owned()), None, Some("ok".to_owned())]
        );
        assert_eq!(row.get::<i32>("amount")?, 3);
        assert_eq!(
            row.get::<Vec<Option<String>>>("words")?,
            [Some("a".to_owned()), None, Some(String::new())]
        );
        assert_eq!(row.get::<Vec<i32>>("numbers")?, [1, -2, i32::MAX]);
        assert_eq!(row.get::<Vec<Uuid>>("keys")?, [key]);
        assert_eq!(row.get::<Vec<DateTime<Utc>>>("instants")?, [instant]);
        assert_eq!(row.get::<value::Numeric>("big")?.to_string(), "123456789012345678901234567890.5");

        // A label that the enum does not have, and a value that the domain does not allow.
        let error = sql("insert into postgres_samples (feeling) values ($1)", ("meh",)).execute(&pool).await;
        assert!(error.is_err_and(|error| error.code() == Some("22P02")));
        let error = sql("insert into postgres_samples (amount) values ($1)", (-1,)).execute(&pool).await;
        assert!(error.is_err_and(|error| error.is_check_violation()));
        Ok(())
    });
}

#[test]
fn what_only_mysql_has() {
    aio_databases_tests_sqlx::run(Backend::Mysql, |db, pool: sqlx::MySqlPool| async move {
        let instant: DateTime<Utc> = "2024-02-29T12:34:56.789Z".parse()?;
        let insert = sql(
            "insert into mysql_samples (tiny, utiny, usmall, umedium, ularge, instant, feeling, code, year)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (-128, 255, 65_535, u32::MAX, u64::MAX, instant, "happy", "abc", 2024),
        );
        insert.execute(&pool).await?;
        let text =
            "select tiny, utiny, usmall, umedium, ularge, instant, feeling, code, year from mysql_samples";
        let theirs = sql(text, ()).fetchone(&pool).await?.expect("a row");
        let ours = db.fetchone(text, ()).await?.expect("a row");
        assert_eq!(theirs.get::<u64>("ularge")?, u64::MAX);
        for column in 0..ours.len() {
            assert_eq!(theirs[column], ours[column], "column {column}");
        }
        // Texts with a binary collation are texts, whatever sqlx calls them; bytes are bytes.
        let text = "select cast('a' as char character set utf8mb4) collate utf8mb4_bin as a, cast('b' as binary(1)) as b,
                    cast(255 as unsigned) as c, 1.5 as d, true as e, cast('838:59:59' as time) as f, x'00ff' as g, null as h";
        let theirs = sql(text, ()).fetchone(&pool).await?.expect("a row");
        let ours = db.fetchone(text, ()).await?.expect("a row");
        for column in 0..ours.len() {
            assert_eq!(theirs[column], ours[column], "column {column}");
        }
        // A table's own columns of the widths that a boolean has.
        for create in [
            "create table widths (a tinyint(1), b tinyint(1) unsigned, c bit(9), d varbinary(3), e set('x', 'y'))",
            "insert into widths values (-1, 200, 300, 'abc', 'x,y')",
        ] {
            sql(aio_databases::Trusted(create), ()).execute(&pool).await?;
        }
        let theirs = sql("select * from widths", ()).fetchone(&pool).await?.expect("a row");
        let ours = db.fetchone("select * from widths", ()).await?.expect("a row");
        for column in 0..ours.len() {
            assert_eq!(theirs[column], ours[column], "column {column}");
        }
        // A statement that cannot be prepared travels as text.
        sql("lock tables users read", ()).execute(&mut pool.acquire().await?.detach()).await?;
        Ok(())
    });
}

#[test]
fn several_statements_of_sqlite() {
    aio_databases_tests_sqlx::run(Backend::Sqlite, |_, pool: sqlx::SqlitePool| async move {
        let text = "insert into users (name, age) values ($1, $2); update users set age = age + 1 where name = $1; \
                    select age from users where name = $1";
        let age = sql(text, ("Ada", 36)).fetchval::<i64, _>(&pool).await?;
        assert_eq!(age, Some(37));
        let done =
            sql("insert into users (name) values (?); insert into users (name) values (?)", ("a", "b"))
                .execute(&pool)
                .await?;
        assert_eq!(done.rows_affected, 2);
        let done = sql("create table t (a int)", ()).execute(&pool).await?;
        assert_eq!((done.rows_affected, done.last_insert_id), (0, None));
        Ok(())
    });
}
