//! One query for several backends: a text for each, texts put together, and types that differ.

use aio_databases::{Backend, Database, Done, execute, fetchall, fetchone, fetchval, query, query_as};
use aio_databases_tests::{TestResult, on_every_backend};
use chrono::{NaiveDate, NaiveDateTime};

async fn people(db: &Database) -> TestResult {
    let rows = [(1, "Ada", Some(36)), (2, "Grace", None), (3, "Alan", Some(41))];
    db.executemany("insert into users (id, name, age) values ($1, $2, $3)", rows).await?;
    Ok(())
}

on_every_backend! {
    async fn a_text_for_each_backend(db) {
        let name = fetchval!(db, { sqlite: "select 'SQLite'", postgres: "select 'PostgreSQL'", mysql: "select 'MySQL'" }).await?;
        assert_eq!(name, db.backend().title());
    }

    async fn a_text_for_one_and_another_for_the_rest(db) {
        people(&db).await?;
        let name = fetchval!(
            db,
            { postgres: "select string_agg(name, ',' order by id) from users", _: "select group_concat(name) from users" },
        )
        .await?;
        assert_eq!(name.as_deref(), Some("Ada,Grace,Alan"));
    }

    async fn texts_with_arguments(db) {
        people(&db).await?;
        let year = 2020;
        let moment: NaiveDateTime = "2020-06-01T00:00:00".parse()?;
        execute!(db, "insert into samples (moment) values ($1)", moment).await?;
        let count = fetchval!(
            db,
            {
                sqlite: "select count(*) from samples where cast(strftime('%Y', moment) as integer) = {year}",
                postgres: "select count(*) from samples where extract(year from moment)::int4 = {year}",
                mysql: "select count(*) from samples where year(moment) = {year}",
            },
        )
        .await?;
        assert_eq!(count, 1);
        // The same arguments, in another order.
        let row = fetchone!(
            db,
            { mysql: "select name from users where name = :name and id = :id", _: "select name from users where id = :id and name = :name" },
            id = 1,
            name = "Ada",
        )
        .await?;
        assert_eq!(row.expect("Ada is there").name, "Ada");
    }

    async fn an_upsert_for_each_backend(db) {
        people(&db).await?;
        let (id, name) = (1, "Augusta");
        let upsert = || {
            query!(
                {
                    mysql: "insert into users (id, name) values ({id}, {name}) on duplicate key update name = values(name)",
                    _: "insert into users (id, name) values ({id}, {name}) on conflict (id) do update set name = excluded.name",
                }
            )
        };
        let Done { rows_affected, .. } = upsert().execute(&db).await?;
        // MySQL counts a row that it finds and changes twice.
        assert_eq!(rows_affected, if db.backend() == Backend::Mysql { 2 } else { 1 });
        assert_eq!(fetchval!(db, "select name from users where id = 1").await?.as_deref(), Some("Augusta"));
    }

    async fn texts_in_pieces(db) {
        people(&db).await?;
        let rows = fetchall!(db, "select id, name from users " + "where age > $1 " + "order by id", 40).await?;
        assert_eq!(rows, [(3, "Alan")]);
        let rows = fetchall!(db, concat!("select id, name from users ", "where id = ", 2)).await?;
        assert_eq!(rows, [(2, "Grace")]);
        let rows = fetchall!(db, concat!("select id, name ", "from users") + " order by id", ).await?;
        assert_eq!(rows.len(), 3);
        let rows = fetchall!(db, r#"select id, name from users where name = 'Ada'"#).await?;
        assert_eq!(rows, [(1, "Ada")]);
    }

    async fn a_text_in_a_file(db) {
        people(&db).await?;
        #[derive(Debug, PartialEq)]
        struct User {
            id: i64,
            name: String,
        }
        let rows = fetchall!(db, include_str!("../queries/adults.sql"), 18).await?;
        assert_eq!(rows, [(1, "Ada"), (3, "Alan")]);
        let users = query_as!(User, include_str!("../queries/adults.sql"), 40).fetchall(&db).await?;
        assert_eq!(users, [User { id: 3, name: "Alan".to_owned() }]);
    }

    async fn integers_of_differing_width_become_the_widest(db) {
        execute!(db, "insert into samples (small, medium, large) values ($1, $2, $3)", 1, 2, 3).await?;
        // `smallint`, `int`, and SQLite's `integer`.
        let row = fetchone!(db, "select small, medium, large from samples").await?.expect("a row");
        let all: [Option<i64>; 3] = [row.small, row.medium, row.large];
        assert_eq!(all, [Some(1), Some(2), Some(3)]);
        let count: i64 = fetchval!(db, "select count(*) from users").await?;
        assert_eq!(count, 0);
        let one = fetchval!(db, "select 1").await?;
        assert_eq!(one, 1);
        // `bigint unsigned` on MySQL, where a negative number is an error when it is read.
        let length = fetchval!(db, "select length('four')").await?;
        assert_eq!(length, 4);
    }

    async fn truth_beside_zero_and_one(db) {
        people(&db).await?;
        let rows = fetchall!(db, "select age > 40 as old, age is null as ageless from users order by id").await?;
        let rows: Vec<(Option<bool>, bool)> = rows.iter().map(|row| (row.old, row.ageless)).collect();
        assert_eq!(rows, [(Some(false), false), (None, true), (Some(true), false)]);
        let exists: bool = fetchval!(db, "select exists (select 1 from users where id = $1)", 1).await?;
        assert!(exists);
    }

    async fn sums_are_decimals_where_a_server_says_so(db) {
        people(&db).await?;
        let sum: Option<rust_decimal::Decimal> = fetchval!(db, "select sum(age) from users").await?;
        assert_eq!(sum, Some(77.into()));
        let sum: Option<f64> = fetchval!(db, "select sum(precise) from samples").await?;
        assert_eq!(sum, None);
    }

    async fn dates_of_all_servers(db) {
        let day: NaiveDate = "2020-02-29".parse()?;
        execute!(db, "insert into samples (day) values ($1)", day).await?;
        let latest: Option<NaiveDate> = fetchval!(db, "select max(day) from samples where day <= $1", day).await?;
        assert_eq!(latest, Some(day));
    }
}
