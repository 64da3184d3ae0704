//! SQL that is only known at run time.

use aio_databases::{Backend, Error, Named, Trusted, Value, sql};

use crate::bench;

#[tokio::test]
async fn records() {
    for bench in bench::all().await {
        let db = &bench.db;
        let record =
            db.fetchone("select 4 as res, 'Ada' as name, null as absent", ()).await.unwrap().unwrap();
        assert_eq!(record["res"], 4, "{}", bench.name);
        assert_eq!(record[0], 4);
        assert_eq!(4, record[0]);
        assert_eq!(record["name"], "Ada");
        assert_eq!(record.get::<i64>("res").unwrap(), 4);
        assert_eq!(record.get::<i8>(0).unwrap(), 4);
        assert_eq!(record.get::<Option<i64>>("absent").unwrap(), None);
        assert_eq!(record, (4, "Ada", None::<i64>));
        assert_ne!(record, (4, "Ada"));
        assert_eq!(record.len(), 3);
        assert_eq!(record.columns(), ["res", "name", "absent"]);
        assert_eq!(record.to_string(), "res=4 name='Ada' absent=NULL");
        assert_eq!(record.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["res", "name", "absent"]);
        assert_eq!(record.value("no"), None);
        let error = record.get::<i64>("no").unwrap_err();
        assert_eq!(error.to_string(), "the record has no column `no`; it has `res`, `name` and `absent`");
        assert!(record.get::<i64>("name").unwrap_err().to_string().starts_with("column `name` (number 2): "));
    }
}

#[tokio::test]
async fn every_style_of_arguments() {
    for bench in bench::all().await {
        bench.table("styles").await;
        let db = &bench.db;
        db.execute("insert into styles values (%s, %s)", (1, "Ada")).await.unwrap();
        db.execute("insert into styles values ($1, $2)", (2, "Grace")).await.unwrap();
        let by = |name: &'static str| Named::new().set("id", 2).set("name", name);
        for (text, count) in [
            ("select count(*) from styles where id = :id and name = :name", 1),
            ("select count(*) from styles where id = %(id)s and name = %(name)s", 1),
            ("select count(*) from styles where (id = {id} or id = {id}) and name = {name}", 1),
        ] {
            let found: Option<i64> = db.fetchval(text, by("Grace")).await.unwrap();
            assert_eq!(found, Some(count), "{}: {text}", bench.name);
        }
        let one = "select name from styles where id = ?";
        for name in [
            db.fetchval::<String>(one, (2,)).await.unwrap(),
            db.fetchval::<String>(one, [2]).await.unwrap(),
            db.fetchval::<String>(one, vec![Value::Int(2)]).await.unwrap(),
            sql(one, (2,)).fetchval::<String, _>(db).await.unwrap(),
            db.fetchval::<String>(Trusted(one.to_owned()), (2,)).await.unwrap(),
        ] {
            assert_eq!(name.as_deref(), Some("Grace"));
        }
        let twice: Option<i64> =
            db.fetchval("select count(*) from styles where id = $1 or id = $1", (1,)).await.unwrap();
        assert_eq!(twice, Some(1));
    }
}

#[tokio::test]
async fn mistakes_in_arguments() {
    for bench in bench::all().await {
        let db = &bench.db;
        for (error, part) in [
            (db.fetchone("select $1, $2", (1,)).await.unwrap_err(), "2"),
            (db.fetchone("select $1, ?", (1, 2)).await.unwrap_err(), "`?`"),
            (db.fetchone("select :id", Named::new().set("ids", 1)).await.unwrap_err(), "`ids`"),
        ] {
            assert!(matches!(error, Error::Sql { .. }), "{error:?}");
            let text = error.to_string();
            assert!(text.contains(part) && text.contains("dynamic.rs:"), "{text}");
        }
    }
}

