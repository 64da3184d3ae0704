//! Records: what a query gives, by field, by tuple, by index and in a type of the user's.

use aio_databases::{
    Database, Done, Record, Type, execute, executemany, fetchall, fetchmany, fetchone, fetchval, query,
    query_as, query_val,
};
use aio_databases_tests::{TestResult, lacks_returning, on_every_backend};
use rust_decimal::Decimal;

/// Ada has two orders, Grace one, Alan none; Grace has neither e-mail nor age.
async fn people(db: &Database) -> TestResult {
    let users = [
        (1, "Ada", Some("ada@example.org"), Some(36)),
        (2, "Grace", None, None),
        (3, "Alan", Some("alan@example.org"), Some(41)),
    ];
    executemany!(db, "insert into users (id, name, email, age) values ($1, $2, $3, $4)", users).await?;
    let orders = [(1, 1, Some("first"), 10), (2, 1, None, 20), (3, 2, None, 5)];
    executemany!(db, "insert into orders (id, user_id, note, total) values ($1, $2, $3, $4)", orders).await?;
    Ok(())
}

#[derive(Debug, PartialEq, Type)]
struct UserId(i64);

#[derive(Debug, PartialEq)]
struct User {
    id: i64,
    name: String,
    email: Option<String>,
}

#[derive(Debug, PartialEq)]
struct Pair<A, B> {
    first: A,
    second: B,
}

