//! Connections as guards.

use aio_databases::{Backend, Database, Error};

use crate::bench;

#[tokio::test]
async fn queries_on_one_connection_take_turns() {
    for bench in bench::all().await {
        let conn = bench.db.connection().await.unwrap();
        let (a, b, c) = tokio::join!(
            conn.fetchval::<i64>("select 1", ()),
            conn.fetchval::<i64>("select 2", ()),
            conn.fetchval::<i64>("select 3", ()),
        );
        assert_eq!((a.unwrap(), b.unwrap(), c.unwrap()), (Some(1), Some(2), Some(3)), "{}", bench.name);
    }
}

#[tokio::test]
async fn a_guard_is_one_connection() {
    for bench in bench::all().await {
        let (a, b) = (bench.db.connection().await.unwrap(), bench.db.connection().await.unwrap());
        a.execute("create temporary table only_here (a int)", ()).await.unwrap();
        a.execute("insert into only_here values (1)", ()).await.unwrap();
        assert_eq!(a.fetchval::<i64>("select a from only_here", ()).await.unwrap(), Some(1));
        assert!(b.execute("select a from only_here", ()).await.is_err(), "{}", bench.name);
        drop((a, b));
        // Nobody gets the connection with the temporary table.
        for _ in 0..3 {
            let c = bench.db.connection().await.unwrap();
            assert!(c.execute("select a from only_here", ()).await.is_err(), "{}", bench.name);
        }
    }
}

#[tokio::test]
async fn one_query_after_the_other_uses_one_connection() {
    for bench in bench::all().await {
        let which = match bench.db.backend() {
            // SQLite's connections have no number, but each counts its changes.
            Backend::Sqlite => "select total_changes()",
            Backend::Postgres => "select pg_backend_pid()",
            Backend::Mysql => "select connection_id()",
        };
        bench.table("one_connection").await;
        bench.db.execute("insert into one_connection values (0, 'a')", ()).await.unwrap();
        let first: Option<i64> = bench.db.fetchval(which, ()).await.unwrap();
        for turn in 1..=50_i64 {
            bench
                .db
                .execute("insert into one_connection values ($1, $2)", (turn, turn.to_string()))
                .await
                .unwrap();
            let now: Option<i64> = bench.db.fetchval(which, ()).await.unwrap();
            let changes = if bench.is(Backend::Sqlite) { turn } else { 0 };
            assert_eq!(now, first.map(|first| first + changes), "{}", bench.name);
        }
    }
}

#[tokio::test]
async fn an_open_transaction_is_not_handed_out() {
    for bench in bench::all().await {
        bench.table("open_tx").await;
        let conn = bench.db.connection().await.unwrap();
        conn.execute("begin", ()).await.unwrap();
        conn.execute("insert into open_tx values (1, 'a')", ()).await.unwrap();
        drop(conn);
        let count: Option<i64> = bench.db.fetchval("select count(*) from open_tx", ()).await.unwrap();
        assert_eq!(count, Some(0), "{}", bench.name);
        bench.db.execute("insert into open_tx values (1, 'b')", ()).await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_not_handed_out() {
    for (name, url, _folder) in bench::urls() {
        let db = Database::builder(&url).max_size(1).open().await.unwrap();
        let end = match db.backend() {
            Backend::Sqlite => continue,
            Backend::Postgres => "select pg_terminate_backend(pg_backend_pid())",
            Backend::Mysql => "kill connection_id()",
        };
        let error = db.execute(end, ()).await.unwrap_err();
        let next = db.fetchval::<i64>("select 1", ()).await;
        assert_eq!(next.unwrap_or_else(|next| panic!("{name}: {error}\n{next}")), Some(1));
        db.disconnect().await.unwrap();
    }
}

#[tokio::test]
async fn without_a_pool_each_query_has_its_own_connection() {
    for (name, url, _folder) in bench::urls() {
        let db = Database::unpooled(&url).unwrap();
        assert!(!db.is_connected());
        assert_eq!(db.fetchval::<i64>("select 1", ()).await.unwrap(), Some(1), "{name}");
        let conn = db.connection().await.unwrap();
        assert_eq!(conn.fetchval::<i64>("select 2", ()).await.unwrap(), Some(2), "{name}");
        if name == "memory" {
            db.execute("create table t (a int)", ()).await.unwrap();
            assert!(db.execute("select * from t", ()).await.is_err(), "an empty database each time");
        }
        drop(conn);
        db.connect().await.unwrap();
        db.connect().await.unwrap();
        assert!(db.is_connected());
        db.disconnect().await.unwrap();
        assert!(!db.is_connected());
        assert_eq!(db.fetchval::<i64>("select 3", ()).await.unwrap(), Some(3), "{name}");
    }
}

#[tokio::test]
async fn a_database_in_memory_is_one_for_the_whole_pool() {
    if cfg!(not(feature = "sqlite")) {
        return;
    }
    let db = Database::open("sqlite::memory:").await.unwrap();
    let (a, b) = (db.connection().await.unwrap(), db.connection().await.unwrap());
    a.execute("create table t (a int)", ()).await.unwrap();
    b.execute("insert into t values (1)", ()).await.unwrap();
    assert_eq!(a.fetchval::<i64>("select a from t", ()).await.unwrap(), Some(1));
    drop((a, b));
    assert_eq!(db.fetchval::<i64>("select a from t", ()).await.unwrap(), Some(1));
    // Another database has its own.
    let other = Database::open("sqlite::memory:").await.unwrap();
    assert!(other.execute("select * from t", ()).await.is_err());
    db.disconnect().await.unwrap();
    db.connect().await.unwrap();
    assert!(db.execute("select * from t", ()).await.is_err(), "it is gone with its pool");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_tasks_write_at_once() {
    for bench in bench::all().await {
        bench.table("busy").await;
        bench.db.execute("insert into busy values (0, '0')", ()).await.unwrap();
        let tasks: Vec<_> = (1..=16_i64)
            .map(|task| {
                let db = bench.db.clone();
                tokio::spawn(async move {
                    for turn in 0..10_i64 {
                        let id = task * 100 + turn;
                        db.execute("insert into busy values ($1, $2)", (id, id.to_string())).await?;
                        db.fetchall("select * from busy order by id", ()).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap_or_else(|error| panic!("{}: {error}", bench.name));
        }
        assert_eq!(bench.db.fetchval::<i64>("select count(*) from busy", ()).await.unwrap(), Some(161));
    }
}

#[tokio::test]
async fn sqlite_files_have_sound_defaults() {
    for bench in bench::all().await {
        if bench.is(Backend::Sqlite) {
            assert_eq!(bench.db.fetchval::<i64>("pragma foreign_keys", ()).await.unwrap(), Some(1));
        }
        if bench.name == "file" {
            let mode: Option<String> = bench.db.fetchval("pragma journal_mode", ()).await.unwrap();
            assert_eq!(mode.as_deref(), Some("wal"));
        }
    }
}