#[tokio::test]
async fn no_rows_some_rows_many_rows() {
    for bench in bench::all().await {
        bench.table("some_rows").await;
        let db = &bench.db;
        assert_eq!(db.fetchone("select id from some_rows", ()).await.unwrap(), None);
        assert_eq!(db.fetchval::<i64>("select id from some_rows", ()).await.unwrap(), None);
        assert_eq!(db.fetchval::<i64>("select max(id) from some_rows", ()).await.unwrap(), None);
        assert!(db.fetchall("select id from some_rows", ()).await.unwrap().is_empty());
        let rows = (1..=100).map(|id| (id, format!("name {id}")));
        let done = db.executemany("insert into some_rows values ($1, $2)", rows).await.unwrap();
        assert_eq!(done.rows_affected, 100);
        assert_eq!(db.fetchall("select id from some_rows", ()).await.unwrap().len(), 100);
        assert_eq!(db.fetchmany(7, "select id from some_rows order by id", ()).await.unwrap()[6], (7,));
        assert_eq!(db.fetchmany(0, "select id from some_rows", ()).await.unwrap().len(), 0);
        let done =
            db.execute("update some_rows set name = concat('a', name) where id <= 10", ()).await.unwrap();
        assert_eq!(done.rows_affected, 10, "{}", bench.name);
        let done = db.execute("delete from some_rows where id > 1000", ()).await.unwrap();
        assert_eq!((done.rows_affected, done.last_insert_id), (0, None));
        let done = db.execute("select id from some_rows", ()).await.unwrap();
        assert_eq!((done.rows_affected, done.last_insert_id), (0, None), "{}", bench.name);
    }
}

#[tokio::test]
async fn many_rows_stop_where_they_are_not_wanted() {
    for bench in bench::all().await {
        let db = &bench.db;
        let first = db.fetchmany(3, bench.numbers(100_000), ()).await.unwrap();
        assert_eq!(first.len(), 3, "{}", bench.name);
        assert_eq!(first[2], (3,));
        // On one connection, too, where the rest must not be taken for the next result.
        let conn = db.connection().await.unwrap();
        assert_eq!(conn.fetchone(bench.numbers(5_000), ()).await.unwrap().unwrap(), (1,));
        assert_eq!(conn.fetchval::<i64>("select 7", ()).await.unwrap(), Some(7));
    }
}

