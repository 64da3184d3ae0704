//! Values of every type that all backends have, there and back: as arguments and in records, checked and at run time.

use std::{borrow::Cow, num::NonZero, rc::Rc, sync::Arc};

use aio_databases::{Backend, Error, Json, Type, Value, execute, fetchall, fetchone, fetchval, value};
use aio_databases_tests::on_every_backend;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    theme: String,
    sizes: Vec<Option<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Type)]
struct Quantity(i64);

#[derive(Clone, Copy, Debug, PartialEq, Type)]
#[aio_databases(rename_all = "snake_case")]
enum Mood {
    Happy,
    VerySad,
    #[aio_databases(rename = "meh")]
    Indifferent,
}

on_every_backend! {
    async fn integers_to_their_limits(db) {
        for (small, medium, large) in [
            (i16::MIN, i32::MIN, i64::MIN),
            (-1, -1, -1),
            (0, 0, 0),
            (i16::MAX, i32::MAX, i64::MAX),
        ] {
            execute!(db, "delete from samples").await?;
            execute!(db, "insert into samples (small, medium, large) values ($1, $2, $3)", small, medium, large).await?;
            let row = fetchone!(db, "select small, medium, large from samples").await?.expect("a row");
            assert_eq!(row, (Some(i64::from(small)), Some(i64::from(medium)), Some(large)));
            let row = db.fetchone("select small, medium, large from samples", ()).await?.expect("a row");
            assert_eq!(row, (small, medium, large));
            assert_eq!(row.get::<i16>("small")?, small);
            assert_eq!(row.get::<i32>("medium")?, medium);
            assert_eq!(row.get::<i128>("large")?, i128::from(large));
        }
    }

    async fn an_argument_of_any_type_that_fits(db) {
        let large = |n: i64| n;
        execute!(db, "insert into samples (large) values ($1)", 1_i8).await?;
        execute!(db, "insert into samples (large) values ($1)", 1_u8).await?;
        execute!(db, "insert into samples (large) values ($1)", 1_i16).await?;
        execute!(db, "insert into samples (large) values ($1)", 1_u16).await?;
        execute!(db, "insert into samples (large) values ($1)", 1_i32).await?;
        execute!(db, "insert into samples (large) values ($1)", 1_u32).await?;
        execute!(db, "insert into samples (large) values ($1)", &large(1)).await?;
        execute!(db, "insert into samples (large) values ($1)", Some(1_i32)).await?;
        execute!(db, "insert into samples (large) values ($1)", &Some(&1_i32)).await?;
        execute!(db, "insert into samples (large) values ($1)", NonZero::new(1_u8)).await?;
        execute!(db, "insert into samples (large) values ($1)", Box::new(1)).await?;
        execute!(db, "insert into samples (large) values ($1)", Quantity(1)).await?;
        execute!(db, "insert into samples (large) values ($1)", Value::Int(1)).await?;
        assert_eq!(fetchval!(db, "select count(*) from samples where large = 1").await?, 13);

        let owned = "text".to_owned();
        execute!(db, "insert into samples (label) values ($1)", "text").await?;
        execute!(db, "insert into samples (label) values ($1)", &&"text").await?;
        execute!(db, "insert into samples (label) values ($1)", &owned).await?;
        execute!(db, "insert into samples (label) values ($1)", owned.as_str()).await?;
        execute!(db, "insert into samples (label) values ($1)", Some(&owned)).await?;
        execute!(db, "insert into samples (label) values ($1)", Cow::Borrowed("text")).await?;
        execute!(db, "insert into samples (label) values ($1)", Cow::<str>::Owned(owned.clone())).await?;
        execute!(db, "insert into samples (label) values ($1)", Box::<str>::from("text")).await?;
        execute!(db, "insert into samples (label) values ($1)", Arc::<str>::from("text")).await?;
        execute!(db, "insert into samples (label) values ($1)", &*Rc::new(owned.clone())).await?;
        assert_eq!(fetchval!(db, "select count(*) from samples where label = $1", owned).await?, 10);
        // It was not moved away.
        execute!(db, "insert into samples (label) values ($1)", 'c').await?;
        assert_eq!(fetchval!(db, "select count(*) from samples where label = 'c'").await?, 1);

        execute!(db, "insert into samples (single, precise) values ($1, $2)", 0.5_f32, 0.5_f32).await?;
        execute!(db, "insert into samples (precise) values ($1)", 2_i32).await?;
        assert_eq!(fetchval!(db, "select count(*) from samples where precise > 0").await?, 2);
    }

    async fn an_integer_that_does_not_fit_is_an_error_and_no_other_number(db) {
        for (column, value) in [("small", 40_000), ("small", -40_000), ("medium", 3_000_000_000_i64)] {
            let insert = aio_databases::Trusted(format!("insert into samples ({column}) values ($1)"));
            let error = db.execute(insert, (value,)).await;
            match db.backend() {
                // An integer has no width there.
                Backend::Sqlite => {
                    error?;
                }
                Backend::Postgres => assert!(matches!(error, Err(Error::Encode { .. })), "{error:?}"),
                Backend::Mysql => assert_eq!(error.expect_err("out of range").code(), Some("1264")),
            }
        }
        let error = db.execute("insert into samples (large) values ($1)", (u64::MAX,)).await;
        assert!(error.is_err(), "{error:?}");
        let wide = db.fetchval::<i64>("select large from samples where large is not null", ()).await?;
        assert_eq!(wide, None);
        // Nor when it is read.
        execute!(db, "insert into samples (large) values ($1)", 300).await?;
        let row = db.fetchone("select large from samples where large = 300", ()).await?.expect("a row");
        let error = row.get::<u8>("large").expect_err("300 is no u8");
        assert_eq!(error.to_string(), "column `large` (number 1): 300 does not fit into `u8`");
        let error = fetchone!(db, r#"select large as "large!: Byte" from samples where large = 300"#).await;
        let error = error.expect_err("300 is no u8").to_string();
        assert!(error.starts_with("column `large` (number 1): 300 does not fit into `u8`"), "{error}");
    }

    async fn floats(db) {
        for value in [0.0, -0.0, 1.5, -1.5, f64::MIN_POSITIVE, f64::MAX, f64::MIN, 0.1, 1e-300] {
            execute!(db, "delete from samples").await?;
            execute!(db, "insert into samples (precise) values ($1)", value).await?;
            let read = fetchval!(db, "select precise from samples").await?;
            assert_eq!(read, Some(value));
        }
        for value in [0.0, 1.5, -0.1, f32::MIN_POSITIVE, 16_777_216.0] {
            execute!(db, "delete from samples").await?;
            execute!(db, "insert into samples (single) values ($1)", value).await?;
            let read: Option<f64> = fetchval!(db, "select single from samples").await?;
            assert_eq!(read, Some(f64::from(value)));
        }
    }

    async fn floats_that_are_no_numbers(db) {
        for value in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            execute!(db, "delete from samples").await?;
            let done = execute!(db, "insert into samples (precise) values ($1)", value).await;
            match (db.backend(), value.is_nan()) {
                (Backend::Postgres, _) | (Backend::Sqlite, false) => {
                    done?;
                    let read = fetchval!(db, "select precise from samples").await?.expect("a value");
                    assert!(read == value || read.is_nan() && value.is_nan(), "{read}");
                }
                // It has no such value, and makes a null of it where it is not held back.
                (Backend::Sqlite, true) | (Backend::Mysql, _) => {
                    assert!(matches!(done, Err(Error::Encode { .. })), "{value}: {done:?}");
                }
            }
        }
    }

    async fn truth(db) {
        for value in [true, false] {
            execute!(db, "delete from samples").await?;
            execute!(db, "insert into samples (flag) values ($1)", value).await?;
            assert_eq!(fetchval!(db, "select flag from samples").await?, Some(value));
            assert_eq!(fetchval!(db, "select flag from samples where flag = $1", value).await?, Some(value));
            let read: Option<bool> = db.fetchval("select flag from samples", ()).await?;
            assert_eq!(read, Some(value));
        }
        let compared: bool = fetchval!(db, r#"select 1 = 1 as "x!: bool""#).await?;
        assert!(compared);
    }

    async fn text_of_any_kind(db) {
        let long = "long ".repeat(10_000);
        for value in ["", " ", "x", "O'Hara", r#"a "b" \ c"#, "größer", "日本語", "🦀 crab", "a\nb\tc", "%_$1?:x", &long] {
            execute!(db, "delete from samples").await?;
            execute!(db, "insert into samples (label) values ($1)", value).await?;
            assert_eq!(fetchval!(db, "select label from samples where label = $1", value).await?.as_deref(), Some(value));
            let read: Option<String> = db.fetchval("select label from samples where label = $1", (value,)).await?;
            assert_eq!(read.as_deref(), Some(value));
        }
    }

    async fn text_with_a_nul(db) {
        let done = execute!(db, "insert into samples (label) values ($1)", "a\0b").await;
        if db.backend() == Backend::Postgres {
            assert!(done.is_err(), "{done:?}");
            return Ok(());
        }
        done?;
        assert_eq!(fetchval!(db, "select label from samples").await?.as_deref(), Some("a\0b"));
    }

    async fn bytes(db) {
        let all: Vec<u8> = (0..=255).collect();
        let long = vec![7; 60_000];
        for value in [&b""[..], b"\0", &all, &long] {
            execute!(db, "delete from samples").await?;
            execute!(db, "insert into samples (data) values ($1)", value).await?;
            assert_eq!(fetchval!(db, "select data from samples").await?.as_deref(), Some(value));
            let read: Option<Vec<u8>> = db.fetchval("select data from samples where data = $1", (value,)).await?;
            assert_eq!(read.as_deref(), Some(value));
        }
        execute!(db, "insert into samples (data) values ($1)", [1_u8, 2]).await?;
        execute!(db, "insert into samples (data) values ($1)", vec![1_u8, 2]).await?;
        let two = fetchall!(db, "select data from samples where data = $1", [1, 2]).await?;
        assert_eq!(two.len(), 2);
    }

    async fn decimals(db) {
        for text in ["0", "0.1", "-0.0001", "1", "12345678.9999", "-99999999.9999", "1000000"] {
            let value: Decimal = text.parse()?;
            execute!(db, "delete from samples").await?;
            execute!(db, "insert into samples (price) values ($1)", value).await?;
            assert_eq!(fetchval!(db, "select price from samples").await?, Some(value), "{text}");
            let read: Option<Decimal> = db.fetchval("select price from samples where price = $1", (value,)).await?;
            assert_eq!(read, Some(value), "{text}");
            let own: value::Numeric = text.parse()?;
            assert_eq!(fetchall!(db, "select id from samples where price = $1", own).await?.len(), 1, "{text}");
        }
        execute!(db, "delete from samples").await?;
        execute!(db, "insert into samples (price) values ($1)", 7).await?;
        assert_eq!(fetchval!(db, "select price from samples").await?, Some(Decimal::from(7)));
        let too_large = execute!(db, "insert into samples (price) values ($1)", Decimal::MAX).await;
        match db.backend() {
            // A column has no limit there, but a number has no more than 15 digits.
            Backend::Sqlite => {
                let said = too_large.expect_err("15 digits").to_string();
                assert!(said.contains("SQLite keeps 15 digits of a decimal"), "{said}");
            }
            Backend::Postgres => assert_eq!(too_large.expect_err("numeric(12, 4)").code(), Some("22003")),
            Backend::Mysql => assert_eq!(too_large.expect_err("decimal(12, 4)").code(), Some("1264")),
        }
    }

    async fn dates_and_times_of_chrono(db) {
        for (day, clock, moment) in [
            ("2020-02-29", "12:34:56.789012", "2020-02-29T12:34:56.789012"),
            ("1969-12-31", "00:00:00", "1969-12-31T23:59:59.999999"),
            ("1000-01-01", "23:59:59.999999", "1000-01-01T00:00:00"),
            ("9999-12-31", "00:00:00.000001", "9999-12-31T23:59:59.000001"),
        ] {
            let day: NaiveDate = day.parse()?;
            let clock: NaiveTime = clock.parse()?;
            let moment: NaiveDateTime = moment.parse()?;
            execute!(db, "delete from samples").await?;
            execute!(db, "insert into samples (day, clock, moment) values ($1, $2, $3)", day, clock, moment).await?;
            let row = fetchone!(
                db,
                "select day, clock, moment from samples where day = $1 and clock = $2 and moment = $3",
                day,
                clock,
                moment,
            )
            .await?;
            assert_eq!(row.expect("it is found by its values"), (day, clock, moment));
            let row = db.fetchone("select day, clock, moment from samples where day = $1", (day,)).await?.expect("a row");
            assert_eq!(row.get::<NaiveDate>("day")?, day);
            assert_eq!(row.get::<NaiveTime>("clock")?, clock);
            assert_eq!(row.get::<NaiveDateTime>("moment")?, moment);
        }
    }

    async fn dates_and_times_of_time(db) {
        use time::macros::{date, datetime, time};
        for (day, clock, moment) in [
            (date!(2020-02-29), time!(12:34:56.789012), datetime!(2020-02-29 12:34:56.789012)),
            (date!(1969-12-31), time!(00:00), datetime!(1969-12-31 23:59:59.999999)),
        ] {
            #[derive(Debug, PartialEq)]
            struct Row {
                day: Option<time::Date>,
                clock: Option<time::Time>,
                moment: Option<time::PrimitiveDateTime>,
            }
            execute!(db, "delete from samples").await?;
            execute!(db, "insert into samples (day, clock, moment) values ($1, $2, $3)", day, clock, moment).await?;
            let row = fetchone!(db, Row, "select day, clock, moment from samples where moment = $1", moment).await?;
            assert_eq!(row, Some(Row { day: Some(day), clock: Some(clock), moment: Some(moment) }));
            let row = db.fetchone("select day, clock, moment from samples where day = $1", (day,)).await?.expect("a row");
            assert_eq!(row.get::<time::Date>("day")?, day);
            assert_eq!(row.get::<time::PrimitiveDateTime>("moment")?, moment);
        }
    }

    async fn dates_and_times_without_a_crate(db) {
        let (day, moment): (value::Date, value::Timestamp) = ("2020-02-29".parse()?, "2020-02-29 12:34:56.5".parse()?);
        execute!(db, "insert into samples (day, moment) values ($1, $2)", day, moment).await?;
        let row = fetchone!(db, (Option<value::Date>, Option<value::Timestamp>), "select day, moment from samples").await?;
        assert_eq!(row, Some((Some(day), Some(moment))));
    }

    async fn json(db) {
        use serde_json::json;
        for value in [
            json!(null),
            json!(1),
            json!(-1.5e-7),
            json!(true),
            json!(""),
            json!("größer \\ \" 🦀"),
            json!([1, null, [true, 2.5]]),
            json!({"a": {"b": [1, 2]}, "c": ""}),
        ] {
            execute!(db, "delete from samples").await?;
            execute!(db, "insert into samples (payload) values ($1)", &value).await?;
            assert_eq!(fetchval!(db, "select payload from samples").await?, Some(value.clone()));
            let read: Option<serde_json::Value> = db.fetchval("select payload from samples", ()).await?;
            assert_eq!(read, Some(value));
        }
        execute!(db, "delete from samples").await?;
        execute!(db, "insert into samples (payload) values ($1)", None::<serde_json::Value>).await?;
        assert_eq!(fetchval!(db, "select payload from samples").await?, None);
    }

    async fn json_in_a_type_of_the_users(db) {
        let settings = Settings { theme: "dark".to_owned(), sizes: vec![Some(1), None] };
        execute!(db, "insert into samples (payload) values ($1)", Json(&settings)).await?;
        let read = fetchval!(db, r#"select payload as "payload!: Json<Settings>" from samples"#).await?;
        assert_eq!(read.expect("a row").0, settings);
        execute!(db, "update samples set payload = $1", serde_json::json!({"theme": 1})).await?;
        let error = fetchval!(db, r#"select payload as "payload!: Json<Settings>" from samples"#).await;
        let error = error.expect_err("a theme is text").to_string();
        assert!(error.starts_with("column `payload` (number 1): not the JSON expected: "), "{error}");
    }

    async fn newtypes_and_enums_of_the_users(db) {
        execute!(db, "insert into samples (large, label) values ($1, $2)", Quantity(5), Mood::VerySad).await?;
        let row = fetchone!(db, r#"select large as "large: Quantity", label as "label: Mood" from samples"#).await?;
        assert_eq!(row.expect("a row"), (Some(Quantity(5)), Some(Mood::VerySad)));
        assert_eq!(fetchval!(db, "select label from samples").await?.as_deref(), Some("very_sad"));
        for mood in [Mood::Happy, Mood::Indifferent] {
            execute!(db, "update samples set label = $1", mood).await?;
            assert_eq!(fetchval!(db, r#"select label as "label: Mood" from samples"#).await?, Some(mood));
        }
        execute!(db, "update samples set label = 'glad'").await?;
        let error = fetchval!(db, r#"select label as "label: Mood" from samples"#).await.expect_err("no such mood");
        assert!(error.to_string().contains("glad"), "{error}");
    }

    async fn a_null_of_each_type(db) {
        execute!(
            db,
            "insert into samples (flag, small, medium, large, single, precise, label, data, price, day, clock, moment, payload)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            None::<bool>,
            None::<i16>,
            None::<i32>,
            None::<i64>,
            None::<f32>,
            None::<f64>,
            None::<&str>,
            None::<Vec<u8>>,
            None::<Decimal>,
            None::<NaiveDate>,
            None::<NaiveTime>,
            None::<NaiveDateTime>,
            None::<serde_json::Value>,
        )
        .await?;
        let row = fetchone!(
            db,
            "select flag, small, medium, large, single, precise, label, data, price, day, clock, moment, payload from samples",
        )
        .await?
        .expect("a row");
        assert_eq!((row.flag, row.small, row.medium, row.large), (None, None, None, None));
        assert_eq!((row.single, row.precise, row.label, row.data), (None, None, None, None));
        assert_eq!((row.price, row.day, row.clock, row.moment, row.payload), (None, None, None, None, None));
        let row = db.fetchone("select * from samples", ()).await?.expect("a row");
        assert!(row.values()[1..].iter().all(Value::is_null), "{row}");
        assert_eq!(row.get::<Option<i64>>("large")?, None);
        let error = row.get::<i64>("large").expect_err("it is null").to_string();
        assert_eq!(error, "column `large` (number 2): the value is null, but the Rust type is no `Option`".replace("number 2", "number 5"));
    }

    async fn nulls_at_run_time(db) {
        db.execute(
            "insert into samples (flag, small, label, data, price, day, moment, payload) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            [Value::Null, Value::Null, Value::Null, Value::Null, Value::Null, Value::Null, Value::Null, Value::Null],
        )
        .await?;
        db.execute("insert into samples (label, day) values ($1, $2)", (None::<&str>, None::<NaiveDate>)).await?;
        assert_eq!(fetchval!(db, "select count(*) from samples where label is null and day is null").await?, 2);
    }

    async fn a_value_of_another_kind_is_an_error(db) {
        execute!(db, "insert into samples (label, large) values ('x', 1)").await?;
        let row = db.fetchone("select label, large from samples", ()).await?.expect("a row");
        let error = row.get::<i64>("label").expect_err("text is no integer").to_string();
        assert_eq!(error, "column `label` (number 1): expected an integer, found `text`");
        let error = row.get::<String>("large").expect_err("an integer is no text").to_string();
        assert_eq!(error, "column `large` (number 2): expected text, found `integer`");
    }
}

/// A byte that is read from any integer, if it fits.
#[derive(Debug)]
struct Byte;

impl<T> aio_databases::Decode<T> for Byte
where
    i64: aio_databases::Decode<T>,
{
    fn decode(value: aio_databases::Raw<'_>) -> Result<Self, aio_databases::DecodeError> {
        <u8 as aio_databases::Decode<aio_databases::sql_types::Any>>::decode(value).map(|_| Byte)
    }
}
