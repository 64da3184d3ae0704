//! Values of PostgreSQL's own types, there and back.

use aio_databases::{Error, Type, Value, copy_in, execute, executemany, fetchall, fetchone, fetchval, value};
use aio_databases_tests::on_backend;
use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Type)]
#[aio_databases(rename_all = "lowercase")]
enum Mood {
    Sad,
    Ok,
    Happy,
}

on_backend! {
    Postgres:

    async fn select_twice_a_number(db) {
        let record = fetchone!(db, "select 2*$1 res", 2).await?;
        let res: i32 = record.res;
        assert_eq!(res, 4);
        assert_eq!(fetchval!(db, "select 2*$1::int8", 2).await?, 4_i64);
    }

    async fn integers_have_their_width(db) {
        execute!(db, "insert into samples (small, medium, large) values ($1, $2, $3)", 1, 2, 3_000_000_000).await?;
        let row = fetchone!(db, r#"select small as "small!", medium as "medium!", large as "large!" from samples"#).await?;
        let row = row.expect("a row");
        let (small, medium, large): (i16, i32, i64) = (row.small, row.medium, row.large);
        assert_eq!((small, medium, large), (1, 2, 3_000_000_000));
        let oid: u32 = fetchval!(db, "select 4294967295::oid").await?;
        assert_eq!(oid, u32::MAX);
        let wider: i64 = fetchval!(db, r#"select small as "small!: i64" from samples"#).await?.expect("a row");
        assert_eq!(wider, 1);
    }

    async fn floats_have_their_width(db) {
        execute!(db, "insert into samples (single, precise) values ($1, $2)", 0.1, 0.1).await?;
        let row = fetchone!(db, "select single, precise from samples").await?.expect("a row");
        assert_eq!(row, (Some(0.1_f32), Some(0.1_f64)));
        let not_a_number: f64 = fetchval!(db, "select 'NaN'::float8").await?;
        assert!(not_a_number.is_nan());
    }

    async fn copied_rows_have_the_columns_types(db) {
        let now = DateTime::<Utc>::from_timestamp_micros(1_700_000_000_123_456).expect("a time");
        let span = TimeDelta::microseconds(-5);
        let rows = (0..1_000).map(|number| {
            let mood = [Mood::Sad, Mood::Ok, Mood::Happy][number as usize % 3];
            let words = vec![Some(number.to_string()), None];
            (now, Uuid::from_u128(number), mood, vec![mood], number as i32 + 1, span, "abc", words, Decimal::from(number))
        });
        let copied =
            copy_in!(db, "postgres_samples (instant, key, feeling, feelings, amount, span, code, words, big)", rows);
        assert_eq!(copied.await?, 1_000);
        let rows = fetchall!(db, r#"select instant, key, feeling as "feeling: Mood", amount, words, big from postgres_samples order by id"#).await?;
        assert_eq!(rows.len(), 1_000);
        let row = &rows[7];
        assert_eq!((row.instant, row.key, row.feeling, row.amount), (Some(now), Some(Uuid::from_u128(7)), Some(Mood::Ok), Some(8)));
        assert_eq!((&row.words, row.big), (&Some(vec![Some("7".to_owned()), None]), Some(Decimal::from(7))));
        let same = "select count(*) from postgres_samples where feelings = array[feeling] and span = interval '-5 microseconds' and code = 'abc'";
        assert_eq!(db.fetchval(same, ()).await?, Some(1_000_i64));
        // A domain's rule.
        let error = copy_in!(db, "postgres_samples (amount)", [1, 2, 0]).await.expect_err("too small");
        assert!(error.is_check_violation(), "{error}");
        assert_eq!(error.database().and_then(|said| said.row()), Some(2), "{error}");
    }

    async fn instants(db) {
        for text in ["2020-02-29T12:34:56.789012+02:00", "1969-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z"] {
            let instant: DateTime<FixedOffset> = text.parse()?;
            execute!(db, "delete from postgres_samples").await?;
            execute!(db, "insert into postgres_samples (instant) values ($1)", instant).await?;
            let read: Option<DateTime<Utc>> = fetchval!(db, "select instant from postgres_samples where instant = $1", instant).await?;
            assert_eq!(read, Some(instant.to_utc()));
            let read: Option<DateTime<Utc>> = db.fetchval("select instant from postgres_samples where instant = $1", (instant,)).await?;
            assert_eq!(read, Some(instant.to_utc()));
            let read = fetchval!(db, r#"select instant as "instant: time::OffsetDateTime" from postgres_samples"#).await?;
            assert_eq!(read.map(time::OffsetDateTime::unix_timestamp), Some(instant.timestamp()));
        }
        let now = std::time::SystemTime::now();
        assert!(fetchval!(db, r#"select $1 <= now() + interval '1 hour' as "x!""#, now).await?);
    }

    async fn dates_that_are_no_dates(db) {
        for text in ["infinity", "-infinity"] {
            let error = db.fetchval::<NaiveDate>("select $1::text::date", (text,)).await.expect_err(text);
            assert!(matches!(error, Error::Decode { .. }) && error.to_string().contains("infinity"), "{error}");
        }
        let old: value::Date = fetchval!(db, r#"select '4713-01-01 BC'::date as "day!: value::Date""#).await?;
        assert_eq!(old.to_string(), db.fetchval::<value::Date>("select '4713-01-01 BC'::date", ()).await?.expect("a day").to_string());
    }

    async fn times_with_a_zone(db) {
        let value: value::Timetz = fetchval!(db, "select '12:34:56.5+02'::timetz").await?;
        assert_eq!(fetchval!(db, "select $1::timetz::text", value).await?, "12:34:56.5+02");
    }

    async fn intervals(db) {
        for text in ["0", "1 mon 2 days 03:04:05.000006", "-1 mons +2 days -03:00:00", "100 years"] {
            execute!(db, "delete from postgres_samples").await?;
            db.execute("insert into postgres_samples (span) values ($1::text::interval)", (text,)).await?;
            let span: value::Interval = fetchval!(db, "select span from postgres_samples").await?.expect("a row");
            assert_eq!(fetchall!(db, "select id from postgres_samples where span = $1", span).await?.len(), 1, "{text}");
        }
        let hour = fetchval!(db, "select $1::interval", TimeDelta::hours(1)).await?;
        assert_eq!(hour.micros, 3_600_000_000);
        let second = fetchval!(db, "select $1::interval", std::time::Duration::from_secs(1)).await?;
        assert_eq!(second.micros, 1_000_000);
    }

    async fn uuids(db) {
        let key = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        execute!(db, "insert into postgres_samples (key, keys) values ($1, $2)", key, [Some(key), None]).await?;
        let row = fetchone!(db, "select key, keys from postgres_samples where key = $1", key).await?;
        assert_eq!(row.expect("a row"), (key, Some(vec![Some(key), None])));
        assert_eq!(db.fetchval::<Uuid>("select key from postgres_samples where key = $1", (key,)).await?, Some(key));
        let made: Uuid = fetchval!(db, "select gen_random_uuid()").await?;
        assert_ne!(made, key);
    }

    async fn decimals_of_any_size(db) {
        for text in ["0", "-0.5", "123456789012345678901234567890.123456789", "1e-30", "99999999999999999999999999999999999999"] {
            let value: value::Numeric = text.parse()?;
            execute!(db, "delete from postgres_samples").await?;
            execute!(db, "insert into postgres_samples (big) values ($1)", &value).await?;
            let read = fetchval!(db, r#"select big as "big: value::Numeric" from postgres_samples where big = $1"#, &value).await?;
            assert_eq!(read, Some(value), "{text}");
        }
        // What a `Decimal` does not hold is an error.
        let error = fetchval!(db, "select big from postgres_samples").await.expect_err("38 digits");
        assert!(error.to_string().starts_with("column `big` (number 1): "), "{error}");
        db.execute("update postgres_samples set big = 'NaN'", ()).await?;
        assert!(fetchval!(db, "select big from postgres_samples").await.is_err());
        assert_eq!(fetchval!(db, "select 1.50::numeric").await?, Decimal::new(15, 1));
    }

    async fn enums(db) {
        for mood in [Mood::Sad, Mood::Ok, Mood::Happy] {
            execute!(db, "delete from postgres_samples").await?;
            execute!(db, "insert into postgres_samples (feeling) values ($1)", mood).await?;
            let read = fetchval!(db, r#"select feeling as "feeling: Mood" from postgres_samples where feeling = $1"#, mood).await?;
            assert_eq!(read, Some(mood));
        }
        let text: Option<String> = fetchval!(db, "select feeling from postgres_samples where feeling = $1", "happy").await?;
        assert_eq!(text.as_deref(), Some("happy"));
        let text: Option<String> = db.fetchval("select feeling from postgres_samples where feeling = $1", ("happy",)).await?;
        assert_eq!(text.as_deref(), Some("happy"));
        let error = execute!(db, "insert into postgres_samples (feeling) values ($1)", "glad").await.expect_err("no such mood");
        assert!(error.to_string().contains("glad"), "{error}");
    }

    async fn arrays_of_enums(db) {
        execute!(db, "insert into postgres_samples (feelings) values ($1)", [Mood::Sad, Mood::Happy]).await?;
        let read = fetchval!(db, r#"select feelings as "feelings: Vec<Mood>" from postgres_samples"#).await?;
        assert_eq!(read, Some(vec![Mood::Sad, Mood::Happy]));
        let text = fetchval!(db, "select feelings from postgres_samples where 'happy' = any(feelings)").await?;
        assert_eq!(text, Some(vec![Some("sad".to_owned()), Some("happy".to_owned())]));
        let count = fetchval!(db, "select count(*) from postgres_samples where 'sad' = any(feelings) and $1 = any(feelings)", Mood::Happy).await?;
        assert_eq!(count, 1);
    }

    async fn domains(db) {
        execute!(db, "insert into postgres_samples (amount) values ($1)", 5).await?;
        let amount: Option<i32> = fetchval!(db, "select amount from postgres_samples where amount > $1", 1).await?;
        assert_eq!(amount, Some(5));
        let error = execute!(db, "insert into postgres_samples (amount) values ($1)", 0).await.expect_err("its check");
        assert!(error.is_check_violation(), "{error:?}");
    }

    async fn arrays(db) {
        let words: [&[&str]; 4] = [&[], &["a"], &["größe", "🦀", "", "a,b", "\"q\"", "NULL", "{}"], &["x"; 1000]];
        for words in words {
            execute!(db, "delete from postgres_samples").await?;
            execute!(db, "insert into postgres_samples (words, numbers) values ($1, $2)", words, [i32::MIN, 0, i32::MAX]).await?;
            let row = fetchone!(db, "select words, numbers from postgres_samples where words = $1", words).await?.expect("a row");
            let own: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let elements: Vec<_> = own.iter().cloned().map(Some).collect();
            assert_eq!(row, (elements, Some(vec![Some(i32::MIN), Some(0), Some(i32::MAX)])));
            assert_eq!(db.fetchval::<Vec<String>>("select words from postgres_samples", ()).await?, Some(own));
        }
        let found = fetchall!(db, "select id from users where id = any($1)", [1, 2, 3]).await?;
        assert!(found.is_empty());
        let found = fetchall!(db, "select id from users where id = any($1)", vec![1_i64]).await?;
        assert!(found.is_empty());
    }

    async fn arrays_with_nulls(db) {
        execute!(db, "insert into postgres_samples (words) values ($1)", [Some("a"), None]).await?;
        let words = fetchval!(db, "select words from postgres_samples").await?;
        assert_eq!(words, Some(vec![Some("a".to_owned()), None]));
        let sure = fetchval!(db, r#"select words as "words: Vec<String>" from postgres_samples"#);
        let error = sure.await.expect_err("a null in it");
        assert!(error.to_string().starts_with("column `words` (number 1): element 1 of the array is null"), "{error}");
        let words = db.fetchval::<Value>("select words from postgres_samples", ()).await?;
        assert_eq!(words, Some(Value::Array(vec!["a".into(), Value::Null])));
        let none: Option<Vec<String>> = None;
        execute!(db, "update postgres_samples set words = $1", none).await?;
        assert_eq!(fetchval!(db, "select words from postgres_samples").await?, None);
    }

    async fn arrays_of_more_dimensions_are_an_error(db) {
        let error = db.fetchval::<Vec<i32>>("select array[[1, 2], [3, 4]]", ()).await.expect_err("two dimensions");
        assert!(error.to_string().contains("not supported yet"), "{error}");
    }

    async fn json_as_it_stands(db) {
        let value = serde_json::json!({"b": 1, "a": [null]});
        execute!(db, "insert into postgres_samples (plain) values ($1)", &value).await?;
        assert_eq!(fetchval!(db, "select plain from postgres_samples").await?, Some(value));
        assert_eq!(fetchval!(db, "select plain ->> 'b' from postgres_samples").await?.as_deref(), Some("1"));
        let count = fetchval!(db, "select count(*) from samples where payload @> $1", serde_json::json!({"a": 1})).await?;
        assert_eq!(count, 0);
    }

    async fn padded_text(db) {
        execute!(db, "insert into postgres_samples (code) values ($1)", "x").await?;
        assert_eq!(fetchval!(db, "select code from postgres_samples where code = $1", "x").await?.as_deref(), Some("x  "));
    }

    async fn a_null_of_each_type(db) {
        execute!(db, "insert into postgres_samples default values").await?;
        let row = db.fetchone("select * from postgres_samples", ()).await?.expect("a row");
        assert!(row.values()[1..].iter().all(Value::is_null), "{row}");
        let row = fetchone!(db, "select instant, key, feeling, feelings, amount, span, plain, code, words from postgres_samples").await?;
        let row = row.expect("a row");
        assert_eq!((row.instant, row.key, row.feeling, row.feelings, row.amount), (None, None, None, None, None));
        assert_eq!((row.span, row.plain, row.code, row.words), (None, None, None, None));
        execute!(
            db,
            "insert into postgres_samples (instant, key, feeling, feelings, amount, span, plain, code, words, numbers, big)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            None::<DateTime<Utc>>, None::<Uuid>, None::<Mood>, None::<Vec<Mood>>, None::<i32>, None::<value::Interval>,
            None::<serde_json::Value>, None::<String>, None::<Vec<String>>, None::<Vec<i32>>, None::<Decimal>,
        )
        .await?;
        assert_eq!(fetchval!(db, "select count(*) from postgres_samples where words is null and key is null").await?, 2);
    }

    async fn many_rows_by_unnest(db) {
        let (names, ages): (Vec<String>, Vec<i64>) = (0..100).map(|n| (format!("user {n}"), n)).unzip();
        let ids = fetchall!(db, "insert into users (name, age) select * from unnest($1::text[], $2::int8[]) returning id", names, ages).await?;
        assert_eq!(ids.len(), 100);
        executemany!(db, "insert into postgres_samples (feeling, words) values ($1, $2)", [(Mood::Ok, vec!["a"]), (Mood::Sad, vec![])]).await?;
        assert_eq!(fetchval!(db, "select count(*) from postgres_samples").await?, 2);
    }

    async fn a_type_that_no_rust_type_stands_for(db) {
        // As text, or by name.
        assert_eq!(fetchval!(db, "select '[1,3)'::int4range::text").await?, "[1,3)");
        assert_eq!(fetchval!(db, "select ('10.0.0.1'::inet)::text").await?, "10.0.0.1/32");
        let error = db.fetchone("select '[1,3)'::int4range as span", ()).await.expect_err("no value for it");
        assert!(error.to_string().contains("not supported yet"), "{error}");
    }
}