#[tokio::test]
async fn statements_that_cannot_be_prepared_everywhere() {
    for bench in bench::all().await {
        let conn = bench.db.connection().await.unwrap();
        for statement in ["begin", "rollback"] {
            conn.execute(statement, ()).await.unwrap_or_else(|error| panic!("{}: {error}", bench.name));
        }
        if bench.is(Backend::Mysql) {
            conn.execute("lock tables mysql.user read", ()).await.unwrap();
            conn.execute("unlock tables", ()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_a_common_table_expression_writes_stays_when_not_all_rows_are_wanted() {
    for bench in bench::all().await {
        if !bench.is(Backend::Postgres) {
            continue;
        }
        bench.table("written").await;
        let write =
            "with a as (insert into written select i, i::text from generate_series(1, 30000) i returning id)
                     select id, repeat('x', 200) from a";
        assert!(bench.db.fetchone(write, ()).await.unwrap().is_some());
        let count: Option<i64> = bench.db.fetchval("select count(*) from written", ()).await.unwrap();
        assert_eq!(count, Some(30_000));
    }
}

/// SQLite runs several statements with the same arguments, one after the other.
#[tokio::test]
async fn several_statements() {
    for bench in bench::all().await {
        bench.table("several").await;
        let db = &bench.db;
        let add = "insert into several values (?, ?); insert into several values (?, ?); delete from several where id = 0";
        let done = db.execute(add, (1, "Ada", 2, "Alan")).await;
        if db.backend() != Backend::Sqlite {
            let told = done.unwrap_err().to_string();
            assert!(
                told.contains("a second statement starts here") && told.contains("executescript"),
                "{told}"
            );
            continue;
        }
        let done = done.unwrap();
        assert_eq!((done.rows_affected, done.last_insert_id), (2, Some(2)));
        let both = "update several set name = :name where id = :id; select name from several where id = :id";
        let name: Option<String> =
            db.fetchval(both, Named::new().set("id", 2).set("name", "Grace")).await.unwrap();
        assert_eq!(name.as_deref(), Some("Grace"));
        // One fails: what was done before it stays, what comes after it is not done.
        let failing = "insert into several values ($1, 'x'); select nope from several; delete from several";
        let Err(Error::Database(error)) = db.execute(failing, (3,)).await else { panic!("it ran") };
        assert_eq!(error.position().map(|at| at.column), Some(46), "{error}");
        let count: Option<i64> = db.fetchval("select count(*) from several", ()).await.unwrap();
        assert_eq!(count, Some(3));
        // Many rows: all or nothing.
        let many =
            "insert into several values ($1, 'a' || $1); insert into several values ($1 + 1, 'b' || $1)";
        assert_eq!(db.executemany(many, [(10,), (20,)]).await.unwrap().rows_affected, 4);
        assert!(db.executemany(many, [(30,), (10,)]).await.is_err());
        let count: Option<i64> = db.fetchval("select count(*) from several", ()).await.unwrap();
        assert_eq!(count, Some(7));
    }
}

#[tokio::test]
async fn another_column_than_the_first() {
    for bench in bench::all().await {
        let db = &bench.db;
        let sql = "select 1 as id, 'Ada' as name, null as email, 2 as id";
        assert_eq!(
            db.fetchval_of::<String>("name", sql, ()).await.unwrap().as_deref(),
            Some("Ada"),
            "{}",
            bench.name
        );
        assert_eq!(db.fetchval_of::<i64>(3, sql, ()).await.unwrap(), Some(2));
        assert_eq!(db.fetchval_of::<i64>("id", sql, ()).await.unwrap(), Some(1), "the first of the name");
        assert_eq!(db.fetchval_of::<String>("email", sql, ()).await.unwrap(), None);
        let conn = db.connection().await.unwrap();
        assert_eq!(sql_of(sql).fetchval_of::<i64, _>(&conn, 0).await.unwrap(), Some(1));
        for result in
            [conn.fetchval_of::<i64>("e-mail", sql, ()).await, conn.fetchval_of::<i64>(4, sql, ()).await]
        {
            match result {
                Err(Error::ColumnNotFound { columns, query: Some(place), .. }) => {
                    assert_eq!((columns.len(), place.file, &*place.sql), (4, file!(), sql));
                }
                other => panic!("{}: {other:?}", bench.name),
            }
        }
        let wrong = conn.fetchval_of::<i64>("name", sql, ()).await;
        assert!(matches!(wrong, Err(Error::Decode { index: 1, .. })), "{}: {wrong:?}", bench.name);
        let none = "select 1 as id from (select 2 as two) a where two = 3";
        assert_eq!(conn.fetchval_of::<i64>("id", none, ()).await.unwrap(), None, "no row");
    }
}

fn sql_of(text: &'static str) -> aio_databases::DynamicQuery {
    aio_databases::sql(text, ())
}

#[tokio::test]
async fn columns_of_one_name_are_all_there() {
    for bench in bench::all().await {
        let sql = "select 1 as id, 'test' as name, 2 as id, 'test2' as name";
        let record = bench.db.fetchone(sql, ()).await.unwrap().unwrap();
        assert_eq!((record.len(), record.is_empty()), (4, false), "{}", bench.name);
        assert_eq!(record.columns(), ["id", "name", "id", "name"]);
        assert_eq!(record, (1, "test", 2, "test2"));
        assert_eq!((&record["id"], &record[2]), (&Value::Int(1), &Value::Int(2)));
        assert!(
            record.value("name").is_some() && record.value("value").is_none() && record.value(4).is_none()
        );
        let items: Vec<_> = record.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(items, ["id=1", "name=test", "id=2", "name=test2"]);
        assert_eq!(record.to_string(), "id=1 name='test' id=2 name='test2'");
        assert!(format!("{record:?}").contains("test2"));
        assert_eq!(record.values().to_vec(), record.into_iter().collect::<Vec<_>>());
    }
}
