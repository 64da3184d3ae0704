//! Connections and transactions that follow the task.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use aio_databases::{Backend, Database, Error, Isolation, Result, Trusted};
use tokio::time::timeout;

use crate::bench::{self, Bench};

async fn insert(db: &Database, table: &str, id: i64) -> Result<()> {
    let sql = Trusted(format!("insert into {table} values ($1, $2)"));
    db.execute(sql, (id, id.to_string())).await.map(|_| ())
}

async fn ids(bench: &Bench, table: &str) -> Vec<i64> {
    let found = bench.db.fetchall(Trusted(format!("select id from {table} order by id")), ()).await.unwrap();
    found.iter().map(|record| record.get::<i64>(0).unwrap()).collect()
}

/// The connection's number, where it has one.
fn number(bench: &Bench) -> Option<&'static str> {
    match bench.db.backend() {
        Backend::Sqlite => None,
        Backend::Postgres => Some("select pg_backend_pid()"),
        Backend::Mysql => Some("select connection_id()"),
    }
}

#[tokio::test]
async fn a_connection_follows_the_task() {
    for bench in bench::all().await {
        let db = &bench.db;
        assert!(db.current().is_none());
        let result: Result<()> = db
            .connection()
            .run(async {
                assert!(!db.current().expect("a scope").is_transaction());
                db.execute("create temporary table scope_only (a int)", ()).await?;
                db.execute("insert into scope_only values (1)", ()).await?;
                assert_eq!(db.fetchval::<i64>("select a from scope_only", ()).await?, Some(1));
                // A guard inside is another connection, unless it is to be this one.
                let other = db.connection().await?;
                assert!(other.execute("select a from scope_only", ()).await.is_err());
                let same = db.connection().reuse().await?;
                assert_eq!(same.fetchval::<i64>("select a from scope_only", ()).await?, Some(1));
                let same: Result<Option<i64>> =
                    db.connection().reuse().run(db.fetchval("select a from scope_only", ())).await;
                assert_eq!(same?, Some(1));
                Ok(())
            })
            .await;
        result.unwrap_or_else(|error| panic!("{}: {error}", bench.name));
        assert!(db.current().is_none());
        assert!(db.execute("select a from scope_only", ()).await.is_err(), "{}", bench.name);
    }
}

#[tokio::test]
async fn reuse_outside_of_a_scope_takes_a_connection() {
    for bench in bench::all().await {
        let conn = bench.db.connection().reuse().await.unwrap();
        assert_eq!(conn.fetchval::<i64>("select 1", ()).await.unwrap(), Some(1));
    }
}

#[tokio::test]
async fn ok_commits_and_err_rolls_back() {
    for bench in bench::all().await {
        bench.table("scope_ends").await;
        let db = &bench.db;
        let value: Result<&str> = db
            .transaction()
            .run(async {
                assert!(db.current().expect("a scope").is_transaction());
                insert(db, "scope_ends", 1).await?;
                Ok("value")
            })
            .await;
        assert_eq!(value.unwrap(), "value");
        // Any error type that this crate's can become.
        let failed: Result<(), anyhow::Error> = db
            .transaction()
            .run(async {
                insert(db, "scope_ends", 2).await?;
                anyhow::bail!("no")
            })
            .await;
        assert_eq!(failed.unwrap_err().to_string(), "no");
        assert_eq!(ids(&bench, "scope_ends").await, [1], "{}", bench.name);
    }
}

