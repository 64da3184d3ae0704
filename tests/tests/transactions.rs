//! Transactions and scopes, with checked queries.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use aio_databases::{Backend, Database, Error, Isolation, Result, execute, executemany, fetchval, rusqlite};
use aio_databases_tests::{on_every_backend, spawn, url};
use tokio::sync::Barrier;

async fn add(db: &Database, name: &str) -> Result<()> {
    execute!(db, "insert into users (name) values ($1)", name).await.map(drop)
}

async fn count(db: &Database) -> Result<i64> {
    fetchval!(db, "select count(*) from users").await
}

on_every_backend! {
    async fn each_level_rolled_back_by_hand(db) {
        let outer: Result<()> = db
            .transaction()
            .run(async {
                add(&db, "Jim").await?;
                let middle: Result<()> = db
                    .transaction()
                    .run(async {
                        add(&db, "Tom").await?;
                        let inner: Result<()> = db
                            .transaction()
                            .run(async {
                                add(&db, "Jerry").await?;
                                assert_eq!(count(&db).await?, 3);
                                db.current().expect("a scope").rollback().await
                            })
                            .await;
                        inner?;
                        assert_eq!(count(&db).await?, 2);
                        db.current().expect("a scope").rollback().await
                    })
                    .await;
                middle?;
                assert_eq!(count(&db).await?, 1);
                db.current().expect("a scope").rollback().await
            })
            .await;
        outer?;
        assert_eq!(count(&db).await?, 0);
    }

    async fn what_was_committed_by_hand_inside_goes_with_what_is_around(db) {
        let outer: Result<()> = db
            .transaction()
            .run(async {
                let inner: Result<()> = db
                    .transaction()
                    .run(async {
                        add(&db, "Ada").await?;
                        db.current().expect("a scope").commit().await?;
                        // Of the outer one now.
                        add(&db, "Grace").await
                    })
                    .await;
                inner?;
                assert_eq!(count(&db).await?, 2);
                Err(Error::PoolClosed)
            })
            .await;
        assert!(matches!(outer, Err(Error::PoolClosed)));
        assert_eq!(count(&db).await?, 0);
    }

    async fn scopes_and_guards_twenty_levels_deep(db) {
        Box::pin(level(&db, 20)).await?;
        // Every third level was rolled back, and what was inside of it.
        assert_eq!(count(&db).await?, 2);
    }

    async fn connection_scopes_nest(db) {
        let outer: Result<()> = db
            .connection()
            .run(async {
                db.execute("create temporary table level (a int)", ()).await?;
                db.execute("insert into level values (1)", ()).await?;
                let inner: Result<()> = db
                    .connection()
                    .run(async {
                        db.execute("create temporary table level (a int)", ()).await?;
                        db.execute("insert into level values (2)", ()).await?;
                        let same = db.connection().reuse();
                        let same: Result<_> = same.run(async { db.fetchval::<i64>("select a from level", ()).await }).await;
                        assert_eq!(same?, Some(2));
                        Ok(())
                    })
                    .await;
                inner?;
                assert_eq!(db.fetchval::<i64>("select a from level", ()).await?, Some(1));
                Ok(())
            })
            .await;
        outer?;
        assert!(db.current().is_none());
    }

    async fn joined_scopes_have_connections_of_their_own(db) {
        let all_there = Barrier::new(4);
        let scope = async || -> Result<bool> {
            db.connection()
                .run(async {
                    db.execute("create temporary table only_here (a int)", ()).await?;
                    all_there.wait().await;
                    db.transaction().run(async { Ok(fetchval!(db, "select 2*$1", 2).await? == 4) }).await
                })
                .await
        };
        let (a, b, c, d) = tokio::try_join!(scope(), scope(), scope(), scope())?;
        assert!(a && b && c && d);
    }

    async fn more_scopes_than_connections(db) {
        let small = Database::builder(url(&db)).max_size(2).open().await?;
        let scope = |n: i32| {
            let small = &small;
            small.connection().run(async move { fetchval!(small, "select 2*$1", n).await })
        };
        let done: (i64, i64, i64, i64, i64) = tokio::try_join!(scope(1), scope(2), scope(3), scope(4), scope(5))?;
        assert_eq!(done, (2, 4, 6, 8, 10));
        small.disconnect().await?;
    }

    async fn an_error_and_a_panic_give_the_connection_back(db) {
        let small = Database::builder(url(&db)).max_size(1).acquire_timeout(Duration::from_secs(5)).open().await?;
        for _ in 0..3 {
            let failed: Result<(), std::io::Error> = small
                .connection()
                .run(async { Err(std::io::Error::other("of the program's own")) })
                .await;
            assert_eq!(failed.expect_err("it fails").to_string(), "of the program's own");
            let inside = small.clone();
            let panicked = spawn(async move {
                let never: Result<()> = inside.transaction().run(async { panic!("on purpose") }).await;
                never
            });
            assert!(panicked.await.is_err());
            assert_eq!(fetchval!(small, "select 2*$1", 2).await?, 4);
        }
        small.disconnect().await?;
    }

    async fn what_others_commit_is_seen_by_the_level_of_isolation(db) {
        for (level, seen) in [(Isolation::ReadCommitted, 1), (Isolation::RepeatableRead, 0), (Isolation::Serializable, 0)] {
            if db.backend() == Backend::Sqlite && level != Isolation::Serializable
                || db.backend() == Backend::Mysql && level == Isolation::Serializable
            {
                // SQLite knows one level; at MySQL's highest, who reads keeps others from writing.
                continue;
            }
            execute!(db, "delete from users where id > 0").await?;
            let tx = match db.backend() {
                Backend::Sqlite => db.transaction().isolation(level).read_only().await?,
                _ => db.transaction().isolation(level).await?,
            };
            assert_eq!(fetchval!(tx, "select count(*) from users").await?, 0);
            add(&db, "Ada").await?;
            assert_eq!(fetchval!(tx, "select count(*) from users").await?, seen, "{level:?}");
            tx.commit().await?;
            assert_eq!(count(&db).await?, 1);
        }
    }

    async fn a_deadlock_is_tried_again(db) {
        if db.backend() == Backend::Sqlite {
            return Ok(());
        }
        executemany!(db, "insert into users (name, age) values ($1, $2)", [("a", 0), ("b", 0)]).await?;
        let id = async |name: &'static str| fetchval!(db, "select id from users where name = $1 limit 1", name).await;
        let ids = (id("a").await?.unwrap_or(0), id("b").await?.unwrap_or(0));
        let (both_hold_one, attempts, failures) = (Barrier::new(2), AtomicU32::new(0), AtomicU32::new(0));
        let raise = |first: i64, second: i64| {
            let (db, both_hold_one, attempts, failures) = (&db, &both_hold_one, &attempts, &failures);
            let mut is_first = true;
            db.transaction().retry(5, move || {
                let meets = std::mem::take(&mut is_first);
                async move {
                    attempts.fetch_add(1, Ordering::SeqCst);
                    execute!(db, "update users set age = age + 1 where id = $1", first).await?;
                    if meets {
                        both_hold_one.wait().await;
                    }
                    let done = execute!(db, "update users set age = age + 1 where id = $1", second).await;
                    if let Err(error) = &done {
                        let code = if db.backend() == Backend::Mysql { "1213" } else { "40P01" };
                        assert_eq!(error.code(), Some(code), "{error}");
                        failures.fetch_add(1, Ordering::SeqCst);
                    }
                    done.map(drop)
                }
            })
        };
        let done: Result<_> = async { tokio::try_join!(raise(ids.0, ids.1), raise(ids.1, ids.0)) }.await;
        done?;
        assert_eq!((attempts.into_inner(), failures.into_inner()), (3, 1));
        assert_eq!(fetchval!(db, "select count(*) from users where age = 2").await?, 2);
    }

    async fn after_one_that_was_dropped_it_is_the_outermost(db) {
        if db.backend() == Backend::Sqlite {
            return Ok(());
        }
        let refused = refused(db.backend());
        let mut conn = db.connection().await?;
        let dropped = conn.transaction().await?;
        add_on(&dropped).await?;
        drop(dropped);
        // Nobody has rolled that one back yet.
        let attempts = AtomicU32::new(0);
        let done: Result<()> = conn
            .transaction()
            .retry(3, async || {
                attempts.fetch_add(1, Ordering::SeqCst);
                db.execute(refused, ()).await.map(drop)
            })
            .await;
        assert!(done.expect_err("the last attempt's error").is_serialization_failure());
        assert_eq!((attempts.into_inner(), count(&db).await?), (3, 0));
    }

    async fn in_another_transaction_there_is_one_attempt(db) {
        if db.backend() == Backend::Sqlite {
            return Ok(());
        }
        let attempts = AtomicU32::new(0);
        let refused = refused(db.backend());
        let outer: Result<()> = db
            .transaction()
            .run(async {
                db.transaction()
                    .retry(5, async || {
                        attempts.fetch_add(1, Ordering::SeqCst);
                        db.execute(refused, ()).await.map(drop)
                    })
                    .await
            })
            .await;
        assert!(outer.expect_err("it is the outer one's to try again").is_serialization_failure());
        assert_eq!(attempts.swap(0, Ordering::SeqCst), 1);
        let alone: Result<()> = db
            .transaction()
            .retry(3, async || {
                attempts.fetch_add(1, Ordering::SeqCst);
                db.execute(refused, ()).await.map(drop)
            })
            .await;
        assert!(alone.expect_err("the last attempt's error").is_serialization_failure());
        assert_eq!(attempts.into_inner(), 3);
    }
}