on_every_backend! {
    async fn a_field_has_the_columns_name_and_type(db) {
        let record = fetchone!(db, "select 2*$1 res", 2).await?;
        assert_eq!(record.res, 4);
        let record = fetchone!(db, "select $1 + 1 as a, 'text' as b", 41).await?;
        let (_, b): (_, &String) = (record.a, &record.b);
        assert_eq!((record.a, b.as_str()), (42, "text"));
    }

    async fn a_record_compares_with_a_tuple(db) {
        let record = fetchone!(db, "select 2*$1 res, 'a' as letter", 2).await?;
        assert_eq!(record, (4, "a"));
        assert_ne!(record, (5, "a"));
        people(&db).await?;
        let records = fetchall!(db, "select id, email from users order by id limit 2").await?;
        assert_eq!(records, [(1, Some("ada@example.org".to_owned())), (2, None)]);
    }

    async fn a_record_is_debug_clone_and_partial_eq(db) {
        let record = fetchone!(db, "select 2*$1 res, 'a' as letter", 2).await?;
        let copy = record.clone();
        assert_eq!(copy, record);
        assert_eq!(format!("{record:?}"), r#"Record { res: 4, letter: "a" }"#);
    }

    async fn a_dynamic_record_is_read_by_name_index_and_tuple(db) {
        let record: Record = db.fetchone("select 2*$1 res, 'a' as letter", (2,)).await?.expect("one row");
        assert_eq!(record["res"], 4);
        assert_eq!(record[0], 4);
        assert_eq!(record[1], "a");
        assert_eq!(record.get::<i64>("res")?, 4);
        assert_eq!(record.get::<String>(1)?, "a");
        assert_eq!(record, (4, "a"));
        assert_eq!(record.columns(), ["res", "letter"]);
        assert_eq!(record.to_string(), "res=4 letter='a'");
        assert_eq!(record.value("other"), None);
        let error = record.get::<i64>("other").expect_err("there is no such column");
        assert_eq!(error.to_string(), "the record has no column `other`; it has `res` and `letter`");
    }

    async fn only_an_alias_says_more_than_a_name(db) {
        // MySQL calls the column by its text.
        assert_eq!(fetchval!(db, "select 'a: b'").await?, "a: b");
        assert_eq!(fetchval!(db, "select * from (select 'id!' as v) t limit 1").await?.as_deref(), Some("id!"));
        let record = fetchone!(db, r#"select n from (select 2 as n union select 2) t limit 1"#).await?;
        assert_eq!(record.expect("a row").n, 2);
    }

    async fn a_nullable_column_is_an_option(db) {
        people(&db).await?;
        let users = fetchall!(db, "select name, email, age from users order by id").await?;
        let _: (&String, &Option<String>, Option<i64>) = (&users[0].name, &users[0].email, users[0].age);
        assert_eq!(users[0], ("Ada", Some("ada@example.org".to_owned()), Some(36)));
        assert_eq!(users[1], ("Grace", None, None::<i64>));
    }

    async fn the_far_side_of_a_left_join_is_an_option(db) {
        people(&db).await?;
        let rows = fetchall!(
            db,
            "select u.name, o.total, o.note from users u left join orders o on o.user_id = u.id
             order by u.id, o.id",
        )
        .await?;
        let _: (&String, Option<i64>) = (&rows[0].name, rows[0].total);
        assert_eq!(rows.iter().map(|row| row.total).collect::<Vec<_>>(), [Some(10), Some(20), Some(5), None]);
        let inner = fetchone!(db, "select o.total from users u join orders o on o.user_id = u.id order by o.id limit 1").await?;
        let total: i64 = inner.expect("there are orders").total;
        assert_eq!(total, 10);
    }

    async fn a_null_that_is_compared_away_is_no_option(db) {
        people(&db).await?;
        let adults = fetchall!(db, "select name, age from users where age > $1 order by id", 18).await?;
        let ages: Vec<i64> = adults.iter().map(|adult| adult.age).collect();
        assert_eq!(ages, [36, 41]);
        let mails = fetchall!(db, "select email from users where email is not null order by id").await?;
        let mails: Vec<String> = mails.into_iter().map(|row| row.email).collect();
        assert_eq!(mails, ["ada@example.org", "alan@example.org"]);
    }

    async fn aggregates_over_no_rows(db) {
        let record = fetchone!(
            db,
            "select count(*) as count, count(age) as ages, max(age) as oldest, min(name) as first, sum(age) as sum
             from users",
        )
        .await?;
        let (count, ages, oldest): (i64, i64, Option<i64>) = (record.count, record.ages, record.oldest);
        let sum: Option<Decimal> = record.sum;
        assert_eq!((count, ages, oldest, record.first, sum), (0, 0, None, None, None));
        people(&db).await?;
        let record = fetchone!(db, "select count(*) as count, max(age) as oldest, sum(age) as sum from users").await?;
        assert_eq!(record, (3, Some(41), Some(Decimal::from(77))));
    }

    async fn exactly_one_row_gives_the_record_itself(db) {
        people(&db).await?;
        let record = fetchone!(db, "select count(*) as n from users where age > $1", 40).await?;
        assert_eq!(record.n, 1);
        let n: i64 = fetchval!(db, "select count(*) from users").await?;
        assert_eq!(n, 3);
        let record = fetchone!(db, "select (select count(*) from orders) as orders").await?;
        assert_eq!(record.orders, 3);
        if lacks_returning(&db, "the record of one inserted row").await? {
            return Ok(());
        }
        let id: i64 = fetchval!(db, "insert into users (name) values ($1) returning id", "Edsger").await?;
        assert!(id > 0);
    }

    async fn any_number_of_rows_gives_an_option(db) {
        people(&db).await?;
        let user = fetchone!(db, "select name from users where id = $1", 3).await?;
        assert_eq!(user.map(|user| user.name).as_deref(), Some("Alan"));
        let nobody = fetchone!(db, "select name from users where id = $1", 4).await?;
        assert!(nobody.is_none());
        let grouped = fetchone!(db, "select count(*) as n from users where id > 5 group by name limit 1").await?;
        assert!(grouped.is_none());
    }

    async fn fetchval_takes_the_first_column(db) {
        people(&db).await?;
        let name: Option<String> = fetchval!(db, "select name, email from users where id = $1", 1).await?;
        assert_eq!(name.as_deref(), Some("Ada"));
        let no_row: Option<String> = fetchval!(db, "select name from users where id = $1", 4).await?;
        assert_eq!(no_row, None);
        let null: Option<String> = fetchval!(db, "select email from users where id = $1", 2).await?;
        assert_eq!(null, None);
    }

    async fn fetchmany_gives_no_more_than_n(db) {
        people(&db).await?;
        for (n, expected) in [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (usize::MAX, 3)] {
            let records = fetchmany!(db, n, "select id from users order by id").await?;
            assert_eq!(records.len(), expected, "at most {n}");
            let users = fetchmany!(db, n, User, "select id, name, email from users order by id").await?;
            assert_eq!(users.len(), expected, "at most {n}");
        }
    }

    async fn overrides_of_null(db) {
        people(&db).await?;
        let ada = fetchone!(db, r#"select age as "age!", name as "name?" from users where id = 1"#).await?;
        let ada = ada.expect("Ada is there");
        let (age, name): (i64, Option<String>) = (ada.age, ada.name);
        assert_eq!((age, name.as_deref()), (36, Some("Ada")));
        let error = fetchall!(db, r#"select age as "age!" from users order by id"#).await.expect_err("Grace has no age");
        assert!(error.to_string().starts_with("column `age` (number 1): the value is null"), "{error}");
    }

    async fn overrides_of_the_type(db) {
        people(&db).await?;
        let rows = fetchall!(db, r#"select id as "id: UserId", age as "age: i128" from users order by id"#).await?;
        assert_eq!((&rows[0].id, rows[0].age), (&UserId(1), Some(36)));
        assert_eq!(rows[1].age, None);
        let id: Option<UserId> = fetchval!(db, r#"select max(id) as "id: UserId" from users"#).await?;
        assert_eq!(id, Some(UserId(3)));
        let id: UserId = fetchval!(db, r#"select count(*) as "id!: UserId" from users"#).await?;
        assert_eq!(id, UserId(3));
    }

    async fn a_struct_of_the_users_after_the_executor(db) {
        people(&db).await?;
        let users = fetchall!(db, User, "select id, name, email from users order by id").await?;
        assert_eq!(users[1], User { id: 2, name: "Grace".into(), email: None });
        // By name, whatever the order of the columns.
        let user = fetchone!(db, User, "select email, id, name from users where id = $1", 1).await?;
        assert_eq!(user, Some(User { id: 1, name: "Ada".into(), email: Some("ada@example.org".into()) }));
        let pair = fetchone!(db, Pair<i64, String>, "select id as first, name as second from users where id = 3").await?;
        assert_eq!(pair, Some(Pair { first: 3, second: "Alan".to_owned() }));
    }

    async fn a_tuple_after_the_executor(db) {
        people(&db).await?;
        let pairs = fetchall!(db, (i64, Option<String>), "select id, email from users order by id").await?;
        assert_eq!(pairs[1], (2, None));
        // Names are of no interest then: two columns may have the same.
        let pair = fetchone!(db, (String, String), "select name, name from users where id = 1").await?;
        assert_eq!(pair, Some(("Ada".to_owned(), "Ada".to_owned())));
    }

    async fn queries_that_are_run_later(db) {
        people(&db).await?;
        let older = |age: i64| query!("select id, name from users where age >= $1 order by id", age);
        assert_eq!(older(0).fetchall(&db).await?, [(1, "Ada"), (3, "Alan")]);
        assert_eq!(older(0).fetchmany(&db, 1).await?, [(1, "Ada")]);
        assert_eq!(older(40).fetchone(&db).await?.expect("Alan is 41"), (3, "Alan"));
        assert_eq!(older(40).fetchval(&db).await?, Some(3));
        let mut rows = older(0).iterate(&db);
        assert_eq!(rows.next().await.expect("a first row")?, (1, "Ada"));
        drop(rows);

        let names = query_val!("select name from users where id = $1", 1);
        assert_eq!(names.fetchone(&db).await?.as_deref(), Some("Ada"));
        let names: Vec<String> = query_val!("select name from users order by id").fetchall(&db).await?;
        assert_eq!(names, ["Ada", "Grace", "Alan"]);

        let users = query_as!(User, "select id, name, email from users where id < $1 order by id", 2);
        assert_eq!(users.fetchall(&db).await?.len(), 1);

        let done: Done = query!("delete from orders where id = $1", 1).execute(&db).await?;
        assert_eq!(done.rows_affected, 1);
        // A query that is never run does nothing.
        let _ = query!("delete from orders");
        assert_eq!(fetchval!(db, "select count(*) from orders").await?, 2);
    }

    async fn names_that_are_words_of_rusts(db) {
        let record = fetchone!(db, "select 'a' as type, 'b' as move").await?;
        assert_eq!((record.r#type.as_str(), record.r#move.as_str()), ("a", "b"));
    }

    async fn names_in_other_letters(db) {
        let record = fetchone!(db, r#"select 'a' as größe, 'b' as "название""#).await?;
        assert_eq!((record.größe.as_str(), record.название.as_str()), ("a", "b"));
    }

    async fn more_columns_than_a_tuple_has(db) {
        let record = fetchone!(
            db,
            "select 'a' as c1, 'b' as c2, 'c' as c3, 'd' as c4, 'e' as c5, 'f' as c6, 'g' as c7, 'h' as c8, 'i' as c9,
                    'j' as c10, 'k' as c11, 'l' as c12, 'm' as c13, 'n' as c14, 'o' as c15, 'p' as c16, 'q' as c17,
                    'r' as c18, 's' as c19, 't' as c20",
        )
        .await?;
        assert_eq!((record.c1.as_str(), record.c20.as_str()), ("a", "t"));
        assert_eq!(record.clone(), record);
    }

    async fn a_star_gives_the_tables_columns(db) {
        people(&db).await?;
        let ada = fetchone!(db, "select * from users where id = 1").await?.expect("Ada is there");
        assert_eq!(ada, (1, "Ada", Some("ada@example.org".to_owned()), Some(36)));
        let order = fetchone!(db, "select o.*, u.name from orders o join users u on u.id = o.user_id where o.id = 3").await?;
        let order = order.expect("the order is there");
        assert_eq!((order.id, order.user_id, order.total, order.name.as_str()), (3, 2, 5, "Grace"));
    }

    async fn two_queries_in_one_scope_have_records_of_their_own(db) {
        let (a, b) = (fetchone!(db, "select 1 as a").await?, fetchone!(db, "select 'x' as b").await?);
        assert_eq!((a.a, b.b.as_str()), (1, "x"));
        let mut sum = 0;
        for n in 0..3 {
            sum += fetchone!(db, "select $1 + 1 as next", n).await?.next;
        }
        assert_eq!(sum, 6);
    }

    async fn the_record_of_a_statement_that_changes_something(db) {
        if lacks_returning(&db, "the record of a statement that changes something").await? {
            return Ok(());
        }
        people(&db).await?;
        let record = fetchone!(db, "insert into users (name, age) values ($1, $2) returning id, name, age", "Barbara", 28).await?;
        assert_eq!((record.name.as_str(), record.age), ("Barbara", Some(28)));
        let gone = fetchall!(db, "delete from orders where user_id = $1 returning id, total", 1).await?;
        let mut totals: Vec<i64> = gone.iter().map(|order| order.total).collect();
        totals.sort();
        assert_eq!(totals, [10, 20]);
        assert_eq!(execute!(db, "delete from orders").await?.rows_affected, 1);
    }
}