#[tokio::test]
async fn nested_to_any_depth_scopes_and_guards_mixed() {
    for bench in bench::all().await {
        bench.table("scope_nested").await;
        let db = &bench.db;
        let done: Result<()> = db
            .transaction()
            .run(async {
                insert(db, "scope_nested", 1).await?;
                let inner: Result<()> = db
                    .transaction()
                    .run(async {
                        insert(db, "scope_nested", 2).await?;
                        let deepest: Result<()> =
                            db.transaction().run(async { insert(db, "scope_nested", 3).await }).await;
                        deepest?;
                        Err(Error::PoolClosed)
                    })
                    .await;
                assert!(matches!(inner, Err(Error::PoolClosed)));
                // A guard inside of the scope: what the scope does meanwhile is in it.
                let mut guard = db.transaction().await?;
                insert(db, "scope_nested", 4).await?;
                let inner = guard.transaction();
                let kept: Result<()> = inner.run(async { insert(db, "scope_nested", 5).await }).await;
                kept?;
                guard.commit().await?;
                let guard = db.transaction().await?;
                insert(db, "scope_nested", 6).await?;
                drop(guard);
                insert(db, "scope_nested", 7).await
            })
            .await;
        done.unwrap_or_else(|error| panic!("{}: {error}", bench.name));
        assert_eq!(ids(&bench, "scope_nested").await, [1, 4, 5, 7], "{}", bench.name);
    }
}

#[tokio::test]
async fn a_guards_transaction_can_be_a_scope() {
    for bench in bench::all().await {
        bench.table("scope_of_guard").await;
        let db = &bench.db;
        let mut tx = db.transaction().await.unwrap();
        let inside: Result<()> = tx.transaction().run(async { insert(db, "scope_of_guard", 1).await }).await;
        inside.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(ids(&bench, "scope_of_guard").await, [0; 0], "{}", bench.name);
    }
}

#[tokio::test]
async fn a_separate_one_has_its_own_connection() {
    for bench in bench::all().await {
        bench.table("scope_separate").await;
        let db = &bench.db;
        let failed: Result<()> = db
            .connection()
            .run(async {
                let tx = db.transaction().separate().await?;
                tx.execute("insert into scope_separate values (1, '1')", ()).await?;
                tx.commit().await?;
                let _rolled_back = db.transaction().await?;
                if !bench.is(Backend::Sqlite) {
                    let log: Result<()> = db
                        .transaction()
                        .separate()
                        .run(async { insert(db, "scope_separate", 2).await })
                        .await;
                    log?;
                }
                Err(Error::PoolClosed)
            })
            .await;
        assert!(matches!(failed, Err(Error::PoolClosed)), "{failed:?}");
        let expected: &[i64] = if bench.is(Backend::Sqlite) { &[1] } else { &[1, 2] };
        assert_eq!(ids(&bench, "scope_separate").await, expected, "{}", bench.name);
    }
}

#[tokio::test]
async fn it_may_end_early() {
    for bench in bench::all().await {
        bench.table("scope_early").await;
        let db = &bench.db;
        let done: Result<()> = db
            .transaction()
            .run(async {
                insert(db, "scope_early", 1).await?;
                let current = db.current().expect("a scope");
                current.rollback().await?;
                assert!(!current.is_transaction());
                assert!(matches!(current.commit().await, Err(Error::Transaction { .. })));
                insert(db, "scope_early", 2).await
            })
            .await;
        done.unwrap();
        let failed: Result<()> = db
            .transaction()
            .run(async {
                insert(db, "scope_early", 3).await?;
                db.current().expect("a scope").commit().await?;
                Err(Error::PoolClosed)
            })
            .await;
        assert!(failed.is_err());
        assert_eq!(ids(&bench, "scope_early").await, [2, 3], "{}", bench.name);
    }
}

#[tokio::test]
async fn a_panic_and_a_dropped_future_roll_back() {
    for bench in bench::all().await {
        bench.table("scope_dropped").await;
        let db = bench.db.clone();
        let panicked = tokio::spawn({
            let db = db.clone();
            async move {
                db.transaction()
                    .run(async {
                        insert(&db, "scope_dropped", 1).await?;
                        panic!("on purpose");
                        #[allow(unreachable_code)]
                        Ok::<(), Error>(())
                    })
                    .await
            }
        });
        assert!(panicked.await.unwrap_err().is_panic());
        let dropped = db.transaction().run(async {
            insert(&db, "scope_dropped", 2).await?;
            std::future::pending::<()>().await;
            Ok::<(), Error>(())
        });
        assert!(timeout(Duration::from_millis(100), dropped).await.is_err());
        assert_eq!(ids(&bench, "scope_dropped").await, [0; 0], "{}", bench.name);
        insert(&db, "scope_dropped", 3).await.unwrap();
        // A nested one that is dropped leaves the outer one as it was, at once.
        let done: Result<()> = db
            .transaction()
            .run(async {
                insert(&db, "scope_dropped", 4).await?;
                let dropped = db.transaction().run(async {
                    insert(&db, "scope_dropped", 5).await?;
                    std::future::pending::<()>().await;
                    Ok::<(), Error>(())
                });
                assert!(timeout(Duration::from_millis(50), dropped).await.is_err());
                insert(&db, "scope_dropped", 6).await
            })
            .await;
        done.unwrap();
        assert_eq!(ids(&bench, "scope_dropped").await, [3, 4, 6], "{}", bench.name);
    }
}

