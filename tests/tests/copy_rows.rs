//! `copy_in!`: many rows into a table, checked as an insert.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use aio_databases::{Backend, Database, Error, copy_in, execute, fetchall, fetchval};
use aio_databases_tests::{on_backend, on_every_backend, url};
use tokio::time::timeout;

struct NewUser<'a> {
    age: Option<i64>,
    name: &'a str,
    #[allow(dead_code)]
    note: &'static str,
}

on_every_backend! {
    async fn rows_of_any_kind(db) {
        assert_eq!(copy_in!(db, "users (name, age)", [("Ada", Some(36)), ("Grace", None)]).await?, 2);
        // One column needs no tuple; rows may be references, and made on the way.
        let names = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(copy_in!(db, "users (name)", &names).await?, 2);
        let pairs: &[(String, i64)] = &[("c".to_owned(), 1), ("d".to_owned(), 2)];
        assert_eq!(copy_in!(&db, "users (name, age)", pairs).await?, 2);
        assert_eq!(copy_in!(db, "users (name, age)", names.iter().zip(1..)).await?, 2);
        let users = [NewUser { name: "e", age: Some(5), note: "ignored" }, NewUser { name: "f", age: None, note: "" }];
        assert_eq!(copy_in!(db, NewUser, "users (name, age)", &users).await?, 2);
        assert_eq!(copy_in!(db, NewUser<'_>, "users (age, name)", users).await?, 2);
        assert_eq!(copy_in!(db, "users (name)", Vec::<String>::new()).await?, 0);
        let found = fetchall!(db, "select name, coalesce(age, 0) as age from users order by id").await?;
        let expected = [("Ada", 36), ("Grace", 0), ("a", 0), ("b", 0), ("c", 1), ("d", 2), ("a", 1), ("b", 2), ("e", 5), ("f", 0), ("e", 5), ("f", 0)];
        assert_eq!(found, expected);
    }

    async fn a_text_for_each_backend(db) {
        let copied = copy_in!(db, { mysql: "`users` (`name`) -- a comment", _: "users (\"name\")" }, ["Ada"]).await?;
        assert_eq!(copied, 1);
    }

    async fn a_row_that_is_refused_takes_all_back(db) {
        execute!(db, "insert into users (name, email) values ('Ada', 'ada')").await?;
        let rows = || (0..5_000).map(|number| (format!("user {number}"), if number == 3_000 { "ada".to_owned() } else { number.to_string() }));
        let error = copy_in!(db, "users (name, email)", rows()).await.expect_err("it is there already");
        assert!(error.is_unique_violation(), "{error}");
        assert_eq!(error.database().and_then(|said| said.row()), Some(3_000), "{error}");
        assert!(error.to_string().contains("tests/copy_rows.rs:"), "{error}");
        let mut tx = db.transaction().await?;
        assert_eq!(copy_in!(tx, "users (name)", ["kept"]).await?, 1);
        let inner = tx.transaction().await?;
        assert!(copy_in!(inner, "users (name, email)", rows()).await.is_err());
        inner.rollback().await?;
        tx.commit().await?;
        assert_eq!(fetchall!(db, "select name from users order by id").await?, [("Ada",), ("kept",)]);
    }

    async fn types_are_those_of_the_columns(db) {
        let day = chrono::NaiveDate::from_ymd_opt(1969, 12, 31).expect("a day");
        let moment = day.and_hms_micro_opt(23, 59, 59, 123_456).expect("a time");
        let price: rust_decimal::Decimal = "-12.3400".parse()?;
        let json = serde_json::json!({ "a": [1, null] });
        let row = (true, -1_i16, 2_i32, i64::MIN, 0.5_f32, 1e300, "é", vec![0_u8, 255], price, day, moment, json.clone());
        let rows = [row.clone(), row];
        let copied = copy_in!(
            db,
            "samples (flag, small, medium, large, single, precise, label, data, price, day, moment, payload)",
            rows
        );
        assert_eq!(copied.await?, 2);
        // As an insert sends them.
        let found = db.fetchall("select count(*) from samples group by flag, small, medium, large, label, price, day, moment", ()).await?;
        assert_eq!(found, [(2,)]);
        let sample = fetchall!(db, "select flag, large, precise, label, data, price, day, moment from samples").await?.remove(0);
        assert_eq!((sample.large, sample.precise, sample.label.as_deref(), sample.data), (Some(i64::MIN), Some(1e300), Some("é"), Some(vec![0, 255])));
        assert_eq!((sample.price, sample.day, sample.moment), (Some(price), Some(day), Some(moment)));
    }
}

on_backend! { Postgres:
    async fn types_that_only_postgres_has(db) {
        assert_eq!(db.backend(), Backend::Postgres);
        // The macros of this crate are checked for all backends, and these columns are only here: see `tests/postgres`.
        let error = copy_in!(db, "users (name, age)", [("a", Some(1)), ("b\0", None)]).await.expect_err("a zero byte");
        assert_eq!(error.code(), Some("22021"), "{error}");
        assert_eq!(error.database().and_then(|said| said.row()), Some(1), "{error}");
    }

    async fn rows_are_made_as_they_are_sent(db) {
        let made = AtomicUsize::new(0);
        let rows = std::iter::from_fn(|| {
            made.fetch_add(1, Ordering::Relaxed);
            Some(("x".repeat(1_000), 1_i64))
        });
        let small = Database::builder(url(&db)).max_size(1).acquire_timeout(Duration::from_secs(5)).open().await?;
        assert!(timeout(Duration::from_millis(200), copy_in!(small, "users (name, age)", rows)).await.is_err());
        assert!(made.load(Ordering::Relaxed) > 100);
        assert_eq!(fetchval!(small, "select count(*) from users").await?, 0);
        let rows = (0..100_000).map(|number| (format!("user {number}"), number));
        assert_eq!(copy_in!(small, "users (name, age)", rows).await?, 100_000);
        assert_eq!(fetchval!(small, "select count(*) from users where name = 'user ' || age").await?, 100_000);
        small.disconnect().await?;
    }

    async fn in_a_transaction_that_only_reads(db) {
        let tx = db.transaction().read_only().await?;
        let error = copy_in!(tx, "users (name)", ["a"]).await.expect_err("it only reads");
        assert!(matches!(error, Error::ReadOnly { .. }), "{error}");
    }
}
