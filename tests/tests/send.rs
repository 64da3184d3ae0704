//! What the compiler says: futures are `Send`, and an executor may come in any shape.

use std::{rc::Rc, sync::Arc};

use aio_databases::{
    Connection, Database, Executor, Result, execute, executemany, fetchall, fetchmany, fetchone, fetchval,
    iterate, query,
};
use aio_databases_tests::on_every_backend;

async fn count(executor: &impl Executor) -> Result<i64> {
    execute!(executor, "insert into users (name) values ('x')").await?;
    let first = fetchval!(executor, "select count(*) from users").await?;
    let second = fetchone!(executor, "select count(*) as n from users").await?.n;
    assert_eq!(first, second);
    Ok(second)
}

async fn generic<E: Executor + ?Sized>(executor: &E) -> Result<Option<String>> {
    fetchval!(executor, "select name from users limit 1").await
}

struct Service {
    db: Database,
    shared: Arc<Database>,
}

impl Service {
    async fn name(&self, id: i64) -> Result<Option<String>> {
        let own = fetchval!(self.db, "select name from users where id = $1", id).await?;
        let shared = fetchval!(&self.shared, "select name from users where id = {id}").await?;
        assert_eq!(own, shared);
        Ok(own)
    }
}

fn send<T: Send>(value: T) -> T {
    value
}

on_every_backend! {
    async fn futures_and_streams_are_send(db) {
        send(fetchone!(db, "select name from users")).await?;
        send(fetchone!(db, "select count(*) as n from users")).await?;
        send(fetchall!(db, "select name from users")).await?;
        send(fetchmany!(db, 1, "select name from users")).await?;
        send(fetchval!(db, "select name from users where id = $1", 1)).await?;
        send(execute!(db, "delete from users")).await?;
        send(executemany!(db, "insert into users (name) values ($1)", ["a"])).await?;
        drop(send(iterate!(db, "select name from users")));
        send(query!("select name from users").fetchall(&db)).await?;
        send(db.fetchone("select 1", ())).await?;
        drop(send(db.connection().await?));
        send(count(&db)).await?;
        send(async {
            let mut rows = iterate!(db, "select name from users");
            while let Some(row) = rows.try_next().await? {
                execute!(db, "update users set age = 1 where name = $1", row.name).await?;
            }
            Ok::<_, aio_databases::Error>(())
        })
        .await?;
    }

    async fn arguments_that_are_not_send_do_not_matter(db) {
        // They become values before anything waits.
        let name = Rc::new("Ada".to_owned());
        let future = send(execute!(db, "insert into users (name) values ($1)", name));
        future.await?;
        assert_eq!(*name, "Ada");
    }

    async fn executors_in_any_shape(db) {
        assert_eq!(count(&db).await?, 1);
        let conn: Connection = db.connection().await?;
        assert_eq!(count(&conn).await?, 2);
        assert_eq!(count(&&db).await?, 3);
        assert_eq!(count(&Arc::new(db.clone())).await?, 4);
        assert_eq!(count(&Box::new(db.clone())).await?, 5);
        assert_eq!(count(&Arc::new(conn)).await?, 6);
        assert_eq!(generic(&db).await?.as_deref(), Some("x"));
        let by_reference = &db;
        assert_eq!(fetchval!(by_reference, "select count(*) from users").await?, 6);
        assert_eq!(fetchval!(&db, "select count(*) from users").await?, 6);
        assert_eq!(fetchval!(db.connection().await?, "select count(*) from users").await?, 6);
        assert_eq!(fetchval!(db.clone(), "select count(*) from users").await?, 6);
    }

    async fn executors_in_a_struct(db) {
        execute!(db, "insert into users (id, name) values (1, 'Ada')").await?;
        let service = Service { db: db.clone(), shared: Arc::new(db) };
        assert_eq!(service.name(1).await?.as_deref(), Some("Ada"));
        let service = Arc::new(service);
        let task = tokio::spawn(async move { service.name(2).await });
        assert_eq!(task.await??, None);
    }

    async fn a_future_outlives_its_arguments(db) {
        let future = {
            let (id, name) = (1_i64, String::from("Ada"));
            execute!(db, "insert into users (id, name) values ({id}, {name})")
        };
        assert_eq!(future.await?.rows_affected, 1);
    }
}