/// A statement that fails as if it had run into others.
fn refused(backend: Backend) -> &'static str {
    match backend {
        Backend::Mysql => "signal sqlstate '40001' set mysql_errno = 1213",
        _ => "do $$ begin raise exception 'again' using errcode = '40001'; end $$",
    }
}

/// A user a level: scopes, guards' scopes, and every third level rolled back.
async fn level(db: &Database, depth: u32) -> Result<()> {
    if depth == 0 {
        return Ok(());
    }
    match depth % 3 {
        0 => {
            let undone: Result<()> = db
                .transaction()
                .run(async {
                    add(db, "undone").await?;
                    Box::pin(level(db, depth - 1)).await?;
                    assert!(count(db).await? > 2);
                    Err(Error::PoolClosed)
                })
                .await;
            assert!(matches!(undone, Err(Error::PoolClosed)), "{undone:?}");
            Ok(())
        }
        1 => {
            let guard = db.transaction().await?;
            add_on(&guard).await?;
            let inside = async {
                let mut guard = guard;
                let done: Result<()> =
                    guard.transaction().run(async { Box::pin(level(db, depth - 1)).await }).await;
                done?;
                guard.commit().await
            };
            inside.await
        }
        _ => {
            db.transaction()
                .run(async {
                    add(db, "kept").await?;
                    Box::pin(level(db, depth - 1)).await
                })
                .await
        }
    }
}

