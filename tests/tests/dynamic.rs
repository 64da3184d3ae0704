//! SQL that is only known at run time.

use aio_databases::{Backend, Connection, Database, Error, Named, Record, Trusted, Value, execute, sql};
use aio_databases_tests::{TestResult, on_every_backend};

async fn people(db: &Database) -> TestResult {
    let rows = [(1, "Ada", Some(36)), (2, "Grace", None), (3, "Alan", Some(41))];
    db.executemany("insert into users (id, name, age) values ($1, $2, $3)", rows).await?;
    Ok(())
}

on_every_backend! {
    async fn every_method(db) {
        people(&db).await?;
        let ada = db.fetchone("select id, name, age from users where id = $1", (1,)).await?;
        assert_eq!(ada.expect("Ada is there"), (1, "Ada", 36));
        assert!(db.fetchone("select id from users where id = $1", (9,)).await?.is_none());
        assert_eq!(db.fetchall("select name from users where age > ? order by id", [0]).await?, [("Ada",), ("Alan",)]);
        assert_eq!(db.fetchmany(2, "select id from users order by id", ()).await?, [(1,), (2,)]);
        assert_eq!(db.fetchval::<String>("select name from users where id = 3", ()).await?.as_deref(), Some("Alan"));
        assert_eq!(db.fetchval::<i64>("select age from users where id = 2", ()).await?, None);
        assert_eq!(db.execute("delete from users where id = $1", (3,)).await?.rows_affected, 1);
        let mut rows = db.iterate("select id from users order by id", ());
        let first: Record = rows.next().await.expect("a row")?;
        assert_eq!(first["id"], 1);
    }

    async fn the_same_on_a_connection(db) {
        people(&db).await?;
        let conn: Connection = db.connection().await?;
        let ada = conn.fetchone("select name from users where id = :id", Named::new().set("id", 1)).await?;
        assert_eq!(ada.expect("Ada is there"), ("Ada",));
        assert_eq!(conn.fetchall("select id from users", ()).await?.len(), 3);
        conn.executemany("update users set age = $1 where id = $2", [(1, 1), (2, 2)]).await?;
        let query = sql("select sum(age) from users where id < $1", (3,));
        let by_conn: Option<Value> = query.clone().fetchval(&conn).await?;
        let by_db: Option<Value> = query.fetchval(&db).await?;
        assert_eq!(by_conn, by_db);
        assert_eq!(by_conn.map(|sum| sum.to_string()).as_deref(), Some("3"));
    }

    async fn a_text_that_the_program_made(db) {
        people(&db).await?;
        for column in ["id", "name"] {
            let text = Trusted(format!("select {column} from users order by id"));
            assert_eq!(db.fetchall(text, ()).await?.len(), 3);
        }
    }

    async fn values_keep_their_kind(db) {
        people(&db).await?;
        let row = db.fetchone("select id, name, age, email, 1.5 as half from users where id = 1", ()).await?.expect("Ada");
        assert_eq!((row["id"].kind(), row["name"].kind(), row["email"].kind()), ("integer", "text", "null"));
        assert_eq!(row["half"].to_string(), "1.5");
        assert_eq!(row["half"].kind(), if db.backend() == Backend::Sqlite { "float" } else { "numeric" });
        let values: Vec<Value> = row.clone().into_values();
        assert_eq!(values.len(), row.len());
        assert_eq!(row.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["id", "name", "age", "email", "half"]);
        assert_eq!(row.clone(), row);
        assert_eq!(format!("{row:?}"), "<Record id=1 name='Ada' age=36 email=NULL half=1.5>");
    }

    async fn two_columns_of_one_name(db) {
        let row = db.fetchone("select 1 as a, 2 as a", ()).await?.expect("a row");
        assert_eq!(row, (1, 2));
        assert_eq!(row["a"], 1);
    }

    async fn a_statement_that_changes_the_schema(db) {
        db.execute("create table t (a int)", ()).await?;
        db.execute("insert into t values ($1)", (1,)).await?;
        assert_eq!(db.fetchall("select * from t", ()).await?, [(1,)]);
        db.execute("alter table t add column b int", ()).await?;
        let row = db.fetchone("select * from t", ()).await?.expect("a row");
        assert_eq!(row.columns(), ["a", "b"]);
        assert_eq!(row, (1, None::<i64>));
    }

    async fn begin_and_rollback_by_hand(db) {
        let conn = db.connection().await?;
        conn.execute("begin", ()).await?;
        conn.execute("insert into users (name) values ('x')", ()).await?;
        assert_eq!(conn.fetchval::<i64>("select count(*) from users", ()).await?, Some(1));
        conn.execute("rollback", ()).await?;
        assert_eq!(conn.fetchval::<i64>("select count(*) from users", ()).await?, Some(0));
        conn.execute("begin", ()).await?;
        conn.execute("insert into users (name) values ('x')", ()).await?;
        // What is left open is nobody else's.
        drop(conn);
        assert_eq!(db.fetchval::<i64>("select count(*) from users", ()).await?, Some(0));
    }

    async fn begin_by_hand_without_a_connection(db) {
        for error in [db.execute("begin", ()).await, execute!(db, "begin").await] {
            let error = error.expect_err("the next statement would not be in it");
            assert!(matches!(error, Error::Transaction { .. }), "{error:?}");
            assert!(error.to_string().contains("`db.transaction()`") && error.query().is_some(), "{error}");
        }
        assert!(db.executescript("begin; insert into users (name) values ('x')").await.is_err());
        db.executescript("begin; insert into users (name) values ('y'); commit").await?;
        assert_eq!(db.fetchall("select name from users", ()).await?, [("y",)]);
        // A scope has a connection.
        db.connection()
            .run(async {
                db.execute("begin", ()).await?;
                db.execute("rollback", ()).await
            })
            .await?;
    }

    async fn errors_name_the_place_of_the_call(db) {
        let line = line!() + 1;
        let error = db.fetchone("select nope from users", ()).await.expect_err("no such column");
        let Error::Database(_) = &error else { panic!("{error:?}") };
        let place = error.query().expect("it was a query");
        assert_eq!((place.file, place.line), (file!(), line));
        assert_eq!(place.sql, "select nope from users");
    }
}
