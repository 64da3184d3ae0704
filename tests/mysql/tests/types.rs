//! Values of MySQL's own types, there and back. Dates and times are those of the crate `time` here.

use aio_databases::{Type, Value, execute, fetchall, fetchone, fetchval, value};
use aio_databases_tests::on_backend;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use time::{
    OffsetDateTime, PrimitiveDateTime,
    macros::{date, datetime, time},
};

#[derive(Clone, Copy, Debug, PartialEq, Type)]
#[aio_databases(rename_all = "lowercase")]
enum Mood {
    Sad,
    Ok,
    Happy,
}

on_backend! {
    Mysql:

    async fn select_twice_a_number(db) {
        let record = fetchone!(db, "select 2*? res", 2).await?;
        assert_eq!(record.res, 4);
    }

    async fn unsigned_integers_to_their_limits(db) {
        for (tiny, utiny, usmall, umedium, ularge) in
            [(i8::MIN, u8::MIN, u16::MIN, u32::MIN, u64::MIN), (i8::MAX, u8::MAX, u16::MAX, u32::MAX, u64::MAX)]
        {
            execute!(db, "delete from mysql_samples").await?;
            execute!(
                db,
                "insert into mysql_samples (tiny, utiny, usmall, umedium, ularge) values (?, ?, ?, ?, ?)",
                tiny, utiny, usmall, umedium, ularge,
            )
            .await?;
            let row = fetchone!(db, "select tiny, utiny, usmall, umedium, ularge from mysql_samples").await?;
            assert_eq!(row.expect("a row"), (Some(tiny), Some(utiny), Some(usmall), Some(umedium), Some(ularge)));
            let row = db.fetchone("select ularge, utiny from mysql_samples where ularge = ?", (ularge,)).await?.expect("a row");
            assert_eq!(row, (ularge, utiny));
            assert_eq!(row.get::<i64>("ularge").ok(), i64::try_from(ularge).ok());
        }
    }

    async fn an_integer_that_does_not_fit_is_an_error(db) {
        for (column, value) in [("tiny", 300), ("utiny", 300), ("utiny", -1), ("usmall", 70_000), ("ularge", -1_i64)] {
            let text = aio_databases::Trusted(format!("insert into mysql_samples ({column}) values (?)"));
            let error = db.execute(text, (value,)).await.expect_err("out of range");
            assert_eq!(error.code(), Some("1264"), "{column} {value}: {error}");
        }
        assert_eq!(fetchval!(db, "select count(*) from mysql_samples").await?, 0);
    }

    async fn a_bare_number_for_any_integer(db) {
        execute!(db, "insert into mysql_samples (tiny, utiny, usmall, umedium, ularge) values (?, ?, ?, ?, ?)", -1, 1, 2, 3, 4).await?;
        let rows = fetchall!(db, "select id from mysql_samples where utiny = ? order by id limit ?", 1, 10).await?;
        assert_eq!(rows.len(), 1);
        let id: u64 = rows[0].id;
        assert!(id > 0);
    }

    async fn truth_is_tinyint_of_one_digit(db) {
        execute!(db, "insert into samples (flag) values (?), (?), (null)", true, false).await?;
        let flags: Vec<Option<bool>> = fetchall!(db, "select flag from samples order by id").await?.iter().map(|row| row.flag).collect();
        assert_eq!(flags, [Some(true), Some(false), None]);
        db.execute("update samples set flag = 2", ()).await?;
        let error = fetchall!(db, "select flag from samples").await.expect_err("2 is neither");
        assert!(error.to_string().starts_with("column `flag` (number 1): 2 does not fit into `bool`"), "{error}");
    }

    async fn enums(db) {
        for mood in [Mood::Sad, Mood::Ok, Mood::Happy] {
            execute!(db, "delete from mysql_samples").await?;
            execute!(db, "insert into mysql_samples (feeling) values (?)", mood).await?;
            let read = fetchval!(db, r#"select feeling as "feeling: Mood" from mysql_samples where feeling = ?"#, mood).await?;
            assert_eq!(read, Some(mood));
        }
        assert_eq!(fetchval!(db, "select feeling from mysql_samples").await?.as_deref(), Some("happy"));
        assert!(execute!(db, "insert into mysql_samples (feeling) values (?)", "glad").await.is_err());
    }

    async fn years(db) {
        execute!(db, "insert into mysql_samples (year) values (?)", 2020).await?;
        let year: Option<u16> = fetchval!(db, "select year from mysql_samples where year = ?", 2020).await?;
        assert_eq!(year, Some(2020));
    }

    async fn instants(db) {
        for instant in [datetime!(2020-02-29 12:34:56.789012 +2), datetime!(1970-01-01 00:00:01 UTC), datetime!(2038-01-19 03:14:07 UTC)] {
            execute!(db, "delete from mysql_samples").await?;
            execute!(db, "insert into mysql_samples (instant) values (?)", instant).await?;
            let read: Option<OffsetDateTime> = fetchval!(db, "select instant from mysql_samples where instant = ?", instant).await?;
            assert_eq!(read, Some(instant));
            let read: Option<DateTime<Utc>> = db.fetchval("select instant from mysql_samples", ()).await?;
            assert_eq!(read.map(|read| read.timestamp()), Some(instant.unix_timestamp()));
        }
    }

    async fn dates_and_times_are_those_of_time(db) {
        let (day, clock, moment) = (date!(2020-02-29), time!(12:34:56.5), datetime!(1969-12-31 23:59:59.999999));
        execute!(db, "insert into samples (day, clock, moment) values (?, ?, ?)", day, clock, moment).await?;
        let row = fetchone!(db, "select day, clock, moment from samples").await?.expect("a row");
        let (read, _): (Option<PrimitiveDateTime>, Option<time::Date>) = (row.moment, row.day);
        assert_eq!(read, Some(moment));
        assert_eq!(row, (Some(day), Some(clock), Some(moment)));
    }

    async fn a_time_beyond_a_day_is_an_interval(db) {
        db.execute("insert into samples (clock) values ('-30:00:00.5')", ()).await?;
        let error = fetchval!(db, "select clock from samples").await.expect_err("no time of a day");
        assert!(error.to_string().contains("does not fit into `Time`"), "{error}");
        let span = db.fetchval::<value::Interval>("select clock from samples", ()).await?;
        assert_eq!(span.map(|span| span.micros), Some(-108_000_500_000));
    }

    async fn a_date_that_is_none(db) {
        let conn = db.connection().await?;
        conn.execute("set sql_mode = ''", ()).await?;
        conn.execute("insert into samples (day) values ('0000-00-00')", ()).await?;
        assert_eq!(fetchval!(conn, "select day from samples").await?, None);
        let error = fetchval!(conn, r#"select day as "day!" from samples"#).await.expect_err("no date");
        assert!(error.to_string().contains("0000-00-00"), "{error}");
    }

    async fn padded_text_and_decimals(db) {
        execute!(db, "insert into mysql_samples (code) values (?)", "x").await?;
        assert_eq!(fetchval!(db, "select code from mysql_samples where code = ?", "x").await?.as_deref(), Some("x"));
        assert_eq!(fetchval!(db, "select cast(1.5 as decimal(10, 2))").await?, Decimal::new(150, 2));
        assert_eq!(fetchval!(db, "select sum(total) from orders").await?, None);
    }

    async fn a_key_beyond_i64(db) {
        db.execute("insert into mysql_samples (id) values (18446744073709551614)", ()).await?;
        let id: Option<u64> = fetchval!(db, "select id from mysql_samples").await?;
        assert_eq!(id, Some(u64::MAX - 1));
        let error = db.fetchval::<i64>("select id from mysql_samples", ()).await.expect_err("too large");
        assert!(error.to_string().contains("18446744073709551614 does not fit into `i64`"), "{error}");
    }

    async fn a_null_of_each_type(db) {
        execute!(db, "insert into mysql_samples () values ()").await?;
        let row = db.fetchone("select * from mysql_samples", ()).await?.expect("a row");
        assert!(row.values()[1..].iter().all(Value::is_null), "{row}");
        let row = fetchone!(db, "select tiny, utiny, ularge, instant, feeling, code, year from mysql_samples").await?.expect("a row");
        assert_eq!((row.tiny, row.utiny, row.ularge, row.instant), (None, None, None, None));
        assert_eq!((row.feeling, row.code, row.year), (None, None, None));
    }
}