async fn add_on(executor: &impl aio_databases::Executor) -> Result<()> {
    execute!(executor, "insert into users (name) values ('kept')").await.map(drop)
}

aio_databases_tests::on_backend! { Mysql:
    async fn waiting_too_long_for_a_lock_is_tried_again(db) {
        let short = Database::builder(url(&db))
            .init(async |conn| conn.execute("set innodb_lock_wait_timeout = 1", ()).await.map(drop))
            .open()
            .await?;
        add(&db, "Ada").await?;
        let other = db.transaction().await?;
        execute!(other, "update users set age = 1 where name = 'Ada'").await?;
        let other = Arc::new(std::sync::Mutex::new(Some(other)));
        let attempts = AtomicU32::new(0);
        let done: Result<()> = short
            .transaction()
            .retry(3, async || {
                attempts.fetch_add(1, Ordering::SeqCst);
                let done = execute!(short, "update users set age = age + 1 where name = 'Ada'").await;
                if let Err(error) = &done {
                    assert_eq!(error.code(), Some("1205"), "{error}");
                    let other = other.lock().expect("no panic").take();
                    other.expect("it is waited for once").commit().await?;
                }
                done.map(drop)
            })
            .await;
        done?;
        assert_eq!(attempts.into_inner(), 2);
        assert_eq!(fetchval!(db, "select age from users where name = 'Ada'").await?, Some(2));
        short.disconnect().await?;
    }
}