#[tokio::test]
async fn two_databases_do_not_mix() {
    for bench in bench::all().await {
        bench.table("scope_two").await;
        let other = Database::open(&bench.url).await.unwrap();
        let (a, b) = (&bench.db, &other);
        let failed: Result<()> = a
            .transaction()
            .run(async {
                assert!(a.current().is_some() && b.current().is_none());
                if let Some(number) = number(&bench) {
                    assert_ne!(a.fetchval::<i64>(number, ()).await?, b.fetchval::<i64>(number, ()).await?);
                }
                let inner: Result<()> = b
                    .connection()
                    .run(async {
                        assert!(a.current().expect("still").is_transaction());
                        assert!(!b.current().expect("a scope").is_transaction());
                        insert(a, "scope_two", 1).await
                    })
                    .await;
                inner?;
                Err(Error::PoolClosed)
            })
            .await;
        assert!(matches!(failed, Err(Error::PoolClosed)), "{failed:?}");
        assert_eq!(ids(&bench, "scope_two").await, [0; 0], "{}", bench.name);
        other.disconnect().await.unwrap();
    }
}

#[tokio::test]
async fn a_clone_is_the_same_database() {
    for bench in bench::all().await {
        let clone = bench.db.clone();
        let found: Result<bool> = bench.db.connection().run(async { Ok(clone.current().is_some()) }).await;
        assert!(found.unwrap());
    }
}

#[tokio::test]
async fn a_spawned_task_has_no_part_in_it() {
    for bench in bench::all().await {
        let db = bench.db.clone();
        let done: Result<()> = bench
            .db
            .connection()
            .run(async {
                assert!(!tokio::spawn(async move { db.current().is_some() }).await.expect("no panic"));
                Ok(())
            })
            .await;
        done.unwrap();
    }
}

#[tokio::test]
async fn joined_futures_take_turns() {
    for bench in bench::all().await {
        bench.table("scope_joined").await;
        let db = &bench.db;
        let done: Result<()> = db
            .transaction()
            .run(async {
                // While one is in a transaction of its own, the others wait: what they do is not part of it.
                let undone = db.transaction().run(async {
                    insert(db, "scope_joined", 1).await?;
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    insert(db, "scope_joined", 2).await?;
                    Err::<(), _>(Error::PoolClosed)
                });
                let kept = db.transaction().run(async {
                    insert(db, "scope_joined", 3).await?;
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    insert(db, "scope_joined", 4).await
                });
                let plain = async {
                    insert(db, "scope_joined", 5).await?;
                    insert(db, "scope_joined", 6).await
                };
                let (undone, kept, plain) = tokio::join!(undone, kept, plain);
                assert!(matches!(undone, Err(Error::PoolClosed)));
                kept.and(plain)
            })
            .await;
        done.unwrap_or_else(|error| panic!("{}: {error}", bench.name));
        assert_eq!(ids(&bench, "scope_joined").await, [3, 4, 5, 6], "{}", bench.name);
    }
}

#[tokio::test]
async fn a_query_beside_an_open_stream_is_an_error_at_once() {
    for bench in bench::all().await {
        let db = &bench.db;
        let busy: Result<()> = db
            .connection()
            .run(async {
                let mut rows = db.iterate("select 1 as n union all select 2 union all select 3", ());
                assert!(rows.next().await.is_some());
                let error = timeout(Duration::from_secs(5), db.execute("select 1", ())).await;
                let error = error.expect("no deadlock").unwrap_err();
                assert!(matches!(error, Error::Busy { .. }), "{error}");
                drop(rows);
                db.execute("select 1", ()).await.map(|_| ())
            })
            .await;
        busy.unwrap_or_else(|error| panic!("{}: {error}", bench.name));
    }
}

