//! Replicas, with checked queries. The database is its own replica here: `runtime/tests/it/replicas.rs` has real ones.

use aio_databases::{
    Database, Error, ReadExecutor, Result, execute, executemany, fetchall, fetchmany, fetchone, fetchval,
    iterate, query, query_val,
};
use aio_databases_tests::{on_every_backend, url};

on_every_backend! {
    async fn queries_that_read(db) {
        execute!(db, "insert into users (name) values ('Ada')").await?;
        let db = with_replica(&db).await?;
        let mut replica = db.replica().await?;
        assert_eq!(count(&replica).await?, 1);
        assert_eq!(fetchall!(replica, "select name from users").await?, [("Ada",)]);
        assert_eq!(fetchmany!(replica, 1, "select name from users").await?, [("Ada",)]);
        assert_eq!(fetchone!(replica, "select 2*$1 res", 2).await?.res, 4);
        assert_eq!(query_val!("select name from users").fetchall(&replica).await?, ["Ada"]);
        assert_eq!(execute!(replica, "select name from users").await?.rows_affected, 0);
        let mut names = iterate!(replica, "select name from users");
        assert_eq!(names.try_next().await?.map(|user| user.name).as_deref(), Some("Ada"));
        drop(names);
        let tx = replica.transaction().await?;
        assert_eq!(count(&tx).await?, 1);
        tx.commit().await?;
        db.disconnect().await?;
    }

    async fn in_tasks_of_their_own(db) {
        execute!(db, "insert into users (name) values ('Ada')").await?;
        let db = with_replica(&db).await?;
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let guard = db.replica().await?;
                    let read: Result<i64> = db.replica().run(async { count(&db).await }).await;
                    // What is spawned inside of a scope is on the primary.
                    let inner = db.clone();
                    let spawned: Result<bool> = db
                        .replica()
                        .reuse()
                        .run(async move {
                            Ok(tokio::spawn(async move { inner.current().is_none() }).await.expect("no panic"))
                        })
                        .await;
                    assert!(spawned?);
                    Ok::<_, Error>((read?, count(&guard).await?))
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await??, (1, 1));
        }
        db.disconnect().await?;
    }

    async fn queries_that_may_write_in_a_scope(db) {
        let db = with_replica(&db).await?;
        let scope: Result<()> = db
            .replica()
            .run(async {
                assert_eq!(count(&db).await?, 0);
                refused(execute!(db, "insert into users (name) values ('Ada')").await);
                refused(executemany!(db, "insert into users (name) values ($1)", ["Ada", "Grace"]).await);
                refused(query!("update users set age = 1 where id = 1").execute(&db).await);
                refused(query!("delete from users where id = 1").execute(&db.current().expect("a scope")).await);
                let primary = db.connection().await?;
                execute!(primary, "insert into users (name) values ('Ada')").await?;
                Ok(())
            })
            .await;
        scope?;
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 1);
        db.disconnect().await?;
    }
}

async fn with_replica(db: &Database) -> Result<Database> {
    Database::builder(url(db)).replica(url(db)).open().await
}

/// What runs on a replica as well as anywhere.
async fn count(executor: &impl ReadExecutor) -> Result<i64> {
    fetchval!(executor, "select count(*) from users").await
}

fn refused<T: std::fmt::Debug>(result: Result<T>) {
    match result {
        Err(error @ Error::ReadOnly { .. }) => {
            let text = error.to_string();
            assert!(text.contains("only reading is allowed here") && text.contains("replicas.rs:"), "{text}");
        }
        other => panic!("{other:?}"),
    }
}
