//! Connections: the pool, guards, and what runs at the same time.

use std::{sync::Arc, time::Duration};

use aio_databases::{Database, Error, execute, fetchone, fetchval};
use aio_databases_tests::{on_every_backend, url};

on_every_backend! {
    async fn a_guard_is_one_connection(db) {
        let conn = db.connection().await?;
        conn.execute("create temporary table t (a int)", ()).await?;
        conn.execute("insert into t values ($1)", (1,)).await?;
        assert_eq!(conn.fetchval::<i64>("select count(*) from t", ()).await?, Some(1));
        assert!(db.fetchval::<i64>("select count(*) from t", ()).await.is_err(), "another connection has no such table");
    }

    async fn a_guard_is_given_back_when_it_is_dropped(db) {
        let small = Database::builder(url(&db)).max_size(1).acquire_timeout(Duration::from_secs(5)).open().await?;
        for _ in 0..3 {
            let conn = small.connection().await?;
            assert_eq!(fetchval!(conn, "select 2*$1", 2).await?, 4);
            drop(conn);
            assert_eq!(fetchval!(small, "select 2*$1", 2).await?, 4);
        }
        small.disconnect().await?;
    }

    async fn waiting_too_long_tells_who_has_the_connections(db) {
        let small = Database::builder(url(&db)).max_size(1).acquire_timeout(Duration::from_millis(500)).open().await?;
        let conn = small.connection().await?;
        let error = fetchval!(small, "select 1").await.expect_err("the only connection is taken");
        let Error::PoolTimedOut(timed_out) = &error else { panic!("{error:?}") };
        assert_eq!((timed_out.max_size, timed_out.size, timed_out.idle), (1, 1, 0));
        assert_eq!(timed_out.holders.len(), 1);
        let text = error.to_string();
        assert!(text.starts_with("no connection became free in 500ms: 1 of at most 1 are open, 0 idle"), "{text}");
        assert!(text.contains("by tests/tests/connections.rs:"), "{text}");
        assert!(text.ends_with("drop connections sooner, or raise `max_size`"), "{text}");
        drop(conn);
        assert_eq!(fetchval!(small, "select 1").await?, 1);
        small.disconnect().await?;
    }

    async fn without_a_pool_each_query_has_its_own_connection(db) {
        let unpooled = Database::unpooled(url(&db))?;
        assert!(!unpooled.is_connected());
        execute!(db, "insert into users (name) values ('Ada')").await?;
        assert_eq!(fetchval!(unpooled, "select count(*) from users").await?, 1);
        assert_eq!(fetchval!(unpooled, "select 2*$1", 2).await?, 4);
        let conn = unpooled.connection().await?;
        assert_eq!(fetchval!(conn, "select 2*$1", 3).await?, 6);
        unpooled.connect().await?;
        assert!(unpooled.is_connected());
        assert_eq!(fetchval!(unpooled, "select 2*$1", 2).await?, 4);
        unpooled.disconnect().await?;
        assert!(!unpooled.is_connected());
        assert_eq!(fetchval!(conn, "select 2*$1", 4).await?, 8);
    }

    async fn disconnected_and_connected_again(db) {
        execute!(db, "insert into users (name) values ('Ada')").await?;
        db.disconnect().await?;
        db.disconnect().await?;
        db.connect().await?;
        db.connect().await?;
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 1);
    }

    async fn queries_joined_on_one_connection_take_turns(db) {
        let conn = db.connection().await?;
        let (a, b, c) = tokio::join!(
            fetchone!(conn, "select 2*$1 res", 1),
            fetchval!(conn, "select 2*$1", 2),
            execute!(conn, "insert into users (name) values ($1)", "Ada"),
        );
        assert_eq!((a?.res, b?, c?.rows_affected), (2, 4, 1));
    }

    async fn queries_joined_on_the_database_run_side_by_side(db) {
        let (a, b) = tokio::try_join!(fetchval!(db, "select 2*$1", 1), fetchval!(db, "select 2*$1", 2))?;
        assert_eq!((a, b), (2, 4));
    }

    async fn sixteen_tasks(db) {
        let db = Arc::new(db);
        let mut tasks = Vec::new();
        for task in 0..16_i64 {
            let db = Arc::clone(&db);
            tasks.push(tokio::spawn(async move {
                for n in 0..10_i64 {
                    execute!(db, "insert into users (name, age) values ($1, $2)", format!("{task}/{n}"), n).await?;
                    let age = fetchval!(db, "select age from users where name = $1", format!("{task}/{n}")).await?;
                    assert_eq!(age, Some(n));
                }
                Ok::<_, Error>(())
            }));
        }
        for task in tasks {
            task.await??;
        }
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 160);
    }

    async fn a_cancelled_query_leaves_nothing_behind(db) {
        for _ in 0..10 {
            let query = fetchone!(db, "select a.name, b.name as other from users a cross join users b order by a.id");
            let _ = tokio::time::timeout(Duration::from_micros(50), query).await;
            let conn = db.connection().await?;
            let _ = tokio::time::timeout(Duration::from_micros(50), execute!(conn, "delete from orders")).await;
            match fetchval!(conn, "select count(*) from users").await {
                Ok(count) => assert_eq!(count, 0),
                Err(error) => assert!(matches!(error, Error::Interrupted { .. }), "{error:?}"),
            }
        }
        assert_eq!(fetchval!(db, "select count(*) from users").await?, 0);
    }
}