aio_databases_tests::on_backend! { Postgres:
    async fn what_could_not_run_one_after_the_other_is_tried_again(db) {
        // Each reads what the other writes.
        executemany!(db, "insert into users (name, age) values ($1, $2)", [("a", 1), ("b", 1)]).await?;
        let (both_have_read, attempts) = (Barrier::new(2), AtomicU32::new(0));
        let leave = |name: &'static str| {
            let (db, both_have_read, attempts) = (&db, &both_have_read, &attempts);
            let mut is_first = true;
            db.transaction().isolation(Isolation::Serializable).retry(5, move || {
                let meets = std::mem::take(&mut is_first);
                async move {
                    attempts.fetch_add(1, Ordering::SeqCst);
                    let there = fetchval!(db, "select count(*) from users where age = 1").await?;
                    if meets {
                        both_have_read.wait().await;
                    }
                    if there > 1 {
                        execute!(db, "update users set age = 0 where name = $1", name).await?;
                    }
                    Ok::<_, Error>(())
                }
            })
        };
        tokio::try_join!(leave("a"), leave("b"))?;
        assert_eq!(attempts.into_inner(), 3);
        assert_eq!(fetchval!(db, "select count(*) from users where age = 1").await?, 1, "one has stayed");
    }

    async fn a_deferrable_one_is_the_servers(db) {
        let tx = db.transaction().isolation(Isolation::Serializable).read_only().deferrable().await?;
        let setting = "select concat(current_setting('transaction_deferrable'), current_setting('transaction_read_only'))";
        assert_eq!(tx.fetchval::<String>(setting, ()).await?.as_deref(), Some("onon"));
        tx.commit().await?;
    }
}

aio_databases_tests::on_backend! { Sqlite:
    async fn who_may_write_and_who_may_read(db) {
        let (read, write) = ("select count(*) from users", "insert into users (name) values ('x')");
        let other = Other::open(&url(&db))?;
        for tx in [db.transaction(), db.transaction().immediate()] {
            let tx = tx.await?;
            assert!(other.must_wait(write)?, "the right to write is taken at once");
            assert!(!other.must_wait(read)?);
            tx.rollback().await?;
            other.run(write)?;
        }
        let tx = db.transaction().read_only().await?;
        assert_eq!(fetchval!(tx, "select count(*) from users").await?, 2);
        other.run(write)?;
        tx.commit().await?;
        // Without a WAL, nobody reads beside an exclusive one.
        let url = format!("{}.too", url(&db));
        let rollback = Database::builder(&url).pragma("journal_mode", "delete").open().await?;
        rollback.execute("create table users (id integer primary key, name text)", ()).await?;
        let other = Other::open(&url)?;
        let tx = rollback.transaction().await?;
        assert!(!other.must_wait(read)?);
        tx.commit().await?;
        let tx = rollback.transaction().exclusive().await?;
        assert!(other.must_wait(read)?);
        tx.commit().await?;
        other.run(read)?;
        rollback.disconnect().await?;
    }

    async fn a_snapshot_that_is_too_old_to_write(db) {
        let conn = db.connection().await?;
        conn.execute("begin deferred", ()).await?;
        assert_eq!(fetchval!(conn, "select count(*) from users").await?, 0);
        add(&db, "Ada").await?;
        let error = execute!(conn, "insert into users (name) values ('Grace')").await.expect_err("it is too old");
        assert_eq!(error.code(), Some("517"), "{error}");
        assert!(error.is_serialization_failure());
        conn.execute("rollback", ()).await?;
    }
}

/// A SQLite file as another program has it.
struct Other(rusqlite::Connection);

impl Other {
    fn open(url: &str) -> rusqlite::Result<Self> {
        rusqlite::Connection::open(url.replace("sqlite:", "")).map(Other)
    }

    /// Runs a statement, waiting for others.
    fn run(&self, sql: &str) -> rusqlite::Result<()> {
        self.0.busy_timeout(Duration::from_secs(5))?;
        self.0.execute_batch(sql)
    }

    /// Whether a statement would have to wait for others.
    fn must_wait(&self, sql: &str) -> rusqlite::Result<bool> {
        self.0.busy_timeout(Duration::ZERO)?;
        match self.0.execute_batch(sql) {
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => Ok(true),
            done => done.map(|()| false),
        }
    }
}