#[tokio::test]
async fn disconnecting_inside_is_safe() {
    for (name, url, _folder) in bench::urls() {
        let db = Database::open(&url).await.unwrap();
        // The scope keeps its connection: what only that one sees is there before and after, until the end.
        let done: Result<()> = db
            .connection()
            .run(async {
                db.execute("create temporary table kept (a int)", ()).await?;
                db.transaction()
                    .run(async {
                        db.execute("insert into kept values (1)", ()).await?;
                        db.disconnect().await?;
                        assert!(!db.is_connected(), "{name}");
                        db.execute("insert into kept values (2)", ()).await.map(drop)
                    })
                    .await?;
                assert_eq!(db.fetchval::<i64>("select count(*) from kept", ()).await?, Some(2), "{name}");
                Ok(())
            })
            .await;
        done.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!db.is_connected());
        assert!(db.execute("select a from kept", ()).await.is_err(), "{name}: its connection was closed");
    }
}

#[tokio::test]
async fn without_a_pool_a_scope_has_one_connection() {
    for (name, url, _folder) in bench::urls() {
        let db = Database::unpooled(&url).unwrap();
        let done: Result<()> = db
            .connection()
            .run(async {
                db.execute("create temporary table unpooled (a int)", ()).await?;
                db.execute("select a from unpooled", ()).await.map(|_| ())
            })
            .await;
        done.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[tokio::test]
async fn futures_can_be_sent() {
    for bench in bench::all().await {
        bench.table("scope_sent").await;
        let db = bench.db.clone();
        let task = tokio::spawn(async move {
            let done: Result<()> = db
                .transaction()
                .retry(3, async || {
                    insert(&db, "scope_sent", 1).await?;
                    db.transaction().run(async { insert(&db, "scope_sent", 2).await }).await
                })
                .await;
            done
        });
        task.await.unwrap().unwrap();
        assert_eq!(ids(&bench, "scope_sent").await, [1, 2], "{}", bench.name);
    }
}

/// Many tasks that read and then write the same row: without trying again, some would fail.
#[tokio::test]
async fn what_runs_into_others_is_tried_again() {
    for bench in bench::all().await {
        bench.table("scope_retried").await;
        insert(&bench.db, "scope_retried", 0).await.unwrap();
        let attempts = AtomicU32::new(0);
        let add = || async {
            bench
                .db
                .transaction()
                .isolation(Isolation::Serializable)
                .retry(50, async || {
                    attempts.fetch_add(1, Ordering::Relaxed);
                    let found: Option<i64> = bench.db.fetchval("select id from scope_retried", ()).await?;
                    tokio::task::yield_now().await;
                    bench.db.execute("update scope_retried set id = $1", (found.unwrap_or(0) + 1,)).await?;
                    Ok::<_, Error>(())
                })
                .await
        };
        for done in futures_util::future::join_all((0..8).map(|_| add())).await {
            done.unwrap_or_else(|error| panic!("{}: {error}", bench.name));
        }
        assert_eq!(ids(&bench, "scope_retried").await, [8], "{}", bench.name);
        let attempts = attempts.into_inner();
        assert!(
            if bench.is(Backend::Sqlite) { attempts == 8 } else { attempts > 8 },
            "{}: {attempts}",
            bench.name
        );
    }
}

#[tokio::test]
async fn another_error_is_not_tried_again() {
    for bench in bench::all().await {
        let attempts = AtomicU32::new(0);
        let failed: Result<()> = bench
            .db
            .transaction()
            .retry(5, async || {
                attempts.fetch_add(1, Ordering::Relaxed);
                bench.db.execute("select * from no_such_table", ()).await.map(|_| ())
            })
            .await;
        assert!(failed.is_err());
        assert_eq!(attempts.into_inner(), 1, "{}", bench.name);
    }
}
